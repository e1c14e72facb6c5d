"""What data look like before anything learns from them: the numbers behind the pictures.

Large sets are gone through a few rows at a time, and what has been found about a dataset
or its split is kept for as long as that lives: 55 million pixels are counted once.
"""

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from data.datasets import Dataset, Features, Labels
from data.scaling import ROWS_AT_ONCE
from data.split import Rows, Split
from experiments.material import Material
from mlp.training import one_hot

MAP_ROWS = 1200  # points in a map: all of the small digits' training part, and quick to draw
MAP_SEED = 0
N_BARS = 32  # of a histogram

Floats: TypeAlias = npt.NDArray[np.float64]
Owner = TypeVar("Owner")
Found = TypeVar("Found")


def once_each(work: Callable[[Owner], Found]) -> Callable[[Owner], Found]:
    """Let a function do its work once for each object, and forget it when the object goes.

    Objects are told apart by identity; what is found must not hold on to them.
    """
    found: dict[int, Found] = {}
    lock = threading.RLock()  # two who ask at once do the work once

    @wraps(work)
    def ask(owner: Owner) -> Found:
        key = id(owner)
        with lock:
            if key not in found:
                found[key] = work(owner)
                weakref.finalize(owner, found.pop, key, None).atexit = False
            return found[key]

    return ask


# Each feature, and each class --------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often values come: counts[i] of them from edges[i] up to edges[i + 1]."""

    edges: Floats
    counts: npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Statistics:
    """What all samples of a dataset have in common, in the units of the data.

    Attributes
    ----------
    counts : (n_classes,), samples of each class
    class_means, class_stds : (n_classes, n_features); NaN for a class without samples
    mean, std, smallest, largest : (n_features,)
    histogram : of all values of all features
    """

    counts: npt.NDArray[np.intp]
    class_means: Floats
    class_stds: Floats
    mean: Floats
    std: Floats
    smallest: Floats
    largest: Floats
    histogram: Histogram

    @property
    def is_constant(self) -> npt.NDArray[np.bool_]:
        """Which features, (n_features,), are the same in every sample: they tell nothing."""
        constant: npt.NDArray[np.bool_] = self.smallest == self.largest
        return constant


@once_each
def statistics_of(dataset: Dataset) -> Statistics:
    """Describe all samples of a dataset, whatever part they are in.

    With n_c samples in class c, mean m_c and variance s_c^2 (divided by n_c), the mean of
    all is sum n_c m_c / n, and their variance sum n_c (s_c^2 + (m_c - mean)^2) / n.
    """
    X, labels = dataset.X, dataset.labels
    counts = np.bincount(labels, minlength=dataset.n_classes)
    n_of_class = counts[:, np.newaxis]
    sums = _sum_by_class(dataset, lambda values, _: values)
    with np.errstate(invalid="ignore"):  # 0 / 0 for a class without samples
        means = sums / n_of_class
        variances = (
            _sum_by_class(dataset, lambda x, c: np.square(x - means.astype(x.dtype)[c]))
            / n_of_class
        )
    mean = sums.sum(axis=0) / len(X)
    spread = n_of_class * (variances + np.square(means - mean))  # (n_classes, n_features)
    return Statistics(
        counts,
        means,
        np.sqrt(variances),
        mean,
        np.sqrt(np.nansum(spread, axis=0) / len(X)),
        X.min(axis=0).astype(np.float64),
        X.max(axis=0).astype(np.float64),
        _histogram(X),
    )


