"""CSV that a spreadsheet opens without running a formula."""

import csv
import io

import pytest

from experiments.export.csv_writer import csv_of


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-x", "@SUM(A1)", "  =1", "＝1", "-inf"])
def test_text_that_would_run_as_a_formula_gets_an_apostrophe(text: str) -> None:
    table = csv_of([text], [[text]])
    assert list(csv.reader(io.StringIO(table))) == [[f"'{text}"], [f"'{text}"]]


@pytest.mark.parametrize("cell", ["-1", "+2.5", "-1e3", "a=b", "", "cat", -0.5, 7])
def test_numbers_and_other_text_are_unchanged(cell: object) -> None:
    assert csv_of([cell], []) in (f"{cell}\n", '""\n')


def test_commas_quotes_and_line_breaks_are_read_back() -> None:
    cells = ["a,b", 'say "x"', "two\nlines"]
    assert list(csv.reader(io.StringIO(csv_of(cells, [])))) == [cells]
