"""A table as spreadsheets save it: a row a sample, with its features and its label."""

import codecs
import csv
import io
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import TypeAlias

import numpy as np

from data.own.checks import (
    MAX_FEATURES,
    MAX_MAGNITUDE,
    MAX_SAMPLES,
    Content,
    OwnDataError,
    check_label,
    check_size,
    first_unusable,
)

Row: TypeAlias = tuple[int, list[str]]
"""Its number in a spreadsheet, and its cells."""

LABEL_COLUMNS = ("label", "class", "target", "y")
MAX_LINE = 32 * MAX_FEATURES  # characters
MAX_ROWS = 2 * MAX_SAMPLES  # with those that are empty


def read_csv(data: bytes) -> Content:
    """Read a table row by row, which takes little more memory than its numbers.

    Raises
    ------
    OwnDataError : if it is not one of numbers and labels
    """
    rows = _rows(data)
    first = next(rows, (1, []))
    columns, has_header = _columns(first[1])
    label_column = _label_column(columns)
    feature_columns = columns[:label_column] + columns[label_column + 1 :]
    values, labels, numbers = array("f"), [], []
    for number, cells in rows if has_header else chain([first], rows):
        if len(cells) != len(columns):
            raise OwnDataError(
                f"Row {number} has {len(cells)} columns, but the first row has {len(columns)}. "
                "Give every sample all its features and a label."
            )
        labels.append(check_label(cells.pop(label_column), f"Row {number}"))
        values.extend(_features(cells, feature_columns, number))
        numbers.append(number)
        check_size(len(labels), len(feature_columns))
    check_size(len(labels), len(feature_columns))
    X = np.frombuffer(values, np.float32).reshape(len(labels), len(feature_columns))
    if place := first_unusable(X):
        raise _no_number(numbers[place[0]], feature_columns[place[1]], str(X[place]))
    return Content(X, labels, None, feature_columns if has_header else ())


def _rows(data: bytes) -> Iterator[Row]:
    """Yield the rows that are not empty."""
    lines = io.TextIOWrapper(io.BytesIO(data), _encoding(data))
    first = next(filter(str.strip, islice(lines, MAX_ROWS)), "")
    delimiter = max(",;\t", key=first.count)
    lines.seek(0)
    for number, line in enumerate(lines, 1):
        if number > MAX_ROWS:
            raise OwnDataError(
                f"The table has more than {MAX_ROWS:,} rows, counted with the empty ones. Save it "
                "without those, or with fewer samples."
            )
        if len(line) > MAX_LINE:
            raise OwnDataError(
                f"Row {number} has {len(line):,} characters; at most {MAX_LINE:,} are possible. "
                "Is this a table, with a line for each sample?"
            )
        try:
            cells = next(csv.reader([line], delimiter=delimiter, strict=True))
        except csv.Error as error:
            raise OwnDataError(
                f"Row {number} has a quotation mark without its partner, or a line break between "
                "two of them. Take them out, or save the table again as CSV."
            ) from error
        if any(map(str.strip, cells)):
            yield number, cells


def _encoding(data: bytes) -> str:
    """Return the encoding: UTF-8, or one of those that some spreadsheets use instead.

    Zeros between the letters show a workbook, an image or an encoding that few programs write.
    """
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_wide else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"
        text = data.decode(encoding)
    if "\0" in text:
        raise OwnDataError(
            "This is not a table in plain text. In the program that it comes from, a spreadsheet "
            "for example, save it as 'CSV UTF-8'."
        )
    return encoding


def _columns(first: Sequence[str]) -> tuple[list[str], bool]:
    """Return the names of the columns, and whether the first row gives them.

    It does if it names the labels, or if all but its last cell are words.
    """
    if len(first) < 2:
        raise OwnDataError(
            "This is not a table: the first row should have two columns or more, features and a "
            f"label, but has {len(first)}. Put commas between the columns."
        )
    names = [cell.strip() for cell in first]
    if not names[0]:
        raise OwnDataError(
            "The first column has no name: is it the number of the row? A network would use it "
            "as a feature. Leave it out (with pandas: to_csv(..., index=False)), or name it."
        )
    is_sample = all(map(_is_number, names[:-1]))  # with 'y' at its end, for yes
    is_named = any(name.lower() in LABEL_COLUMNS for name in names) and not is_sample
    if is_named or not any(map(_is_number, names[:-1])):
        return names, True
    return [str(number) for number in range(1, len(first) + 1)], False


def _label_column(columns: Sequence[str]) -> int:
    names = [column.lower() for column in columns]
    named = [names.index(name) for name in LABEL_COLUMNS if name in names]
    return named[0] if named else len(columns) - 1


def _features(cells: Sequence[str], columns: Sequence[str], row: int) -> list[float]:
    try:
        return list(map(float, cells))
    except ValueError:
        i = [_is_number(cell) for cell in cells].index(False)
        raise _no_number(row, columns[i], cells[i]) from None


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _no_number(row: int, column: str, cell: str) -> OwnDataError:
    return OwnDataError(
        f"Row {row}, column '{column[:40]}' holds '{cell[:40]}', but a feature must be a finite "
        f"number, {MAX_MAGNITUDE:g} at most, with a point before its decimals. Correct it, or "
        "remove the row."
    )
