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

    def transform(
        self, X: Features, out: npt.NDArray[np.float32] | None = None
    ) -> npt.NDArray[np.float32]:
        """Return the scaled samples, (n_samples, n_features) float32, whatever the type of X.

        Parameters
        ----------
        out : where they are written, perhaps X itself; None for a new array
        """
        scaled: npt.NDArray[np.float32] = np.subtract(X, self.shift, out=out, dtype=np.float32)
        scaled /= self.scale
        return scaled

    def restore(self, scaled: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
        """Return samples as they were before scaling, but for rounding."""
        X: npt.NDArray[np.float32] = np.multiply(scaled, self.scale, dtype=np.float32)
        X += self.shift
        return X


def largest_value(X: Features, maximum: float | None) -> float:
    """Return the largest absolute value that a feature can have, or has; 1 if all are 0.

    Parameters
    ----------
    X : (n_samples, n_features), the training samples
    maximum : None if it is not known without a look at them
    """
    return maximum or max(abs(float(X.min())), abs(float(X.max()))) or 1.0


def fit_pixel_scaler(X: Features, maximum: float | None) -> Scaler:
    """Divide by the largest value: of pixels, 0 is blank and 1 is full ink.

    Parameters
    ----------
    X : (n_samples, n_features), the training samples
    maximum : the largest absolute value that a feature can have; where that is not known, None,
        the largest of the training samples is taken, and other samples may go beyond 1
    """
    return _scaler(np.zeros(X.shape[1]), np.full(X.shape[1], largest_value(X, maximum)))


def fit_z_score_scaler(X: Features, maximum: float | None) -> Scaler:
    """Give each feature mean 0 and standard deviation 1 over the training samples.

    Both are worked out in double precision, in which a small spread of large numbers survives.
    A feature that is constant has no spread to divide by; it is only shifted.
    The maximum is not used; it is there so that all scalers have one signature.
    """
    mean = X.mean(axis=0, dtype=np.float64)
    spread = np.sqrt(_mean_square_deviations(X, mean))
    return _scaler(mean, np.where(X.min(axis=0) == X.max(axis=0), 1, spread))


def fit_global_z_score_scaler(X: Features, maximum: float | None) -> Scaler:
    """Give all features together mean 0 and standard deviation 1 over the training samples.

    With one mean and one deviation for all, pixels stay as bright beside each other as they
    are: those at the edge, hardly ever inked, keep small deviations.
    The maximum is not used; it is there so that all scalers have one signature.
    """
    mean = np.full(X.shape[1], X.mean(dtype=np.float64))
    spread = np.sqrt(_mean_square_deviations(X, mean).mean())
    return _scaler(mean, np.full(X.shape[1], 1 if X.min() == X.max() else spread))


def _mean_square_deviations(X: Features, mean: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return 1/n sum (x - mean)^2 of each feature, from a few rows at a time."""
    total = np.zeros_like(mean)
    for start in range(0, len(X), ROWS_AT_ONCE):
        deviations = X[start : start + ROWS_AT_ONCE] - mean  # (rows, n_features) float64
        total += np.square(deviations, out=deviations).sum(axis=0)
    return total / len(X)


def _scaler(shift: npt.NDArray[np.float64], scale: npt.NDArray[np.float64]) -> Scaler:
    """Round to single precision, in which a spread may be too small to be above 0."""
    scale = np.maximum(scale, np.finfo(np.float32).tiny)
    return Scaler(shift.astype(np.float32), scale.astype(np.float32))


SCALERS: dict[str, Callable[[Features, float | None], Scaler]] = {
    "pixel": fit_pixel_scaler,
    "z-score": fit_z_score_scaler,
    "z-score-global": fit_global_z_score_scaler,
}
