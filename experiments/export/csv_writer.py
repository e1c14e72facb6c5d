"""CSV for spreadsheets, which run a cell as a formula if it begins with certain characters."""

import csv
import io
import math
import unicodedata
from collections.abc import Iterable

FORMULA_PREFIXES = ("=", "+", "-", "@")


def csv_of(header: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """Return a table as CSV, with a header, in which no cell is a formula.

    All text is quoted: some spreadsheets split cells at a semicolon as well.
    """
    table = io.StringIO()
    writer = csv.writer(table, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerows([_safe(cell) for cell in row] for row in (header, *rows))
    return table.getvalue()


def _safe(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Source: OWASP, CSV injection.
    """
    if not isinstance(cell, str) or _is_number(cell):
        return cell
    first = unicodedata.normalize("NFKC", cell.lstrip()[:1])  # full-width forms, too
    is_unsafe = first in FORMULA_PREFIXES or cell.startswith(("\t", "\r"))
    return f"'{cell}" if is_unsafe else cell


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
