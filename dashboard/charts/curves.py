"""Curves of a run, thinned to what a screen can show."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from experiments.config import RunConfig
from experiments.training.plan import distortions_of
from mlp.records import EpochRecord, Score

MAX_POINTS = 1000  # a curve: more than a screen has pixels for
MAX_BATCHES = 100  # points for the batches of an epoch, which is often a few pixels wide
TRAINING, VALIDATION, BATCHES, BATCH_MEANS = "Training", "Validation", "Batches", "Batch means"

Values: TypeAlias = npt.NDArray[np.float32]
Measure: TypeAlias = Literal["loss", "accuracy"]


@dataclass(frozen=True)
class Curve:
    """Evenly spaced values: the i-th belongs to epoch start + i * stride.

    Attributes
    ----------
    label : in the legend, if it is not the name
    remark : on each value, under the mouse
    """

    name: str
    start: float
    stride: float
    values: Values
    label: str = ""
    remark: str = ""

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
        BATCHES if n_averaged == 1 else BATCH_MEANS,
        "" if n_averaged == 1 else f" (mean of {n_averaged} batches)",
    )


def last_batches(epochs_done: int, batch_losses: Sequence[float], steps_per_epoch: int) -> Curve:
    """Return the losses of the last batches of an epoch: how it was when a run diverged."""
    shown = batch_losses[-MAX_BATCHES:]
    step = 1 / steps_per_epoch
    first = epochs_done + step * (1 + len(batch_losses) - len(shown))
    label = BATCHES if len(shown) == len(batch_losses) else f"Last {MAX_BATCHES} batches"
    return Curve(BATCHES, first, step, np.array(shown, np.float32), label)


HARDER = (
    "The network learns under harder conditions than those under which it is tested: the training "
    "curves may stay worse than those of validation, and say less about overfitting."
)


def remark_on_training(config: RunConfig) -> str:
    """Say what the training curves are over, if not over images and network as they are."""
    changed = [
        words
        for words, is_on in (
            ("over distorted images", distortions_of(config)),
            ("with units dropped", config.dropout),
        )
        if is_on
    ]
    if not changed:
        return ""
    return f"Training loss is {', '.join(changed)}."


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
