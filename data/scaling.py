"""Scale every feature to a range in which a network learns well.

A scaler is fitted to the training samples alone: nothing may be known of the others yet.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.datasets import Features

ROWS_AT_ONCE = 4096  # in double precision: 26 MB of 784 pixels, where all MNIST would take 376


@dataclass(frozen=True)
class Scaler:
    """Scaled X = (X - shift) / scale.

    Attributes
    ----------
    shift, scale : (n_features,) float32
    """

    shift: npt.NDArray[np.float32]
    scale: npt.NDArray[np.float32]

    def transform(self, X: Features) -> npt.NDArray[np.float32]:
        """Return the scaled samples, (n_samples, n_features) float32, whatever the type of X."""
        scaled: npt.NDArray[np.float32] = np.subtract(X, self.shift, dtype=np.float32)
        scaled /= self.scale
        return scaled


def fit_pixel_scaler(X: Features, maximum: float) -> Scaler:
    """Divide by the largest possible value: 0 is blank, 1 is full ink."""
    n_features = X.shape[1]
    return Scaler(np.zeros(n_features, np.float32), np.full(n_features, maximum, dtype=np.float32))


def fit_z_score_scaler(X: Features, maximum: float) -> Scaler:
    """Give each feature mean 0 and standard deviation 1 over the training samples.

    A feature that is constant in them has no spread to divide by; it is only shifted.
    The maximum is not used; it is there so that all scalers have one signature.
    """
    mean = X.mean(axis=0, dtype=np.float64)
    spread = _standard_deviation(X, mean)
    largest = np.maximum(X.max(axis=0).astype(np.float64), -X.min(axis=0).astype(np.float64))
    spread[spread <= 1e-6 * largest] = 1  # the rest is rounding error
    return Scaler(mean.astype(np.float32), spread.astype(np.float32))


def _standard_deviation(X: Features, mean: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return sqrt(1/n sum (x - mean)^2) of each feature, from a few rows at a time."""
    total = np.zeros_like(mean)
    for start in range(0, len(X), ROWS_AT_ONCE):
        deviations = X[start : start + ROWS_AT_ONCE] - mean  # (rows, n_features) float64
        total += np.square(deviations, out=deviations).sum(axis=0)
    return np.sqrt(total / len(X))


SCALERS: dict[str, Callable[[Features, float], Scaler]] = {
    "pixel": fit_pixel_scaler,
    "z-score": fit_z_score_scaler,
}
