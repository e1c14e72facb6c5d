"""Planes in the space of parameters: their directions, and what is projected onto them."""

import numpy as np
import pytest

from experiments.inspection import parameter_plane
from experiments.inspection.parameter_plane import (
    ParameterPlane,
    axis_around_origin,
    axis_around_path,
    filter_normalized_directions,
    principal_directions,
    project,
    variance_shares,
)
from mlp.network import Network, split_layers


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def snapshots(rng: np.random.Generator) -> list[np.ndarray]:
    """Seven points in 50 dimensions that differ in three directions, in each less than before."""
    directions = np.linalg.qr(rng.normal(size=(50, 3)))[0].T
    steps = rng.normal(size=(7, 3)) * [5, 2, 0.5]
    return list((rng.normal(size=50) + steps @ directions).astype(np.float32))


def test_each_unit_of_a_random_direction_is_as_long_as_its_weights(
    rng: np.random.Generator,
) -> None:
    network = Network((6, 5, 4), bias_init="normal", rng=rng)
    network.weights[1][2] *= 10
    network.weights[2][3] = 0
    directions = filter_normalized_directions(network, rng=rng)
    for direction in directions:
        weights, biases = split_layers(direction, network.sizes)
        for l in (1, 2):
            lengths = np.linalg.norm(network.weights[l], axis=1)
            np.testing.assert_allclose(np.linalg.norm(weights[l], axis=1), lengths, rtol=1e-5)
            assert not biases[l].any()
    assert not np.allclose(*directions)


def test_random_directions_depend_on_the_seed_alone(rng: np.random.Generator) -> None:
    network = Network((6, 5, 4), rng=rng)
    first, same, other = (
        filter_normalized_directions(network, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert first.tobytes() == same.tobytes()
    assert not np.allclose(first, other)


@pytest.mark.parametrize("chunk", [7, 1000])
def test_principal_directions_are_those_of_a_singular_value_decomposition(
    snapshots: list[np.ndarray], chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parameter_plane, "CHUNK", chunk)
    matrix = np.array(snapshots, float)
    _, values, expected = np.linalg.svd(matrix - matrix.mean(axis=0), full_matrices=False)
    found = principal_directions(snapshots)
    np.testing.assert_allclose(np.abs(np.sum(found * expected[:2], axis=1)), 1, rtol=1e-5)
    plane = ParameterPlane(snapshots[-1], found)
    shares = variance_shares(plane, snapshots)
    np.testing.assert_allclose(shares, values[:2] ** 2 / np.sum(values**2), rtol=1e-5)
    np.testing.assert_allclose(project(plane, snapshots).coordinates[-1], 0, atol=1e-6)
    assert ((matrix[0] - matrix.mean(axis=0)) @ found.T < 0).all()


@pytest.mark.parametrize("n_snapshots", [1, 2, 3])
def test_snapshots_on_a_line_have_no_second_direction(n_snapshots: int) -> None:
    snapshots = [np.full(9, value, np.float32) for value in range(n_snapshots)]
    with pytest.raises(ValueError, match="one straight line so far"):
        principal_directions(snapshots)


def test_a_point_of_the_plane_is_projected_onto_itself(rng: np.random.Generator) -> None:
    plane = ParameterPlane(rng.normal(size=30), rng.normal(size=(2, 30)))
    points = np.array([[0.5, -2], [0, 0], [3, 1]])
    found = project(plane, [plane.at(point) for point in points])
    np.testing.assert_allclose(found.coordinates, points, atol=1e-12)
    np.testing.assert_allclose(found.distances, 0, atol=1e-12)


def test_the_distance_from_the_plane_is_what_no_direction_explains() -> None:
    plane = ParameterPlane(np.zeros(3), np.array([[1.0, 0, 0], [1, 1, 0]]))
    found = project(plane, [np.array([2.0, 3, 4])])
    np.testing.assert_allclose(found.coordinates, [[-1, 3]])
    np.testing.assert_allclose(found.distances, [4])


def test_snapshots_that_are_the_same_have_no_variance() -> None:
    same = [np.ones(4)] * 3
    assert variance_shares(ParameterPlane(same[0], np.eye(4)[:2]), same).tolist() == [0, 0]


def test_the_axes_meet_the_origin_and_hold_the_path() -> None:
    assert axis_around_origin(2.0, 5).tolist() == [-2, -1, 0, 1, 2]
    path = np.array([-8.0, -3.0, 1.0])
    for widening in (0.5, 1, 2):
        axis = axis_around_path(path, widening, 25)
        assert len(axis) == 25
        assert 0 in axis
        assert (axis[0] < -8 and axis[-1] > 1) == (widening >= 1)
    assert len(axis_around_path(np.zeros(3), 1, 5)) == 5
