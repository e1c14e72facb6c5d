"""Samples as points along their principal components."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from data.split import Rows
from experiments.exploration.once_per_object import once_per_object
from experiments.training.prepared_data import PreparedData

MAP_SAMPLES = 1200  # points in a map: all of the small digits' training part, and quick to draw
MAP_SEED = 0


@dataclass(frozen=True, eq=False)
class Projection:
    """Samples as points along the directions in which they differ most.

    Attributes
    ----------
    points : (n_samples, 3), the coordinates along each direction
    explained_variance_ratio : (3,), share of the variance of all features together; 0 where
        there is no such direction
    """

    points: npt.NDArray[np.float32]
    explained_variance_ratio: npt.NDArray[np.float64]


def map_positions(prepared: PreparedData) -> Rows:
    """Return the positions in the training part, in rising order, of the samples on a map."""
    n_training = len(prepared.split.training)
    rng = np.random.default_rng(MAP_SEED)
    return np.sort(rng.permutation(n_training)[:MAP_SAMPLES])


@once_per_object
def projection_of(prepared: PreparedData) -> Projection:
    """Return the principal components of the scaled training samples on a map."""
    return principal_components(prepared.training.X[map_positions(prepared)])


def principal_components(X: npt.NDArray[Any]) -> Projection:
    """Find the three directions along which the samples spread most.

    With C the samples minus their mean, they are the eigenvectors v of C'C with the largest
    eigenvalues, and the points are C v. Where there are fewer samples than features, CC'
    is smaller and has the same eigenvalues; its eigenvectors u, each times the root of its
    eigenvalue, are the same points. A direction's sign means nothing: it is chosen so that
    the point farthest out has a positive coordinate.

    Parameters
    ----------
    X : (n_samples, n_features)
    """
    centered = X - X.mean(axis=0, dtype=np.float64)  # (n_samples, n_features)
    n_samples, n_features = centered.shape
    is_wide = n_samples < n_features
    values, vectors = np.linalg.eigh(centered @ centered.T if is_wide else centered.T @ centered)
    values, vectors = values[::-1][:3].clip(min=0), vectors[:, ::-1][:, :3]
    points = vectors * np.sqrt(values) if is_wide else centered @ vectors
    farthest = np.abs(points).argmax(axis=0)
    points = points * np.where(points[farthest, np.arange(points.shape[1])] < 0, -1, 1)
    missing = 3 - points.shape[1]
    ratio = values / (np.square(centered).sum() or 1)
    return Projection(
        np.pad(points, [(0, 0), (0, missing)]).astype(np.float32), np.pad(ratio, (0, missing))
    )
