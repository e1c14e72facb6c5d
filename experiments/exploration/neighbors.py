"""The training samples nearest to a sample."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.split import Rows, Split
from experiments.exploration.once_per_object import once_each
from experiments.exploration.statistics import Floats
from experiments.training.prepared_data import PreparedData


def part_of(split: Split, row: int) -> str:
    """Return the name of the part that a row of the dataset is in."""
    for name, rows in split._asdict().items():
        place = np.searchsorted(rows, row)
        if place < len(rows) and rows[place] == row:
            return name
    raise ValueError(f"Row {row} is in no part of the split.")


@dataclass(frozen=True, eq=False)
class Neighbors:
    """The training samples closest to a sample, the closest first.

    rows : of the dataset
    distances : Euclidean, between scaled samples
    """

    rows: Rows
    distances: Floats


def nearest(prepared: PreparedData, row: int, n_neighbors: int) -> Neighbors:
    """Return the training samples closest to one row of the dataset, itself left out.

    |x - s|^2 = |x|^2 - 2 x.s + |s|^2, so that one product of a matrix and a vector
    compares all samples; the last term is the same for all. The few that come out first
    are then measured again, as the difference of two large numbers is not exact.
    """
    X, rows = prepared.training.X, prepared.split.training
    sample = prepared.scaler.transform(prepared.dataset.X[row])  # (n_features,)
    closeness = _squared_lengths(prepared) - 2 * (X @ sample)  # (n_training,)
    closeness[rows == row] = np.inf
    n_neighbors = min(n_neighbors, int(np.isfinite(closeness).sum()))
    places = np.argsort(closeness)[:n_neighbors]
    distances = np.linalg.norm(X[places].astype(np.float64) - sample, axis=1)
    order = np.argsort(distances, kind="stable")
    return Neighbors(rows[places[order]], distances[order])


@once_each
def _squared_lengths(prepared: PreparedData) -> npt.NDArray[np.float32]:
    X = prepared.training.X
    lengths: npt.NDArray[np.float32] = np.einsum("ij,ij->i", X, X)
    return lengths
