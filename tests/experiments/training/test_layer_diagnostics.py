"""The diagnostics of a step, and the activity of units, worked out by hand."""

import numpy as np
import pytest

from experiments.training.layer_diagnostics import UnitActivity, measure_step, unit_activity
from mlp.activations import ACTIVATIONS
from mlp.network import Network, split_layers


def network_of(sizes: tuple[int, ...], activation: str = "relu") -> Network:
    return Network(sizes, activation=activation, rng=np.random.default_rng(0))


def test_a_pulse_holds_lengths_by_layer_of_weights_and_not_of_biases() -> None:
    network = Network((2, 2, 1))
    network.parameters[:] = [0, 3, 4, 0, 6, 8, 100, 100, 100]  # W_1, W_2, b_1, b_2
    before = network.parameters.copy()
    network.parameters[:] += np.array([0.3, 0, 0, 0.4, 0, 1, 5, 5, 5], np.float32)
    gradient = np.array([1, 2, 2, 4, 0, -7, 9, 9, 9], np.float32)
    step = measure_step(3, 17, network, gradient, before)
    assert (step.epoch, step.step) == (3, 17)
    assert step.gradient_norms == (5, 7)
    np.testing.assert_allclose(step.update_ratios, (0.5 / 5, 1 / 10), rtol=1e-6)


def test_weights_that_are_all_zero_have_no_ratio_and_no_nan() -> None:
    network = Network((2, 2, 1))
    before = network.parameters.copy()
    network.parameters[:] = 1
    assert measure_step(1, 1, network, before, before).update_ratios == (0.0, 0.0)


def test_a_pulse_survives_what_is_too_large_for_single_precision() -> None:
    network = Network((2, 2, 1))
    before = np.full(9, 1e30, np.float32)
    network.parameters[:] = 2e30
    step = measure_step(1, 1, network, before, before)
    np.testing.assert_allclose(step.gradient_norms, (2e30, np.sqrt(2) * 1e30), rtol=1e-6)
    np.testing.assert_allclose(step.update_ratios, (1, 1), rtol=1e-6)


def test_a_relu_unit_that_is_off_for_every_sample_is_dead() -> None:
    network = network_of((3, 4, 4, 2))
    network.biases[1][:] = [-100, -100, 0, 100]
    network.biases[2][:] = [100, 100, 100, -1e6]
    X = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    assert unit_activity(network, X) == [UnitActivity(1, 0.5, 0.0), UnitActivity(2, 0.25, 0.0)]


def test_a_unit_that_is_on_for_one_sample_is_alive() -> None:
    network = Network((1, 1, 1))
    network.parameters[:] = 1
    network.biases[1][:] = 0
    X = np.full((100, 1), -1, np.float32)
    assert unit_activity(network, X) == [UnitActivity(1, 1.0, 0.0)]
    X[7] = 1
    assert unit_activity(network, X) == [UnitActivity(1, 0.0, 0.0)]


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_a_unit_far_out_on_a_function_flat_at_both_ends_is_saturated(activation: str) -> None:
    network = network_of((3, 4, 2), activation)
    network.biases[1][:] = [-8, 0, 0, 8]
    X = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32) / 10
    assert unit_activity(network, X) == [UnitActivity(1, 0.0, 0.5)]


def test_saturation_takes_more_than_95_of_100_samples() -> None:
    network = Network((1, 1, 1), activation="tanh")
    network.parameters[:] = 1
    network.biases[1][:] = 0
    X = np.full((100, 1), 5, np.float32)
    X[:5] = 0
    assert unit_activity(network, X) == [UnitActivity(1, 0.0, 0.0)]
    X[0] = 5
    assert unit_activity(network, X) == [UnitActivity(1, 0.0, 1.0)]


@pytest.mark.parametrize("slope", [0.049, 0.051])
def test_the_border_of_saturation_is_a_twentieth_of_the_steepest_slope(slope: float) -> None:
    network = Network((1, 1, 1), activation="sigmoid")
    network.parameters[:] = 1
    network.biases[1][:] = 0
    a = (1 + np.sqrt(1 - slope)) / 2  # a (1 - a) = slope / 4
    X = np.full((10, 1), np.log(a / (1 - a)), np.float32)
    assert unit_activity(network, X)[0].saturated == (slope < 0.05)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_only_functions_flat_at_both_ends_saturate_and_only_silent_units_are_dead(
    activation: str,
) -> None:
    network = network_of((3, 4, 2), activation)
    X = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    for far in (-1e3, 1e3):
        network.biases[1][:] = far
        (health,) = unit_activity(network, X)
        assert (health.saturated > 0) <= (activation in ("sigmoid", "tanh"))
        silent = far < 0 and activation in ("relu", "sigmoid", "gelu", "silu")
        assert (health.dead == 1) == silent


def test_zeros_as_first_weights_leave_every_relu_unit_dead() -> None:
    assert unit_activity(Network((3, 4, 2)), np.ones((5, 3), np.float32)) == [
        UnitActivity(1, 1.0, 0.0)
    ]


def test_a_single_layer_perceptron_has_no_hidden_units_to_look_at() -> None:
    assert unit_activity(network_of((3, 2)), np.ones((5, 3), np.float32)) == []


def test_a_diverged_network_is_looked_at_without_a_warning() -> None:
    network = network_of((3, 4, 2), "tanh")
    network.parameters[:] = np.nan
    assert unit_activity(network, np.ones((5, 3), np.float32)) == [UnitActivity(1, 0.0, 0.0)]


def test_units_cannot_be_judged_without_samples() -> None:
    with pytest.raises(ValueError, match="give at least one"):
        unit_activity(network_of((3, 4, 2)), np.ones((0, 3), np.float32))


def test_a_pulse_changes_neither_network_nor_gradient() -> None:
    network = network_of((4, 3, 2))
    before, gradient = network.parameters.copy() * 2, network.parameters.copy()
    now = network.parameters.copy()
    measure_step(1, 1, network, gradient, before)
    np.testing.assert_array_equal(network.parameters, now)
    np.testing.assert_array_equal(split_layers(gradient, network.sizes)[0][1], network.weights[1])
