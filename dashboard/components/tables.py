"""Tables on a page."""

from collections.abc import Iterable, Sequence

from dashboard.charts.style import feature_names
from dashboard.text import plain
from data.datasets import Dataset
from data.split import Rows

RULES = {"l": ":--", "r": "--:"}  # the line below the header


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]], align: str = "lr") -> str:
    """Return a table in Markdown.

    Parameters
    ----------
    header : one cell a column
    rows : as many cells each; text from outside must be escaped with `plain`
    align : a letter a column, l for left and r for right (numbers); the last one is for
        all further columns, too

    Raises
    ------
    ValueError : if a row has more or fewer cells than the header
    """
    letters = align.ljust(len(header), align[-1])
    lines = [list(header), [RULES[letter] for letter in letters[: len(header)]]]
    for row in rows:
        if len(row) != len(header):
            raise ValueError(
                f"The header has {len(header)} cells, but a row has {len(row)}. "
                "Give each row a cell for each column."
            )
        lines.append(list(row))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def feature_columns(
    dataset: Dataset, rows: Rows, most: int, *, digits: int = 4
) -> list[tuple[str, list[str]]]:
    """Return the first few features of some rows, a name and its values each; then '…'."""
    names = feature_names(dataset.n_features, dataset.feature_names)
    shown = [
        (plain(name), [f"{value:.{digits}g}" for value in dataset.X[rows, i]])
        for i, name in enumerate(names[:most])
    ]
    return [*shown, ("…", ["…"] * len(rows))] if len(names) > most else shown
