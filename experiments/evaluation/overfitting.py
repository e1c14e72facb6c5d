"""Where overfitting sets in: from there on, only the samples that are learned from gain."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mlp.records import EpochRecord

MAX_POINTS = 200  # of a long history: medians of more would take long
SHORTEST_WINDOW = 5  # epochs
LEAST_RISE = 0.05  # of the lowest validation loss
LEAST_SHARE = 0.01  # of all that the validation loss has fallen

Losses = npt.NDArray[np.float64]


def overfitting_epoch(history: Sequence[EpochRecord]) -> int | None:
    """Return the epoch at which overfitting sets in, or None if it does not.

    Of a long history, evenly spaced epochs are looked at. See `overfitting_start`.
    """
    looked_at = history[:: -(-len(history) // MAX_POINTS) or 1]
    training = [record.training.loss for record in looked_at]
    validation = [record.validation.loss for record in looked_at if record.validation]
    if len(validation) < len(training):
        return None
    start = overfitting_start(np.array(training), np.array(validation))
    return None if start is None else looked_at[start].epoch


def overfitting_start(training: Losses, validation: Losses) -> int | None:
    """Return where the validation loss begins to rise while the training loss falls on.

    Both losses are smoothed by the median of w neighbors, w being a tenth of all, and at
    least 5. Overfitting sets in at the lowest point i of the smoothed validation loss v, if

    - v has stayed above v[i] for the last w values, by 5 % of v[i] and by 1 % of v[0] - v[i];
    - the smoothed training loss is lower at the end than at i.

    So neither a single high value, nor noise around a level, nor losses that rise together,
    as with too high a learning rate, count as overfitting.

    Parameters
    ----------
    training, validation : (n,), one value an epoch; epoch 0 is the untrained network
    """
    window = max(SHORTEST_WINDOW, len(validation) // 10)
    if len(validation) <= 2 * window:
        return None
    smooth_training, smooth = (_moving_median(each, window) for each in (training, validation))
    start = int(np.argmin(smooth))
    lowest = smooth[start]
    least_rise = max(LEAST_RISE * lowest, LEAST_SHARE * (smooth[0] - lowest))
    has_risen = bool(smooth[-window:].min() > lowest + least_rise)
    return start if has_risen and smooth_training[-1] < smooth_training[start] else None


def _moving_median(values: Losses, window: int) -> Losses:
    """Return the median around each value; beyond the ends, the last values are repeated."""
    before = window // 2
    padded = np.pad(values, (before, window - 1 - before), mode="edge")
    medians: Losses = np.median(np.lib.stride_tricks.sliding_window_view(padded, window), axis=1)
    return medians
