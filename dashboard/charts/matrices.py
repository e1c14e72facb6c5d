"""A matrix as a heatmap on the diverging scale, and what each sample adds to a sum."""

from typing import Any, NamedTuple

import numpy as np

from dashboard.charts import style
from dashboard.charts.figure import Figure, bar_trace, heatmap_trace
from experiments.inspection.step_moves import Matrix
from mlp.arrays import Array

MOST_ROWS, MOST_COLUMNS = 32, 64  # of a matrix that are drawn: 16 kB on their way to the browser


class Window(NamedTuple):
    """The part of an axis that is drawn: from `first` on, up to `end`, of n."""

    first: int
    end: int
    n: int

    @property
    def in_words(self) -> str:
        """Which part it is, if it is not the whole."""
        return (
            f"{self.first + 1} to {self.end} of {self.n:,}"
            if self.end - self.first < self.n
            else ""
        )


def window(n: int, most: int, followed: int | None) -> Window:
    """Return which part of an axis is drawn: the first, unless what is followed lies beyond it."""
    last_first = max(0, n - most)
    first = 0 if followed is None or followed < most else min(last_first, followed - most // 2)
    return Window(first, min(n, first + most), n)


def largest(matrix: Matrix) -> float:
    """Return the largest absolute value of a matrix; 1 for one that is all 0."""
    sizes = np.abs(matrix.values[np.isfinite(matrix.values)])
    return float(sizes.max(initial=0)) or 1.0


def matrix_figure(matrix: Matrix, end: float) -> Figure:
    """Draw a matrix, or a part of one that is too large, with the place that is followed outlined.

    Parameters
    ----------
    end : of the scale, on both sides of 0
    """
    n_rows, n_columns = matrix.values.shape
    rows = window(n_rows, MOST_ROWS, matrix.row)
    columns = window(n_columns, MOST_COLUMNS, matrix.column)
    part = matrix.values[rows.first : rows.end, columns.first : columns.end]
    trace = heatmap_trace(
        z=np.ascontiguousarray(part, np.float32),
        x0=columns.first + 1,
        dx=1,
        y0=rows.first + 1,
        dy=1,
        coloraxis=style.DIVERGING,
        hoverongaps=False,
        hovertemplate=_hover(matrix),
    )
    layout = style.layout(
        f"{matrix.name} ({n_rows:,} × {n_columns:,})",
        xaxis=_axis(matrix.columns, columns),
        yaxis=_axis(matrix.rows, rows) | {"autorange": "reversed"},
        coloraxis2={
            "cmin": -end,
            "cmax": end,
            "showscale": True,
            "colorbar": {"thickness": 8, "outlinewidth": 0, "nticks": 5, "tickformat": ".2g"},
        },
        shapes=_outlines(matrix, rows, columns),
        font={"size": 12},
        margin={"l": 48, "r": 4, "t": 34, "b": 40},
    )
    return Figure([trace], layout)


def _hover(matrix: Matrix) -> str:
    where = [f"{matrix.rows} %{{y}}"] * bool(matrix.rows) + [f"{matrix.columns} %{{x}}"] * bool(
        matrix.columns
    )
    return f"{', '.join(where)}: %{{z:.4g}}<extra></extra>"


def _axis(what: str, part: Window) -> dict[str, Any]:
    if not what:
        return {"visible": False}
    title = f"{what}, {part.in_words}" if part.in_words else what
    ticks = {"dtick": 1} if part.end - part.first <= 2 else {"nticks": 5}
    return {"title": {"text": title, "standoff": 2}, "showgrid": False, "zeroline": False, **ticks}


def _outlines(matrix: Matrix, rows: Window, columns: Window) -> list[dict[str, Any]]:
    """Return a frame around the row, the column or the cell that is followed."""
    if matrix.row is None and matrix.column is None:
        return []
    left, right = _span(matrix.column, columns)
    top, bottom = _span(matrix.row, rows)
    line = {"color": style.TEXT, "width": 2}
    corners = {"x0": left, "x1": right, "y0": top, "y1": bottom}
    return [{"type": "rect", "line": line, **corners}]


def _span(followed: int | None, part: Window) -> tuple[float, float]:
    if followed is None:
        return part.first + 0.5, part.end + 0.5
    return followed + 0.5, followed + 1.5


def addends_figure(addends: Array, followed: int, title: str, y: str) -> Figure:
    """Draw what each sample of a batch adds to a sum; the one that is followed stands out.

    Parameters
    ----------
    addends : (n_samples,)
    y : what is added up
    """
    is_followed = np.arange(len(addends)) == followed
    colors = [style.color(1) if this else style.color(0) for this in is_followed.tolist()]
    bars = bar_trace(
        y=np.nan_to_num(addends.astype(np.float32), nan=0, posinf=0, neginf=0),
        x0=1,
        dx=1,
        marker={"color": colors},
        hovertemplate="sample %{x}: %{y:.4g}<extra></extra>",
    )
    axes = {"xaxis": {"nticks": 12}, "yaxis": {"zeroline": True, "nticks": 5}}
    layout = style.layout(title, x="sample of the batch", y=y, showlegend=False)
    layout["xaxis"] |= axes["xaxis"]
    layout["yaxis"] |= axes["yaxis"]
    return Figure([bars], layout)
