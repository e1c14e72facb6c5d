"""CSV that a spreadsheet opens without running a formula."""

import csv
import io

import pytest

from experiments.export.csv_writer import csv_of


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-x", "@SUM(A1)", "  =1", "＝1", "-inf", "\tcat", "\rcat"]
)
def test_text_that_would_run_as_a_formula_gets_an_apostrophe(text: str) -> None:
    table = csv_of([text], [[text]])
    assert list(csv.reader(io.StringIO(table, newline=""))) == [[f"'{text}"], [f"'{text}"]]


@pytest.mark.parametrize("cell", ["-1", "+2.5", "-1e3", "a=b", "", "cat", -0.5, 7])
def test_numbers_and_other_text_are_unchanged(cell: object) -> None:
    written = str(cell) if isinstance(cell, float | int) else f'"{cell}"'
    assert csv_of([cell], []) == f"{written}\n"


def test_text_is_quoted_where_a_semicolon_or_a_line_break_would_begin_a_cell() -> None:
    """Spreadsheets split at ; in some countries, and csv itself quotes no carriage return."""
    assert csv_of(["a;=1", "b\r=1", None], []) == '"a;=1","b\r=1",""\n'


def test_commas_quotes_and_line_breaks_are_read_back() -> None:
    cells = ["a,b", 'say "x"', "two\nlines"]
    assert list(csv.reader(io.StringIO(csv_of(cells, [])))) == [cells]
