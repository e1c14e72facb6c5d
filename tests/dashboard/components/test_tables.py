"""Tables for a page, in Markdown."""

import pytest

from dashboard.components.tables import markdown_table


def test_a_table_has_a_line_for_the_header_and_each_row() -> None:
    assert markdown_table(["Class", "F1"], [["a", "0.5"], ["b", "1"]]) == (
        "| Class | F1 |\n| :-- | --: |\n| a | 0.5 |\n| b | 1 |"
    )


@pytest.mark.parametrize(
    ("align", "rule"),
    [
        ("l", ":-- | :-- | :--"),
        ("lr", ":-- | --: | --:"),
        ("rrl", "--: | --: | :--"),
        ("lrlr", ":-- | --: | :--"),
    ],
)
def test_the_last_letter_counts_for_all_columns_that_are_left_over(align: str, rule: str) -> None:
    assert markdown_table(["a", "b", "c"], [], align).splitlines()[1] == f"| {rule} |"


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="header has 2 cells, but a row has 1"):
        markdown_table(["a", "b"], [["c"]])
