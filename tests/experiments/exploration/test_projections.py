import numpy as np
import pytest

from experiments.config import OWN, RunConfig
from experiments.exploration.projections import (
    MAP_SAMPLES,
    map_positions,
    principal_components,
    projection_of,
)
from experiments.training.prepared_data import prepare
from tests.datasets import dataset


def test_components_are_those_of_a_singular_value_decomposition(digits) -> None:
    X = digits.training.X
    found = principal_components(X)
    _, values, directions = np.linalg.svd(X - X.mean(axis=0, dtype=float), full_matrices=False)
    ratio = (values**2 / (values**2).sum())[:3]
    np.testing.assert_allclose(found.explained_variance_ratio, ratio, rtol=1e-6)
    expected = (X - X.mean(axis=0, dtype=float)) @ directions[:3].T
    np.testing.assert_allclose(np.abs(found.points), np.abs(expected), atol=1e-4)


def test_fewer_samples_than_features_give_the_same_components() -> None:
    X = np.random.default_rng(0).normal(size=(6, 5))
    wide = np.pad(X, [(0, 0), (0, 4)])  # features that are always 0 change nothing
    tall, flat = principal_components(X), principal_components(wide)
    np.testing.assert_allclose(flat.points, tall.points, atol=1e-5)
    ratios = flat.explained_variance_ratio, tall.explained_variance_ratio
    np.testing.assert_allclose(*ratios, atol=1e-9)


@pytest.mark.parametrize("shape", [(5, 1), (5, 2), (1, 8)])
def test_missing_directions_are_zero(shape: tuple[int, int]) -> None:
    found = principal_components(np.random.default_rng(0).normal(size=shape))
    assert found.points.shape == (shape[0], 3)
    assert np.isfinite(found.points).all()
    assert found.explained_variance_ratio[-1] == 0


def test_samples_that_are_all_the_same_lie_in_one_point() -> None:
    found = principal_components(np.ones((5, 4)))
    assert not found.points.any()
    assert not found.explained_variance_ratio.any()


def test_a_map_shows_a_sample_of_a_large_training_part(digits) -> None:
    assert len(map_positions(digits)) == len(digits.split.training) < MAP_SAMPLES
    assert len(projection_of(digits).points) == len(map_positions(digits))
    X = np.random.default_rng(0).normal(size=(3000, 2)).astype(np.float32)
    large = prepare(RunConfig(dataset=OWN), dataset(X, [0, 1] * 1500, n_classes=2))
    rows = map_positions(large)
    assert len(set(rows)) == MAP_SAMPLES
    np.testing.assert_array_equal(rows, map_positions(large))
