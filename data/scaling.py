"""Bring every feature to a size at which a network learns well.

What a scaler knows, it has learned from the training samples alone: the others are
not supposed to have been seen yet.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data.datasets import Features


@dataclass(frozen=True)
class Scaler:
    """Scaled X = (X - shift) / scale.

    Attributes
    ----------
    shift, scale : (n_features,) float32
    """

    shift: Features
    scale: Features

    def transform(self, X: Features) -> Features:
        """Return the scaled samples, (n_samples, n_features) float32."""
        scaled = np.subtract(X, self.shift, dtype=np.float32)
        scaled /= self.scale
        return scaled


def fit_pixel_scaler(X: Features, maximum: float) -> Scaler:
    """Divide by the largest possible value: 0 stays empty, 1 is full ink."""
    n_features = X.shape[1]
    return Scaler(np.zeros(n_features, np.float32), np.full(n_features, maximum, dtype=np.float32))


def fit_z_score_scaler(X: Features, maximum: float) -> Scaler:
    """Give each feature mean 0 and standard deviation 1 over the training samples.

    A feature that never changes in them has no spread to divide by; it is only moved.
    """
    spread = X.std(axis=0, dtype=np.float64)
    spread[spread < 1e-6 * maximum] = 1
    return Scaler(X.mean(axis=0, dtype=np.float64).astype(np.float32), spread.astype(np.float32))


SCALERS: dict[str, Callable[[Features, float], Scaler]] = {
    "pixel": fit_pixel_scaler,
    "z-score": fit_z_score_scaler,
}
