"""The training samples nearest to a sample."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.split import Rows, Split
from experiments.exploration.once_per_object import once_per_object
from experiments.training.prepared_data import PreparedData
from mlp.arrays import Array


def part_of(split: Split, row: int) -> str:
    """Return the name of the part that a row of the dataset is in."""
    for name, rows in split._asdict().items():
        position = np.searchsorted(rows, row)
        if position < len(rows) and rows[position] == row:
            return name
    raise ValueError(f"Row {row} is in no part of the split.")


@dataclass(frozen=True, eq=False)
class Neighbors:
    """The training samples closest to a sample, the closest first.

    Attributes
    ----------
    rows : (n_neighbors,), of the dataset
    distances : (n_neighbors,), Euclidean, between scaled samples
    """

    rows: Rows
    distances: npt.NDArray[np.float64]


def nearest_neighbors(prepared: PreparedData, row: int, n_neighbors: int) -> Neighbors:
    """Return the training samples closest to one row of the dataset, itself left out."""
    sample = prepared.scaler.transform(prepared.dataset.X[row])  # (n_features,)
    return neighbors_of(prepared, sample, n_neighbors, left_out=row)


def neighbors_of(
    prepared: PreparedData, sample: Array, n_neighbors: int, *, left_out: int | None = None
) -> Neighbors:
    """Return the training samples closest to any sample, such as a drawing.

    |x - s|^2 = |x|^2 - 2 x.s + |s|^2, so one product of a matrix and a vector compares
    all samples; the last term is the same for all and left out. The distances of the nearest
    are then computed directly, as a difference of two large numbers is not exact.

    Parameters
    ----------
    sample : (n_features,), scaled
    left_out : a row of the dataset that is not compared
    """
    X, rows = prepared.training.X, prepared.split.training
    squares = squared_lengths(prepared) - 2 * (X @ sample)  # (n_training,)
    squares[rows == left_out] = np.inf
    n_neighbors = min(n_neighbors, int(np.isfinite(squares).sum()))
    positions = np.argsort(squares)[:n_neighbors]
    distances = np.linalg.norm(X[positions].astype(np.float64) - sample, axis=1)
    order = np.argsort(distances, kind="stable")
    return Neighbors(rows[positions[order]], distances[order])


@once_per_object
def squared_lengths(prepared: PreparedData) -> npt.NDArray[np.float32]:
    """Return |x|^2 of each training sample, (n_training,)."""
    X = prepared.training.X
    lengths: npt.NDArray[np.float32] = np.einsum("ij,ij->i", X, X)
    return lengths
