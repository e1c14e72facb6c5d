"""Loss and accuracy by epoch, on the training and on the validation samples."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard.charts.curve_marks import Mark, mark_layout
from dashboard.charts.curves import BATCH_MEANS, BATCHES, TRAINING, VALIDATION, Curve
from dashboard.charts.divergence import explosion
from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.style import BACKGROUND, color, escape, layout

FIRST_COMPARED, N_COMPARED = 3, 7  # the colors that are left for other runs
GAP = "Gap"

MARGIN = {"t": 32, "b": 60}  # pixels: two rows of words; numbers, axis title and legend
LEGEND_AT_BOTTOM: dict[str, Any] = {
    "orientation": "h",
    "x": 0,
    "yref": "container",
    "y": 0,
    "yanchor": "bottom",
    "font": {"size": 11},
    "indentation": -5,
    "uirevision": "always",
}
LEGEND_INSIDE: dict[str, Any] = {
    "x": 1,
    "xanchor": "right",
    "bgcolor": f"{BACKGROUND[:-1]}_b0)",
    "font": {"size": 12},
    "maxheight": 0.6,
    "uirevision": "always",
}
"""Names of other runs, inside the chart: there they move neither it nor the other legend."""


class Comparison(NamedTuple):
    """Another run to draw beside this one: its name, the number of its color, its curve."""

    name: str
    number: int
    curve: Curve


def loss_figure(
    curves: Sequence[Curve],
    *,
    epochs: float,
    log_scale: bool = False,
    revision: str = "",
    marks: Sequence[Mark] = (),
    others: Sequence[Comparison] = (),
    diverged_at: float | None = None,
) -> Figure:
    """Draw losses over epochs 0 to `epochs`; see `_figure` for what is not told here.

    Parameters
    ----------
    diverged_at : epoch at which the run diverged. Then a linear axis ends a little above the
        first loss, and what is above it is marked at its upper edge
    """
    axis: dict[str, Any] = {
        "title": {"text": "loss (mean per sample)"},
        "type": "log" if log_scale else "linear",
        "rangemode": "normal" if log_scale else "tozero",
        "uirevision": f"{revision} {log_scale}",  # a zoom is for one kind of axis
    }
    if diverged_at is None or log_scale or not len(curves[0].values):
        return _figure("Loss", curves, epochs, axis, revision, marks, others)
    top, traces, note = explosion(curves, diverged_at)
    axis["range"] = [0, top]
    return _figure("Loss", curves, epochs, axis, revision, marks, others, traces, [note])


def accuracy_figure(
    curves: Sequence[Curve],
    *,
    epochs: float,
    revision: str = "",
    marks: Sequence[Mark] = (),
    others: Sequence[Comparison] = (),
) -> Figure:
    """Draw accuracies, shares from 0 to 1, over epochs 0 to `epochs`."""
    axis = {"title": {"text": "samples right (%)"}, "range": [0, 1], "tickformat": ".0%"}
    return _figure("Accuracy", curves, epochs, axis, revision, marks, others)


def _figure(
    title: str,
    curves: Sequence[Curve],
    epochs: float,
    y_axis: dict[str, Any],
    revision: str,
    marks: Sequence[Mark],
    others: Sequence[Comparison],
    more: Sequence[Trace] = (),
    notes: Sequence[dict[str, Any]] = (),
) -> Figure:
    """Draw curves on an axis that is as long as the run will be.

    Plot and legends have the same place, whatever is drawn. The reader's zoom is kept while
    the `revision` stays the same, the choice of curves in the legend for good.

    Parameters
    ----------
    marks : what happened on the way, the most important first
    others : other runs to compare with
    """
    by_name = {curve.name: curve for curve in curves}
    traces = [_trace(curve) for curve in curves]
    if VALIDATION in by_name and len(by_name[TRAINING].values) > 1:
        traces.append(_gap_trace(by_name[TRAINING], by_name[VALIDATION]))
    figure_layout = layout(
        title,
        x="epoch",
        hovermode="x unified",
        showlegend=True,
        legend=LEGEND_AT_BOTTOM,
        margin=MARGIN,
        uirevision=revision,
        xaxis={"range": [0, epochs], "rangemode": "tozero"},
        yaxis=y_axis,
        **mark_layout(marks, epochs, notes),
    )
    figure_layout["xaxis"]["title"] = {"text": "epoch", "standoff": 5, "font": {"size": 13}}
    if others:
        is_loss = title == "Loss"  # loss curves end low, those of accuracy high
        place = {"y": 1, "yanchor": "top"} if is_loss else {"y": 0, "yanchor": "bottom"}
        figure_layout["legend2"] = LEGEND_INSIDE | place
    return Figure([*traces, *more, *map(_comparison_trace, others)], figure_layout)


STYLES: dict[str, dict[str, Any]] = {
    TRAINING: {"mode": "lines", "line": {"width": 2, "dash": "dot", "color": color(0)}},
    VALIDATION: {"mode": "lines", "line": {"width": 3, "color": color(1)}},
    BATCHES: {"mode": "markers", "marker": {"size": 5, "opacity": 0.6, "color": color(2)}},
    BATCH_MEANS: {"mode": "lines", "line": {"width": 1.5, "color": color(2)}},
}


def _trace(curve: Curve) -> Trace:
    """Draw a curve in the style of its name."""
    style = STYLES[curve.label if curve.label in STYLES else curve.name]
    if len(curve.values) == 1:  # there is no line through one point
        style = {
            "mode": "markers",
            "cliponaxis": False,
            "marker": {"color": (style.get("line") or style["marker"])["color"]},
        }
    return scatter_trace(
        name=curve.label or curve.name,
        x0=curve.start,
        dx=curve.stride,
        y=curve.values,
        hovertemplate="%{y:.4g}" + curve.remark,
        meta={"points": len(curve.values)},
        **style,
    )


def _gap_trace(training: Curve, validation: Curve) -> Trace:
    """Shade the area between the two curves: along one, and back along the other."""
    return scatter_trace(
        name=GAP,
        showlegend=False,
        x=np.concatenate([training.epochs, training.epochs[::-1]]),
        y=np.concatenate([training.values, validation.values[::-1]]),
        mode="none",
        fill="toself",
        fillcolor=color(1, 0.12),
        hoverinfo="skip",
    )


def _comparison_trace(other: Comparison) -> Trace:
    curve = other.curve
    return scatter_trace(
        name=escape(other.name),
        x0=curve.start,
        dx=curve.stride,
        y=curve.values,
        mode="lines",
        line={"width": 2, "color": color(FIRST_COMPARED + other.number % N_COMPARED)},
        hovertemplate="%{y:.4g}",
        legend="legend2",
    )