def _sum_by_class(dataset: Dataset, term: Callable[[Floats, Labels], Floats]) -> Floats:
    """Add up a term of each sample's values and class, for each class: (n_classes, n_features).

    Bytes are exact in single precision, and twice as quick; the total is always double.
    """
    kind = np.float32 if dataset.X.dtype == np.uint8 else np.float64
    total = np.zeros((dataset.n_classes, dataset.n_features))
    for start in range(0, dataset.n_samples, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        labels = dataset.labels[rows]
        terms = term(dataset.X[rows].astype(kind), labels)
        total += one_hot(labels, dataset.n_classes, kind).T @ terms
    return total


def _histogram(X: Features) -> Histogram:
    """Count the values: each one by itself where there are few, else in equally wide bars."""
    if X.dtype != np.uint8:
        return _even_histogram(X)
    counts = np.zeros(256, np.intp)
    for start in range(0, len(X), ROWS_AT_ONCE):
        counts += np.bincount(X[start : start + ROWS_AT_ONCE].ravel(), minlength=256)
    largest = int(counts.nonzero()[0][-1])
    width = 1 if largest < N_BARS else 256 // N_BARS
    n_bars = largest // width + 1
    bars = counts[: n_bars * width].reshape(n_bars, width).sum(axis=1)
    return Histogram(np.arange(0, n_bars * width + 1, width, dtype=np.float64), bars)


def _even_histogram(X: Features) -> Histogram:
    """Count values in equally wide bars, in double precision.

    Between two large numbers of single precision, such as 1.7e9 and its neighbour 128 further
    on, there is no room for the edges of the bars.
    """
    low, high = float(X.min()), float(X.max())
    margin = 0.0 if high > low else max(0.5, abs(low) / 2)
    ends = low - margin, high + margin
    edges, counts = np.linspace(*ends, N_BARS + 1), np.zeros(N_BARS, np.intp)
    for start in range(0, len(X), ROWS_AT_ONCE):
        values = X[start : start + ROWS_AT_ONCE].astype(np.float64)
        counts += np.histogram(values, bins=N_BARS, range=ends)[0]
    return Histogram(edges, counts)


# One sample --------------------------------------------------------------------------


def part_of(split: Split, row: int) -> str:
    """Return the name of the part that a row of the dataset is in."""
    for name, rows in split._asdict().items():
        place = np.searchsorted(rows, row)
        if place < len(rows) and rows[place] == row:
            return name
    raise ValueError(f"Row {row} is in no part of the split.")


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The training samples closest to a sample, the closest first.

    rows : of the dataset
    distances : Euclidean, between scaled samples
    """

    rows: Rows
    distances: Floats


def nearest(material: Material, row: int, n_neighbours: int) -> Neighbours:
    """Return the training samples closest to one row of the dataset, itself left out.

    |x - s|^2 = |x|^2 - 2 x.s + |s|^2, so that one product of a matrix and a vector
    compares all samples; the last term is the same for all. The few that come out first
    are then measured again, as the difference of two large numbers is not exact.
    """
    X, rows = material.training.X, material.split.training
    sample = material.scaler.transform(material.dataset.X[row])  # (n_features,)
    closeness = _squared_lengths(material) - 2 * (X @ sample)  # (n_training,)
    closeness[rows == row] = np.inf
    n_neighbours = min(n_neighbours, int(np.isfinite(closeness).sum()))
    places = np.argsort(closeness)[:n_neighbours]
    distances = np.linalg.norm(X[places].astype(np.float64) - sample, axis=1)
    order = np.argsort(distances, kind="stable")
    return Neighbours(rows[places[order]], distances[order])


@once_each
def _squared_lengths(material: Material) -> npt.NDArray[np.float32]:
    X = material.training.X
    lengths: npt.NDArray[np.float32] = np.einsum("ij,ij->i", X, X)
    return lengths


# A map of the samples ----------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Projection:
    """Samples as points along the directions in which they differ most.

    Attributes
    ----------
    points : (n_samples, 3), the coordinates along each direction
    shares : (3,), of the variance of all features together; 0 where there is no direction
    """

    points: npt.NDArray[np.float32]
    shares: Floats


def map_rows(material: Material) -> Rows:
    """Return the places in the training part, rising, of the samples that a map shows."""
    n_training = len(material.split.training)
    rng = np.random.default_rng(MAP_SEED)
    return np.sort(rng.permutation(n_training)[:MAP_ROWS])


@once_each
def projection_of(material: Material) -> Projection:
    """Return the principal components of the scaled training samples that a map shows."""
    return principal_components(material.training.X[map_rows(material)])


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
    centred = X - X.mean(axis=0, dtype=np.float64)  # (n_samples, n_features)
    n_samples, n_features = centred.shape
    is_wide = n_samples < n_features
    values, vectors = np.linalg.eigh(centred @ centred.T if is_wide else centred.T @ centred)
    values, vectors = values[::-1][:3].clip(min=0), vectors[:, ::-1][:, :3]
    points = vectors * np.sqrt(values) if is_wide else centred @ vectors
    farthest = np.abs(points).argmax(axis=0)
    points = points * np.where(points[farthest, np.arange(points.shape[1])] < 0, -1, 1)
    missing = 3 - points.shape[1]
    shares = values / (np.square(centred).sum() or 1)
    return Projection(
        np.pad(points, [(0, 0), (0, missing)]).astype(np.float32), np.pad(shares, (0, missing))
    )
