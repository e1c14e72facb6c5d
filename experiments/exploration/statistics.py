"""Means, spread and values of each feature and each class.

Large datasets are read a few rows at a time, and the statistics of a dataset are computed once.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data.datasets import Dataset, Features, Labels
from data.scaling import ROWS_AT_ONCE
from experiments.exploration.once_per_object import once_per_object
from mlp.arrays import Array
from mlp.samples import one_hot

N_BARS = 32  # of a histogram


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often values occur: counts[i] of them lie from edges[i] up to edges[i + 1]."""

    edges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Statistics:
    """Statistics of all samples of a dataset, in the units of the data.

    Attributes
    ----------
    counts : (n_classes,), samples of each class
    class_means, class_stds : (n_classes, n_features); NaN for a class without samples
    mean, std, smallest, largest : (n_features,)
    histogram : of all values of all features
    """

    counts: npt.NDArray[np.intp]
    class_means: npt.NDArray[np.float64]
    class_stds: npt.NDArray[np.float64]
    mean: npt.NDArray[np.float64]
    std: npt.NDArray[np.float64]
    smallest: npt.NDArray[np.float64]
    largest: npt.NDArray[np.float64]
    histogram: Histogram

    @property
    def is_constant(self) -> npt.NDArray[np.bool_]:
        """Which features, (n_features,), are the same in every sample."""
        constant: npt.NDArray[np.bool_] = self.smallest == self.largest
        return constant


@once_per_object
def statistics_of(dataset: Dataset) -> Statistics:
    """Compute the statistics of all samples of a dataset, of every part of the split.

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


def _sum_by_class(
    dataset: Dataset, term: Callable[[Array, Labels], Array]
) -> npt.NDArray[np.float64]:
    """Add up a term of each sample's values and class, for each class: (n_classes, n_features).

    Single precision is exact for bytes, and twice as fast; the total is always double.
    """
    dtype = np.float32 if dataset.X.dtype == np.uint8 else np.float64
    total = np.zeros((dataset.n_classes, dataset.n_features))
    for start in range(0, dataset.n_samples, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        labels = dataset.labels[rows]
        terms = term(dataset.X[rows].astype(dtype), labels)
        total += one_hot(labels, dataset.n_classes, dtype).T @ terms
    return total


def _histogram(X: Features) -> Histogram:
    """Count the values: a bar for each value where there are few, else bars of equal width."""
    if X.dtype != np.uint8:
        return _equal_width_histogram(X)
    counts = np.zeros(256, np.intp)
    for start in range(0, len(X), ROWS_AT_ONCE):
        counts += np.bincount(X[start : start + ROWS_AT_ONCE].ravel(), minlength=256)
    largest = int(counts.nonzero()[0][-1])
    width = 1 if largest < N_BARS else 256 // N_BARS
    n_bars = largest // width + 1
    bars = counts[: n_bars * width].reshape(n_bars, width).sum(axis=1)
    return Histogram(np.arange(0, n_bars * width + 1, width, dtype=np.float64), bars)


def _equal_width_histogram(X: Features) -> Histogram:
    """Count values in bars of equal width, in double precision.

    In single precision, the next number after 1.7e9 is 128 larger: bars that are narrower
    could not have different edges.
    """
    low, high = float(X.min()), float(X.max())
    margin = 0.0 if high > low else max(0.5, abs(low) / 2)
    ends = low - margin, high + margin
    edges, counts = np.linspace(*ends, N_BARS + 1), np.zeros(N_BARS, np.intp)
    for start in range(0, len(X), ROWS_AT_ONCE):
        values = X[start : start + ROWS_AT_ONCE].astype(np.float64)
        counts += np.histogram(values, bins=N_BARS, range=ends)[0]
    return Histogram(edges, counts)
