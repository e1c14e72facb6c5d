"""How loss and accuracy went, epoch by epoch, in training and on held-out samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from dashboard.charts.style import layout
from mlp.training import EpochRecord

MAX_POINTS = 1000  # a curve: more than a screen has pixels for
TRAINING, VALIDATION, BATCHES = "Training", "Validation", "Batches"

Values: TypeAlias = npt.NDArray[np.float32]
Measure: TypeAlias = Literal["loss", "accuracy"]


@dataclass(frozen=True)
class Curve:
    """Evenly spaced values: the i-th belongs to epoch start + i * stride."""

    name: str
    start: float
    stride: float
    values: Values


def curve(name: str, values: Sequence[float]) -> Curve:
    """Thin the values of epochs 0, 1, 2, ... to what a screen can show; keep the last."""
    stride = -(-len(values) // MAX_POINTS) or 1
    start = (len(values) - 1) % stride if values else 0
    return Curve(name, start, stride, np.array(values[start::stride], np.float32))


def epoch_curves(history: Sequence[EpochRecord], measure: Measure) -> list[Curve]:
    """Return the curves of a run: training, and validation if there is any."""
    training = [getattr(record.training, measure) for record in history]
    validation = [getattr(record.validation, measure) for record in history if record.validation]
    curves = [curve(TRAINING, training)]
    return [*curves, curve(VALIDATION, validation)] if validation else curves


def batch_curve(epochs_done: int, batch_losses: Sequence[float], steps_per_epoch: int) -> Curve:
    """Return the batches of the epoch under way, each at its part of the epoch."""
    thinned = curve(BATCHES, batch_losses)
    step = 1 / steps_per_epoch
    first = epochs_done + step * (1 + thinned.start)
    return Curve(thinned.name, first, step * thinned.stride, thinned.values)


def loss_figure(
    curves: Sequence[Curve], *, epochs: int, log_scale: bool = False, revision: str = ""
) -> go.Figure:
    """Draw losses over epochs 0 to `epochs`; see `_figure` for the revision."""
    axis = {
        "title": "loss (mean per sample)",
        "type": "log" if log_scale else "linear",
        "rangemode": "normal" if log_scale else "tozero",
        "uirevision": f"{revision} {log_scale}",  # a zoom is for one kind of axis
    }
    return _figure("Loss", curves, epochs, axis, revision)


def accuracy_figure(curves: Sequence[Curve], *, epochs: int, revision: str = "") -> go.Figure:
    """Draw accuracies, shares from 0 to 1, over epochs 0 to `epochs`."""
    axis = {"title": "samples right (%)", "range": [0, 1], "tickformat": ".0%"}
    return _figure("Accuracy", curves, epochs, axis, revision)


def _figure(
    title: str, curves: Sequence[Curve], epochs: int, y_axis: dict[str, Any], revision: str
) -> go.Figure:
    """Draw curves on an axis that is as long as the run will be.

    The reader's zoom lives as long as the `revision` stays the same, the choice of
    curves in the legend for ever.
    """
    legend = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.14, "uirevision": "always"}
    figure_layout = layout(
        title,
        x="epoch",
        hovermode="x unified",
        showlegend=True,
        legend=legend,
        uirevision=revision,
        xaxis={"range": [0, epochs], "rangemode": "tozero"},
        yaxis=y_axis,
    )
    return go.Figure([_trace(curve) for curve in curves], figure_layout)


STYLES: dict[str, dict[str, Any]] = {
    TRAINING: {"mode": "lines", "line": {"width": 2, "dash": "dot"}},
    VALIDATION: {"mode": "lines", "line": {"width": 3}},
    BATCHES: {"mode": "markers", "marker": {"size": 6, "opacity": 0.6}},
}


def _trace(curve: Curve) -> go.Scatter:
    style = STYLES[curve.name]
    if len(curve.values) == 1:
        style = style | {"mode": "markers"}  # there is no line through one point
    return go.Scatter(
        name=curve.name,
        x0=curve.start,
        dx=curve.stride,
        y=curve.values,
        hovertemplate="%{y:.4g}",
        meta={"points": len(curve.values)},
        **style,
    )
