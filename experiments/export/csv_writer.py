"""Tables for spreadsheets, which take a cell for a formula if its first sign says so."""

import csv
import io
import math
import unicodedata
from collections.abc import Iterable

FORMULA_SIGNS = ("=", "+", "-", "@")


def csv_of(header: Iterable[object], rows: Iterable[Iterable[object]]) -> str:
    """Return a table as CSV with a line for the header; no cell can act as a formula."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerows([_safe(cell) for cell in row] for row in (header, *rows))
    return table.getvalue()


def _safe(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would work out; leave numbers alone."""
    if not isinstance(cell, str) or _is_number(cell):
        return cell
    first_sign = unicodedata.normalize("NFKC", cell.lstrip()[:1])  # wide forms count, too
    return f"'{cell}" if first_sign in FORMULA_SIGNS else cell


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
