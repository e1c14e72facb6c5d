"""What units do and add up, worked out by hand, and held against the layer diagnostics."""

import numpy as np
import pytest

from experiments.inspection.units import (
    added_up,
    answers_on_grid,
    evenly_spaced,
    extremes,
    order_by,
    units_of,
)
from experiments.training.layer_diagnostics import unit_activity
from mlp.activations import ACTIVATIONS
from mlp.network import Network


def network_of(*sizes: int, activation: str = "relu") -> Network:
    return Network(sizes, activation=activation, rng=np.random.default_rng(0))


def samples(n_features: int, n: int = 40) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(n, n_features)).astype(np.float32)


def test_means_and_the_share_on_are_those_of_the_samples() -> None:
    network = Network((1, 1, 2))
    network.weights[1][:] = 2
    units = units_of(network, 1, np.array([[-1], [1], [3]], np.float32), np.array([0, 0, 2]), 4)
    assert units.activations.ravel().tolist() == [0, 2, 6]
    assert units.means.item() == pytest.approx(8 / 3)
    np.testing.assert_array_equal(units.class_means.ravel(), [1, np.nan, 6, np.nan])
    assert units.on.item() == pytest.approx(2 / 3)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_dead_and_saturated_units_are_those_of_the_diagnostics(activation: str) -> None:
    network, X = network_of(3, 6, 5, 2, activation=activation), samples(3)
    network.biases[1][:3] = [-100, 100, -9]
    network.biases[2][:2] = [-100, 100]
    for layer, activity in enumerate(unit_activity(network, X), start=1):
        stuck = units_of(network, layer, X, np.zeros(len(X), int), 2).stuck
        assert stuck.dead.mean() == activity.dead
        assert stuck.saturated.mean() == activity.saturated


def test_the_last_layer_has_its_outputs_and_no_stuck_units() -> None:
    network, X = network_of(3, 4, 2), samples(3)
    units = units_of(network, 2, X, np.zeros(len(X), int), 2)
    np.testing.assert_allclose(units.activations.sum(axis=1), 1, rtol=1e-6)
    assert not np.any(units.stuck)


def test_what_a_unit_adds_up_is_exact_while_all_functions_are_the_identity() -> None:
    network, X = network_of(5, 4, 3, 2, activation="identity"), samples(5)
    for layer in (1, 2, 3):
        z = units_of(network, layer, X, np.zeros(len(X), int), 2).zs
        np.testing.assert_allclose(X @ added_up(network, layer).T, z, atol=1e-5)


def test_the_extreme_samples_are_told_apart_where_relu_is_zero() -> None:
    most, least = extremes(np.array([-3, 2, -1, np.nan, 5, -2]), 2)
    assert most.tolist() == [4, 1]
    assert least.tolist() == [0, 5]


def test_answers_on_a_grid_are_activations_unit_by_unit() -> None:
    network, X = network_of(2, 3, 2, activation="tanh"), samples(2)
    expected = units_of(network, 1, X, np.zeros(len(X), int), 2).activations
    np.testing.assert_array_equal(answers_on_grid(network, 1, X), expected.T)


def test_the_samples_are_bounded_and_spread_over_all() -> None:
    assert evenly_spaced(5, 9).tolist() == [0, 1, 2, 3, 4]
    assert evenly_spaced(9, 3).tolist() == [0, 4, 8]


def test_what_is_not_a_number_comes_last_in_an_order() -> None:
    assert order_by(np.array([np.nan, 1, 3, 1])).tolist() == [2, 1, 3, 0]


@pytest.mark.parametrize("layer", [0, 3])
def test_a_layer_that_is_not_there_is_refused(layer: int) -> None:
    with pytest.raises(ValueError, match=f"no layer {layer} with units: the network has 2"):
        added_up(network_of(3, 4, 2), layer)


def test_units_cannot_be_looked_at_without_samples() -> None:
    with pytest.raises(ValueError, match="give at least one"):
        units_of(network_of(3, 4, 2), 1, samples(3, 0), np.zeros(0, int), 2)


def test_a_diverged_network_is_looked_at_without_a_warning() -> None:
    network = network_of(3, 4, 2)
    network.parameters[:] = np.nan
    units = units_of(network, 1, samples(3), np.zeros(40, int), 2)
    assert not np.any(units.stuck)
    assert units.on.tolist() == [0] * 4
