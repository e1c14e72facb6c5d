"""Where an answer flips, on lines and near boundaries that are known."""

import numpy as np
import pytest

from experiments.inspection.decision_path import (
    nearest_of_another_class,
    nearest_to_boundary,
    path_between,
)
from mlp.network import Network


@pytest.fixture
def halves() -> Network:
    """Class 1 where 3 x_1 + 4 x_2 is above 2, else class 0; class 2 never."""
    network = Network((2, 3))
    network.weights[1][:] = [[0, 0], [3, 4], [0, 0]]
    network.biases[1][:] = [0, -2, -9]
    return network


def point(*features: float) -> np.ndarray:
    return np.array(features, np.float32)


def test_the_flip_is_found_between_two_points_of_the_way(halves: Network) -> None:
    path = path_between(halves, point(0, 0), point(1, 1), 4)
    assert path.shares.tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert path.answers.tolist() == [0, 1, 1, 1]
    (flip,) = path.flips
    assert flip.share == pytest.approx(2 / 7, abs=1e-3)
    assert (flip.before, flip.after) == (0, 1)
    np.testing.assert_allclose(path.outputs.sum(axis=1), 1, rtol=1e-6)


def test_a_way_within_one_class_has_no_flip(halves: Network) -> None:
    assert path_between(halves, point(1, 1), point(2, 2)).flips == ()


def test_the_nearest_come_first_with_their_distance_to_the_line(halves: Network) -> None:
    X = np.stack([point(0, 0), point(1, 1), point(0, 0.4)])
    near = nearest_to_boundary(halves, X, 2)
    assert near.positions.tolist() == [2, 0]
    assert near.margins.tolist() == pytest.approx([0.4, 2])
    assert near.distances.tolist() == pytest.approx([0.4 / 5, 2 / 5])
    assert (near.answers.tolist(), near.others.tolist()) == ([0, 0], [1, 1])


def test_a_diverged_network_is_followed_without_a_warning(halves: Network) -> None:
    halves.parameters[:] = np.nan
    assert path_between(halves, point(0, 0), point(1, 1)).flips == ()
    assert len(nearest_to_boundary(halves, np.zeros((3, 2), np.float32), 2).positions) == 0


def test_what_cannot_be_followed_is_refused(halves: Network) -> None:
    with pytest.raises(ValueError, match="at least 2 points, its ends, not 1"):
        path_between(halves, point(0, 0), point(1, 1), 1)
    with pytest.raises(ValueError, match="2 and 3 features, but the network takes 2"):
        path_between(halves, point(0, 0), point(1, 1, 1))
    with pytest.raises(ValueError, match="has one output"):
        nearest_to_boundary(Network((2, 1)), np.zeros((3, 2), np.float32), 2)


def test_the_nearest_of_another_class_is_never_of_the_same() -> None:
    X, labels = np.array([[0.0], [1], [5], [4]]), np.array([0, 0, 1, 2])
    assert nearest_of_another_class(X, labels, np.array([0.9]), 0) == 3
    assert nearest_of_another_class(X, labels, np.array([0.9]), 1) == 1
    assert nearest_of_another_class(X[:2], labels[:2], np.array([0.9]), 0) is None
