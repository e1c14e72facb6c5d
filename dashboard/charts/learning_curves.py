"""Loss and accuracy by epoch, on the training and on the validation samples."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from dashboard.charts.curve_marks import Mark, mark_layout
from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.style import BACKGROUND, LEGEND, color, escape, layout
from mlp.records import EpochRecord, Score

FIRST_COMPARED, N_COMPARED = 3, 7  # the colors that are left for other runs
MAX_POINTS = 1000  # a curve: more than a screen has pixels for
MAX_BATCHES = 100  # points for the batches of an epoch, which is often a few pixels wide
CEILING = 3.0  # of the loss axis of a run that has diverged: this many times the first loss
TRAINING, VALIDATION, BATCHES, GAP = "Training", "Validation", "Batches", "Gap"
ABOVE = "Above the axis"

TITLE_AT_TOP: dict[str, Any] = {"y": 1, "yanchor": "top", "pad": {"t": 5}}
LEGEND_AT_TOP = LEGEND | {"yref": "container", "y": 1, "yanchor": "top", "uirevision": "always"}
LEGEND_INSIDE: dict[str, Any] = {
    "x": 1,
    "xanchor": "right",
    "bgcolor": f"{BACKGROUND[:-1]}_b0)",
    "font": {"size": 12},
    "maxheight": 0.6,
    "uirevision": "always",
}
"""Names of other runs, inside the chart: there they move neither it nor the other legend."""

Values: TypeAlias = npt.NDArray[np.float32]
Measure: TypeAlias = Literal["loss", "accuracy"]


@dataclass(frozen=True)
class Curve:
    """Evenly spaced values: the i-th belongs to epoch start + i * stride.

    Attributes
    ----------
    label : in the legend, if it is not the name
    """

    name: str
    start: float
    stride: float
    values: Values
    label: str = ""

    @property
    def epochs(self) -> Values:
        """The epoch of each value."""
        return (self.start + self.stride * np.arange(len(self.values))).astype(np.float32)


def thinned(n: int) -> slice:
    """Return which of n values a screen can show, evenly spaced, the last one among them."""
    stride = -(-n // MAX_POINTS) or 1
    return slice((n - 1) % stride if n else 0, None, stride)


def curve(name: str, values: Sequence[float]) -> Curve:
    """Thin the values of epochs 0, 1, 2, ... to what a screen can show; keep the last."""
    kept = thinned(len(values))
    return Curve(name, kept.start, kept.step, np.array(values[kept], np.float32))


def epoch_curves(history: Sequence[EpochRecord], measure: Measure) -> list[Curve]:
    """Return the curves of a run: training, and validation if there is any."""
    kept = thinned(len(history))
    shown = history[kept]  # reading the values of all would take long
    scores = {
        TRAINING: [record.training for record in shown],
        VALIDATION: [record.validation for record in shown if record.validation],
    }
    return [
        Curve(name, kept.start, kept.step, _values(of_part, measure))
        for name, of_part in scores.items()
        if of_part or name == TRAINING
    ]


def _values(scores: Sequence[Score], measure: Measure) -> Values:
    return np.array([getattr(score, measure) for score in scores], np.float32)


def batch_curve(epochs_done: int, batch_losses: Sequence[float], steps_per_epoch: int) -> Curve:
    """Return the losses of the batches of the current epoch, each at its fraction of the epoch.

    Of many batches, each value is the mean of some that follow each other, in their middle.
    """
    n_averaged = -(-steps_per_epoch // MAX_BATCHES)
    n_means = len(batch_losses) // n_averaged
    losses = np.array(batch_losses[: n_means * n_averaged], np.float32)
    step = 1 / steps_per_epoch
    return Curve(
        BATCHES,
        epochs_done + step * (1 + n_averaged) / 2,
        step * n_averaged,
        losses.reshape(n_means, n_averaged).mean(axis=1),
        BATCHES if n_averaged == 1 else f"Mean of {n_averaged} batches",
    )


def last_batches(epochs_done: int, batch_losses: Sequence[float], steps_per_epoch: int) -> Curve:
    """Return the losses of the last batches of an epoch: how it was when a run diverged."""
    shown = batch_losses[-MAX_BATCHES:]
    step = 1 / steps_per_epoch
    first = epochs_done + step * (1 + len(batch_losses) - len(shown))
    is_all = len(shown) == len(batch_losses)
    label = BATCHES if is_all else f"Last {MAX_BATCHES} batches"
    return Curve(BATCHES, first, step, np.array(shown, np.float32), label)


class BestEpoch:
    """The epoch with the lowest validation loss, in a history that grows."""

    def __init__(self) -> None:
        self._n_seen, self._lowest = 0, math.inf
        self._epoch: int | None = None

    def of(self, history: Sequence[EpochRecord]) -> int | None:
        """Return the epoch, having looked at the new records; None without validation."""
        for record in history[self._n_seen :]:
            if record.validation and record.validation.loss < self._lowest:
                self._epoch, self._lowest = record.epoch, record.validation.loss
        self._n_seen = len(history)
        return self._epoch


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
    more: list[Trace] = []
    if diverged_at is not None and not log_scale and len(curves[0].values):
        top = CEILING * float(curves[0].values[0])
        axis["range"] = [0, top]
        more = _explosion_traces(curves, diverged_at, top)
    return _figure("Loss", curves, epochs, axis, revision, marks, others, more)


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
        legend=LEGEND_AT_TOP,
        uirevision=revision,
        xaxis={"range": [0, epochs], "rangemode": "tozero"},
        yaxis=y_axis,
        **mark_layout(marks, epochs),
    )
    figure_layout["title"] |= TITLE_AT_TOP
    if others:
        is_loss = title == "Loss"  # loss curves end low, those of accuracy high
        place = {"y": 1, "yanchor": "top"} if is_loss else {"y": 0, "yanchor": "bottom"}
        figure_layout["legend2"] = LEGEND_INSIDE | place
    return Figure([*traces, *more, *map(_comparison_trace, others)], figure_layout)


STYLES: dict[str, dict[str, Any]] = {
    TRAINING: {"mode": "lines", "line": {"width": 2, "dash": "dot", "color": color(0)}},
    VALIDATION: {"mode": "lines", "line": {"width": 3, "color": color(1)}},
    BATCHES: {"mode": "markers", "marker": {"size": 5, "opacity": 0.6, "color": color(2)}},
}
MEANS: dict[str, Any] = {"mode": "lines", "line": {"width": 1.5, "color": color(2)}}


def _trace(curve: Curve) -> Trace:
    """Draw a curve in the style of its name."""
    style = MEANS if curve.label not in ("", curve.name) else STYLES[curve.name]
    if len(curve.values) == 1:  # there is no line through one point
        style = {
            "mode": "markers",
            "marker": {"color": (style.get("line") or style["marker"])["color"]},
        }
    return scatter_trace(
        name=curve.label or curve.name,
        x0=curve.start,
        dx=curve.stride,
        y=curve.values,
        hovertemplate="%{y:.4g}",
        meta={"points": len(curve.values)},
        **style,
    )


def _gap_trace(training: Curve, validation: Curve) -> Trace:
    """Shade the area between the two curves: along one, and back along the other."""
    return scatter_trace(
        name=GAP,
        x=np.concatenate([training.epochs, training.epochs[::-1]]),
        y=np.concatenate([training.values, validation.values[::-1]]),
        mode="none",
        fill="toself",
        fillcolor=color(1, 0.12),
        hoverinfo="skip",
    )


def _explosion_traces(curves: Sequence[Curve], diverged_at: float, top: float) -> list[Trace]:
    """Draw the way from the last loss to where the run diverged, and what is above the axis."""
    last = max((curve for curve in curves if len(curve.values)), key=lambda each: each.epochs[-1])
    explosion = scatter_trace(
        x=[float(last.epochs[-1]), diverged_at],
        y=[min(float(last.values[-1]), top), top],
        mode="lines",
        line={"width": 2, "dash": "dot", "color": color(2)},
        hoverinfo="skip",
        showlegend=False,
    )
    is_above = [curve.values > top for curve in curves]
    epochs = [curve.epochs[above] for curve, above in zip(curves, is_above, strict=True)]
    losses = [curve.values[above] for curve, above in zip(curves, is_above, strict=True)]
    words = [f"loss {loss:,.4g}" for loss in np.concatenate(losses).tolist()]
    above = scatter_trace(
        name=ABOVE,
        x=np.append(np.concatenate(epochs), np.float32(diverged_at)),
        y=np.full(len(words) + 1, top, np.float32),
        text=[*words, "too large to go on"],
        mode="markers",
        marker={"symbol": "triangle-up", "size": 10, "color": color(1)},
        cliponaxis=False,
        hovertemplate="%{text}",
    )
    return [explosion, above]


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
