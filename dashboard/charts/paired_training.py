"""A network with a term of backpropagation broken beside the right one, epoch by epoch."""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.style import LEGEND, color, layout
from experiments.inspection.paired_training import EPOCHS, LearningCurve

NAMES, DASHES = ("right", "broken"), ("solid", "dash")

Measure: TypeAlias = Literal["loss", "accuracy"]
AXES: dict[Measure, dict[str, Any]] = {
    "loss": {"type": "log", "dtick": "D2"},
    "accuracy": {"range": [0, 1.02], "tickformat": ".0%"},
}
WORDS: dict[Measure, tuple[str, str]] = {
    "loss": ("Loss", "loss (log)"),
    "accuracy": ("Accuracy", "samples right (%)"),
}


def paired_figure(curves: Sequence[LearningCurve], measure: Measure, *, held_out: str) -> Figure:
    """Draw how both networks do after each epoch; a cross where one has diverged.

    Parameters
    ----------
    curves : of the right network, and of the broken one
    held_out : the part that they are measured in
    """
    traces = []
    for i, curve in enumerate(curves):
        values = np.array([getattr(score, measure) for score in curve.scores], np.float32)
        traces.append(_curve(i, values))
        if curve.has_diverged and len(values):
            traces.append(_end(i, len(values) - 1, float(values[-1])))
    title, axis = WORDS[measure]
    figure_layout = layout(
        f"{title}, {held_out} part",
        x="epoch",
        y=axis,
        hovermode="x unified",
        legend=LEGEND,
        xaxis={"range": [0, EPOCHS]},
        yaxis=AXES[measure],
    )
    return Figure(traces, figure_layout)


def _curve(i: int, values: Any) -> Trace:
    return scatter_trace(
        name=NAMES[i],
        x=np.arange(len(values), dtype=np.int32),
        y=values,
        mode="lines+markers",
        line={"width": 3, "color": color(i), "dash": DASHES[i]},
        marker={"size": 5, "color": color(i)},
        hovertemplate="%{y:.4g}",
    )


def _end(i: int, epoch: int, value: float) -> Trace:
    return scatter_trace(
        name="diverged",
        x=[epoch],
        y=[value],
        mode="markers",
        marker={"symbol": "x", "size": 14, "color": color(i)},
        hoverinfo="skip",
    )
