import numpy as np
import pytest

from data.datasets import load
from experiments.exploration import statistics
from experiments.exploration.statistics import statistics_of
from tests.datasets import dataset


def test_statistics_of_a_few_samples_are_those_worked_out_by_hand(few) -> None:
    found = statistics_of(few)
    assert list(found.counts) == [2, 2]
    np.testing.assert_allclose(found.class_means, [[1, 1, 5], [6, 5, 5]])
    np.testing.assert_allclose(found.class_stds, [[1, 0, 0], [2, 2, 0]])
    np.testing.assert_allclose(found.mean, [3.5, 3, 5])
    np.testing.assert_allclose(found.std, few.X.std(axis=0))
    np.testing.assert_allclose(found.smallest, [0, 1, 5])
    np.testing.assert_allclose(found.largest, [8, 7, 5])
    assert list(found.is_constant) == [False, False, True]


@pytest.mark.parametrize("rows_at_once", [1, 7, 4096])
def test_statistics_are_the_same_however_many_rows_are_read_at_once(
    monkeypatch, rows_at_once: int
) -> None:
    monkeypatch.setattr(statistics, "ROWS_AT_ONCE", rows_at_once)
    rng = np.random.default_rng(0)
    X, labels = rng.normal(1e4, 1, (30, 4)).astype(np.float32), rng.integers(0, 3, 30)
    found = statistics_of(dataset(X, list(labels)))
    exact = X.astype(np.float64)
    np.testing.assert_allclose(found.std, exact.std(axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.class_stds[1], exact[labels == 1].std(axis=0), rtol=1e-6)
    assert found.histogram.counts.sum() == X.size


def test_a_class_without_samples_has_no_mean_and_leaves_the_others_alone(few) -> None:
    found = statistics_of(dataset(few.X, [0, 0, 1, 1], n_classes=3))
    assert np.isnan(found.class_means[2]).all()
    np.testing.assert_allclose(found.std, few.X.std(axis=0))


def test_few_whole_values_have_a_bar_each() -> None:
    histogram = statistics_of(load("digits")).histogram
    np.testing.assert_array_equal(histogram.edges, np.arange(18))
    np.testing.assert_array_equal(histogram.counts, np.bincount(load("digits").X.ravel()))


def test_many_whole_values_share_bars() -> None:
    X = np.arange(256, dtype=np.uint8).reshape(64, 4)
    histogram = statistics_of(dataset(X, [0, 1] * 32)).histogram
    np.testing.assert_array_equal(histogram.counts, np.full(32, 8))
    assert histogram.edges[-1] == 256


@pytest.mark.parametrize("spread", [0, 128, 3600])
@pytest.mark.parametrize("offset", [0, 1.7e9, -1.7e9, 1e30])
def test_values_far_from_zero_have_a_histogram(offset: float, spread: float) -> None:
    rng = np.random.default_rng(0)
    X = np.asarray(offset + spread * rng.integers(0, 3, (50, 2)), np.float32)
    found = statistics_of(dataset(X, [0, 1] * 25, n_classes=2)).histogram
    assert found.counts.sum() == X.size
    assert (np.diff(found.edges) > 0).all()
    assert found.edges[0] <= X.min() <= X.max() <= found.edges[-1]


def test_a_histogram_is_that_of_numpy_however_many_rows_are_read_at_once(monkeypatch) -> None:
    X = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    monkeypatch.setattr(statistics, "ROWS_AT_ONCE", 7)
    found = statistics_of(dataset(X, [0, 1, 2] * 10)).histogram
    counts, edges = np.histogram(X.astype(np.float64), bins=statistics.N_BARS)
    np.testing.assert_array_equal(found.counts, counts)
    np.testing.assert_allclose(found.edges, edges)
