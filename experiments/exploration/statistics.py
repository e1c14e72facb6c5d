"""Means, spread and values of each feature and each class.

Large datasets are read a few rows at a time, and the statistics of a dataset are computed once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from data.datasets import Dataset, Features, Labels
from data.scaling import ROWS_AT_ONCE
from experiments.exploration.once_per_object import once_each
from mlp.samples import one_hot

N_BARS = 32  # of a histogram


Floats: TypeAlias = npt.NDArray[np.float64]


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

    Between two large numbers of single precision, such as 1.7e9 and its neighbor 128 further
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
