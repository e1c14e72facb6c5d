"""What is found about data agrees with the definitions, and is found once."""

import gc
import weakref

import numpy as np
import pytest

from data.datasets import Dataset, load
from data.split import Split
from experiments import exploration
from experiments.config import OWN, RunConfig
from experiments.exploration import (
    MAP_ROWS,
    map_rows,
    nearest,
    once_each,
    part_of,
    principal_components,
    projection_of,
    statistics_of,
)
from experiments.material import prepare


def dataset(X: np.ndarray, labels: list[int], n_classes: int = 3) -> Dataset:
    names = tuple(f"class {i}" for i in range(n_classes))
    return Dataset("own", "T", X, np.array(labels), names, None, 1.0, "value", "here")


@pytest.fixture
def few() -> Dataset:
    X = np.array([[0, 1, 5], [2, 1, 5], [4, 3, 5], [8, 7, 5]], np.uint8)
    return dataset(X, [0, 0, 1, 1], n_classes=2)


@pytest.fixture
def digits():
    return prepare(RunConfig())


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
def test_large_sets_are_described_in_pieces(monkeypatch, rows_at_once: int) -> None:
    monkeypatch.setattr(exploration, "ROWS_AT_ONCE", rows_at_once)
    rng = np.random.default_rng(0)
    X, labels = rng.normal(1e4, 1, (30, 4)).astype(np.float32), rng.integers(0, 3, 30)
    found = statistics_of(dataset(X, list(labels)))
    exact = X.astype(np.float64)
    np.testing.assert_allclose(found.std, exact.std(axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.class_stds[1], exact[labels == 1].std(axis=0), rtol=1e-6)
    assert found.histogram.counts.sum() == X.size


def test_a_class_without_samples_has_no_mean_and_spoils_nothing(few) -> None:
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


def test_a_histogram_is_that_of_numpy_however_many_rows_are_taken_at_once(monkeypatch) -> None:
    X = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    monkeypatch.setattr(exploration, "ROWS_AT_ONCE", 7)
    found = statistics_of(dataset(X, [0, 1, 2] * 10)).histogram
    counts, edges = np.histogram(X.astype(np.float64), bins=exploration.N_BARS)
    np.testing.assert_array_equal(found.counts, counts)
    np.testing.assert_allclose(found.edges, edges)


def test_work_is_done_once_an_object_and_forgotten_with_it(few) -> None:
    asked = []

    @once_each
    def work(owner: Dataset) -> list[int]:
        asked.append(id(owner))
        return [1]

    other = dataset(few.X, [0, 0, 1, 1])
    assert work(other) is work(other)
    work(few)
    assert len(asked) == 2
    gone = weakref.ref(other)
    del other
    gc.collect()
    assert gone() is None


def test_statistics_do_not_keep_a_dataset_alive(few) -> None:
    other = dataset(few.X, [0, 0, 1, 1])
    statistics_of(other)
    gone = weakref.ref(other)
    del other
    gc.collect()
    assert gone() is None


def test_each_row_is_in_one_part() -> None:
    split = Split(np.array([0, 3]), np.array([1]), np.array([2]))
    parts = [part_of(split, row) for row in range(4)]
    assert parts == ["training", "validation", "test", "training"]


def test_a_row_in_no_part_is_refused() -> None:
    with pytest.raises(ValueError, match="Row 9 is in no part of the split"):
        part_of(Split(np.array([0]), np.array([1]), np.array([], int)), 9)


@pytest.mark.parametrize("row", [0, 5, 1796])
def test_neighbours_are_those_of_the_definition(digits, row: int) -> None:
    found = nearest(digits, row, 7)
    sample = digits.scaler.transform(digits.dataset.X[[row]])
    distances = np.linalg.norm(digits.training.X.astype(float) - sample, axis=1)
    distances[digits.split.training == row] = np.inf
    np.testing.assert_allclose(found.distances, np.sort(distances)[:7], rtol=1e-5)
    assert row not in found.rows
    assert set(found.rows) <= set(digits.split.training)


def test_there_are_no_more_neighbours_than_other_samples() -> None:
    X = np.arange(24, dtype=np.float32).reshape(12, 2)
    own = dataset(X, [0, 1] * 6, n_classes=2)
    material = prepare(RunConfig(dataset=OWN), own)
    row = int(material.split.training[0])
    assert len(nearest(material, row, 50).rows) == len(material.split.training) - 1


def test_components_are_those_of_a_singular_value_decomposition(digits) -> None:
    X = digits.training.X
    found = principal_components(X)
    _, values, directions = np.linalg.svd(X - X.mean(axis=0, dtype=float), full_matrices=False)
    np.testing.assert_allclose(found.shares, (values**2 / (values**2).sum())[:3], rtol=1e-6)
    expected = (X - X.mean(axis=0, dtype=float)) @ directions[:3].T
    np.testing.assert_allclose(np.abs(found.points), np.abs(expected), atol=1e-4)


def test_fewer_samples_than_features_give_the_same_components() -> None:
    X = np.random.default_rng(0).normal(size=(6, 5))
    wide = np.pad(X, [(0, 0), (0, 4)])  # features that are always 0 change nothing
    tall, flat = principal_components(X), principal_components(wide)
    np.testing.assert_allclose(flat.points, tall.points, atol=1e-5)
    np.testing.assert_allclose(flat.shares, tall.shares, atol=1e-9)


@pytest.mark.parametrize("shape", [(5, 1), (5, 2), (1, 8)])
def test_missing_directions_are_zero(shape: tuple[int, int]) -> None:
    found = principal_components(np.random.default_rng(0).normal(size=shape))
    assert found.points.shape == (shape[0], 3)
    assert np.isfinite(found.points).all()
    assert found.shares[-1] == 0


def test_samples_that_are_all_the_same_lie_in_one_point() -> None:
    found = principal_components(np.ones((5, 4)))
    assert not found.points.any()
    assert not found.shares.any()


def test_a_map_shows_a_sample_of_a_large_training_part(digits) -> None:
    assert len(map_rows(digits)) == len(digits.split.training) < MAP_ROWS
    assert len(projection_of(digits).points) == len(map_rows(digits))
    X = np.random.default_rng(0).normal(size=(3000, 2)).astype(np.float32)
    large = prepare(RunConfig(dataset=OWN), dataset(X, [0, 1] * 1500, n_classes=2))
    rows = map_rows(large)
    assert len(set(rows)) == MAP_ROWS
    np.testing.assert_array_equal(rows, map_rows(large))
