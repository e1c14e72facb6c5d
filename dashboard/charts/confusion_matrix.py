"""The confusion matrix: how many samples of each class were predicted as which class."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard.charts import style
from dashboard.charts.figure import Figure, Trace, heatmap_trace, scatter_trace
from dashboard.charts.style import escape
from experiments.evaluation.metrics import FloatArray, IntArray

MAX_NUMBERED = 20  # classes; with more, the numbers would be too small to read
LONGEST_NAME = 14
LARGEST_NUMBER, SMALL_NUMBER = 16, 10  # pixels; the small ones from 13 classes on
NUMBER_WIDTH = 64  # largest size times characters that fits into a cell

AXIS: dict[str, Any] = {
    "type": "category",
    "constrain": "domain",
    "automargin": True,
    "showgrid": False,
    "ticks": "",
    "showline": True,
    "mirror": True,
    "linecolor": style.BORDER,
}
COLOR_BAR: dict[str, Any] = {
    "orientation": "h",
    "thickness": 10,
    "len": 0.6,
    "x": 0.5,
    "yref": "container",
    "y": 0,
    "yanchor": "bottom",
    "ypad": 0,
}


class Normalization(NamedTuple):
    """What a cell shows: a count, or a percentage of its row or of its column.

    axis : along which the percentages add up to 100; None for plain counts
    unit : of the color bar
    meaning : of a cell, after its value
    """

    title: str
    axis: int | None
    unit: str
    meaning: str


NORMALIZATIONS: dict[str, Normalization] = {
    "counts": Normalization("Samples by true and predicted class", None, "samples", "samples"),
    "recall %": Normalization(
        "Predictions for each true class, each row 100 %",
        1,
        "% of the row",
        "% of this true class",
    ),
    "precision %": Normalization(
        "True classes of each predicted class, each column 100 %",
        0,
        "% of the column",
        "% of the samples predicted as this class",
    ),
}


def cell_values(
    counts: IntArray, normalization: Normalization, *, hide_diagonal: bool = False
) -> FloatArray:
    """Return what the cells show, (n_classes, n_classes): counts or 100 counts / sum(counts, axis).

    NaN stands where the sum is 0, and on a hidden diagonal.
    """
    values = counts.astype(np.float64)
    if normalization.axis is not None:
        totals = values.sum(axis=normalization.axis, keepdims=True)
        with np.errstate(invalid="ignore"):
            values = 100 * values / totals
    if hide_diagonal:
        np.fill_diagonal(values, np.nan)
    return values


def color_range(
    counts: IntArray, values: FloatArray, normalization: Normalization, *, is_fixed: bool
) -> float:
    """Return the upper end of the color range; a fixed one is the same at every epoch."""
    if is_fixed:
        largest_class = float(counts.sum(axis=1).max(initial=0))
        return 100.0 if normalization.axis is not None else max(largest_class, 1.0)
    return max(float(np.nanmax(values, initial=0)), 1.0)


def confusion_figure(
    counts: IntArray,
    class_names: Sequence[str],
    *,
    normalization: Normalization,
    hide_diagonal: bool = False,
    is_fixed: bool = False,
    chosen: tuple[int, int] | None = None,
) -> Figure:
    """Draw a confusion matrix, rows true and columns predicted.

    Parameters
    ----------
    counts : (n_classes, n_classes), of which the first axis is the true class
    is_fixed : keep the color range the same for every epoch
    chosen : the cell to mark, (true, predicted)
    """
    names = [escape(name) for name in class_names]
    values = cell_values(counts, normalization, hide_diagonal=hide_diagonal)
    top = color_range(counts, values, normalization, is_fixed=is_fixed)
    traces = [_cells(counts, values, names, normalization)]
    if len(names) <= MAX_NUMBERED:
        traces.append(_numbers(values, names, top, normalization))
    frame = _frame(*chosen, width=4 if len(names) <= MAX_NUMBERED else 2) if chosen else None
    layout = style.layout(
        normalization.title,
        margin={"t": 36},
        **_axes(class_names),
        coloraxis={
            "cmin": 0,
            "cmax": top,
            "colorbar": COLOR_BAR | {"title": {"text": normalization.unit, "side": "top"}},
        },
        shapes=[frame] if frame else [],
        showlegend=False,
    )
    return Figure(traces, layout)


def _axes(class_names: Sequence[str]) -> dict[str, Any]:
    """Return both axes: predicted to the right, true downward, cells as wide as high."""
    common, end = AXIS | {"labelalias": _aliases(class_names)}, len(class_names) - 0.5
    across = {"title": {"text": "predicted class", "standoff": 8}, "range": [-0.5, end]}
    down = {
        "title": {"text": "true class", "standoff": 8},
        "range": [end, -0.5],
        "scaleanchor": "x",
        "constraintoward": "top",
    }
    return {"xaxis": common | across, "yaxis": common | down}


def _cells(
    counts: IntArray, values: FloatArray, names: list[str], normalization: Normalization
) -> Trace:
    """Color the cells; the tooltip of a percentage also gives the number of samples."""
    in_counts = "%{z:,}" if normalization.axis is None else "%{z:.1f}"
    gap = 1 if len(names) <= MAX_NUMBERED else 0
    count = "" if normalization.axis is None else "<br>%{customdata:,} samples"
    return heatmap_trace(
        x=names,
        y=names,
        z=values,
        customdata=counts,
        coloraxis=style.SEQUENTIAL,
        hoverongaps=False,
        xgap=gap,
        ygap=gap,
        hovertemplate=f"true %{{y}}, predicted %{{x}}<br>{in_counts} {normalization.meaning}{count}"
        "<extra></extra>",
    )


def _numbers(
    values: FloatArray, names: list[str], top: float, normalization: Normalization
) -> Trace:
    """Write the values into the cells that have one, light on dark and dark on light."""
    rows, columns = np.nonzero(np.nan_to_num(values))
    shown = values[rows, columns]
    texts = [_cell_text(value, normalization) for value in shown]
    largest = LARGEST_NUMBER if len(names) <= 12 else SMALL_NUMBER
    return scatter_trace(
        x=[names[column] for column in columns],
        y=[names[row] for row in rows],
        text=texts,
        mode="text",
        textfont={
            "size": min(largest, NUMBER_WIDTH // max(map(len, texts), default=1)),
            "color": [style.readable_on(value / top) for value in shown],
        },
        hoverinfo="skip",
    )


def _cell_text(value: float, normalization: Normalization) -> str:
    if normalization.axis is None:
        return f"{value:,.0f}"
    return "<1" if value < 1 else f"{value:.0f}"


def _aliases(names: Sequence[str]) -> dict[str, str]:
    """Return short forms of long names, for the axes: names often differ at the end alone."""
    long_names = [name for name in names if len(name) > LONGEST_NAME]
    return {escape(name): escape(f"{name[:6]}…{name[-6:]}") for name in long_names}


def _frame(true: int, predicted: int, width: int) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": predicted - 0.5,
        "x1": predicted + 0.5,
        "y0": true - 0.5,
        "y1": true + 0.5,
        "line": {"color": style.color(1), "width": width},
    }
