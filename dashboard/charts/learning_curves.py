"""Loss and accuracy by epoch, on the training and on the validation samples."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.style import LEGEND, LEGEND_BELOW, TEXT, color, escape, layout
from mlp.records import EpochRecord, Score

FIRST_COMPARED, N_COMPARED = 3, 7  # the colors that are left for other runs
LEGEND_ROW = 24  # pixels
MAX_POINTS = 1000  # a curve: more than a screen has pixels for
TRAINING, VALIDATION, BATCHES = "Training", "Validation", "Batches"
GAP, BEST, PAST = "Gap", "best epoch", "epoch shown"

Values: TypeAlias = npt.NDArray[np.float32]
Measure: TypeAlias = Literal["loss", "accuracy"]


@dataclass(frozen=True)
class Curve:
    """Evenly spaced values: the i-th belongs to epoch start + i * stride."""

    name: str
    start: float
    stride: float
    values: Values


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
    """Return the losses of the batches of the current epoch, each at its fraction of the epoch."""
    batches = curve(BATCHES, batch_losses)
    step = 1 / steps_per_epoch
    first = epochs_done + step * (1 + batches.start)
    return Curve(batches.name, first, step * batches.stride, batches.values)


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


class Marks(NamedTuple):
    """What is drawn beside the curves of the run.

    best_epoch : where the validation loss was lowest
    past_epoch : the epoch that is shown instead of the newest; None for the newest
    others : runs to compare with
    """

    best_epoch: int | None = None
    past_epoch: float | None = None
    others: Sequence[Comparison] = ()


UNMARKED = Marks()


def loss_figure(
    curves: Sequence[Curve],
    *,
    epochs: int,
    log_scale: bool = False,
    revision: str = "",
    marks: Marks = UNMARKED,
) -> Figure:
    """Draw losses over epochs 0 to `epochs`; see `_figure` for the revision."""
    axis = {
        "title": {"text": "loss (mean per sample)"},
        "type": "log" if log_scale else "linear",
        "rangemode": "normal" if log_scale else "tozero",
        "uirevision": f"{revision} {log_scale}",  # a zoom is for one kind of axis
    }
    return _figure("Loss", curves, epochs, axis, revision, marks)


def accuracy_figure(
    curves: Sequence[Curve], *, epochs: int, revision: str = "", marks: Marks = UNMARKED
) -> Figure:
    """Draw accuracies, shares from 0 to 1, over epochs 0 to `epochs`."""
    axis = {"title": {"text": "samples right (%)"}, "range": [0, 1], "tickformat": ".0%"}
    return _figure("Accuracy", curves, epochs, axis, revision, marks)


def _figure(
    title: str,
    curves: Sequence[Curve],
    epochs: int,
    y_axis: dict[str, Any],
    revision: str,
    marks: Marks,
) -> Figure:
    """Draw curves on an axis that is as long as the run will be.

    The reader's zoom is kept while the `revision` stays the same, the choice of curves in
    the legend for good.
    """
    by_name = {curve.name: curve for curve in curves}
    traces = [_trace(curve) for curve in curves]
    if VALIDATION in by_name and len(by_name[TRAINING].values) > 1:
        traces.append(_gap_trace(by_name[TRAINING], by_name[VALIDATION]))
    traces += [_comparison_trace(other) for other in marks.others]
    legend, n_rows = (LEGEND_BELOW, 2 + len(marks.others) // 3) if marks.others else (LEGEND, 0)
    figure_layout = layout(
        title,
        x="epoch",
        hovermode="x unified",
        showlegend=True,
        legend=legend | {"uirevision": "always"},
        margin={"b": 48 + LEGEND_ROW * n_rows},
        uirevision=revision,
        xaxis={"range": [0, epochs], "rangemode": "tozero"},
        yaxis=y_axis,
        shapes=_vertical_lines(marks),
    )
    return Figure(traces, figure_layout)


STYLES: dict[str, dict[str, Any]] = {
    TRAINING: {"mode": "lines", "line": {"width": 2, "dash": "dot", "color": color(0)}},
    VALIDATION: {"mode": "lines", "line": {"width": 3, "color": color(1)}},
    BATCHES: {"mode": "markers", "marker": {"size": 6, "opacity": 0.6, "color": color(2)}},
}


def _trace(curve: Curve) -> Trace:
    """Draw a curve in the style of its name."""
    style = STYLES[curve.name]
    if len(curve.values) == 1:  # there is no line through one point
        style = {
            "mode": "markers",
            "marker": {"color": (style.get("line") or style["marker"])["color"]},
        }
    return scatter_trace(
        name=curve.name,
        x0=curve.start,
        dx=curve.stride,
        y=curve.values,
        hovertemplate="%{y:.4g}",
        meta={"points": len(curve.values)},
        **style,
    )


def _gap_trace(training: Curve, validation: Curve) -> Trace:
    """Shade the area between the two curves: along one, and back along the other."""
    epochs = training.start + training.stride * np.arange(len(training.values))
    return scatter_trace(
        name=GAP,
        x=np.concatenate([epochs, epochs[::-1]]).astype(np.float32),
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
    )


def _vertical_lines(marks: Marks) -> list[dict[str, Any]]:
    """Return vertical lines at the best epoch and at the past epoch that is shown."""
    lines = []
    if marks.best_epoch:
        lines.append(_vertical_line(marks.best_epoch, "dash", BEST))
    if marks.past_epoch is not None:
        lines.append(_vertical_line(marks.past_epoch, "solid", PAST))
    return lines


def _vertical_line(epoch: float, dash: str, label: str) -> dict[str, Any]:
    """Return a line over the whole height at an epoch, with a label along it."""
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": epoch,
        "x1": epoch,
        "y0": 0,
        "y1": 1,
        "line": {"width": 1.5, "dash": dash, "color": TEXT},
        "label": {
            "text": label,
            "textangle": -90,
            "textposition": "middle",  # loss curves end low, those of accuracy high
            "xanchor": "right",
            "yanchor": "bottom",
            "font": {"size": 12},
        },
    }
