import numpy as np
import pytest

from data.split import Split
from experiments.config import OWN, RunConfig
from experiments.exploration.neighbors import nearest_neighbors, neighbors_of, part_of
from experiments.training.prepared_data import prepare
from tests.datasets import dataset


def test_each_row_is_in_one_part() -> None:
    split = Split(np.array([0, 3]), np.array([1]), np.array([2]))
    parts = [part_of(split, row) for row in range(4)]
    assert parts == ["training", "validation", "test", "training"]


def test_a_row_in_no_part_is_refused() -> None:
    with pytest.raises(ValueError, match="Row 9 is in no part of the split"):
        part_of(Split(np.array([0]), np.array([1]), np.array([], int)), 9)


@pytest.mark.parametrize("row", [0, 5, 1796])
def test_neighbors_are_those_of_the_definition(digits, row: int) -> None:
    found = nearest_neighbors(digits, row, 7)
    sample = digits.scaler.transform(digits.dataset.X[[row]])
    distances = np.linalg.norm(digits.training.X.astype(float) - sample, axis=1)
    distances[digits.split.training == row] = np.inf
    np.testing.assert_allclose(found.distances, np.sort(distances)[:7], rtol=1e-5)
    assert row not in found.rows
    assert set(found.rows) <= set(digits.split.training)


def test_there_are_no_more_neighbors_than_other_samples() -> None:
    X = np.arange(24, dtype=np.float32).reshape(12, 2)
    own = dataset(X, [0, 1] * 6, n_classes=2)
    prepared = prepare(RunConfig(dataset=OWN), own)
    row = int(prepared.split.training[0])
    assert len(nearest_neighbors(prepared, row, 50).rows) == len(prepared.split.training) - 1


def test_a_sample_of_no_dataset_has_neighbors_too(digits) -> None:
    sample = digits.training.X[[3, 5]].mean(axis=0)
    found = neighbors_of(digits, sample, 4)
    distances = np.linalg.norm(digits.training.X.astype(float) - sample, axis=1)
    np.testing.assert_allclose(found.distances, np.sort(distances)[:4], rtol=1e-5)
    own = neighbors_of(digits, digits.training.X[3], 1)
    assert (own.rows[0], own.distances[0]) == (digits.split.training[3], 0)
