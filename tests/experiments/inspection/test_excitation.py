"""The way up to an input that excites a unit: its gradient, its end, and that it never falls."""

import numpy as np
import pytest

from experiments.config import OWN, RunConfig
from experiments.inspection.excitation import (
    InputRange,
    excite,
    input_range,
    mean_input,
    z_and_gradient,
)
from experiments.training.prepared_data import prepare
from mlp.activations import ACTIVATIONS
from mlp.network import Network
from tests.datasets import dataset

INK = InputRange(np.zeros(6, np.float32), np.ones(6, np.float32))


def network_of(*sizes: int, activation: str = "tanh", dtype: type = np.float64) -> Network:
    return Network(sizes, activation=activation, rng=np.random.default_rng(0), dtype=dtype)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("layer", [1, 2, 3])
def test_the_gradient_is_that_of_the_weighted_input(activation: str, layer: int) -> None:
    network = network_of(6, 5, 4, 3, activation=activation)
    x = np.random.default_rng(1).random(6)
    _, gradient = z_and_gradient(network, layer, 2, x)
    for feature, step in enumerate(1e-6 * np.eye(6)):
        rise = z_and_gradient(network, layer, 2, x + step)[0]
        fall = z_and_gradient(network, layer, 2, x - step)[0]
        assert gradient[feature] == pytest.approx((rise - fall) / 2e-6, abs=1e-6)


def test_the_best_input_of_a_first_layer_is_its_weights_divided_by_the_penalty() -> None:
    network = network_of(6, 5, 3)
    made = excite(network, 1, 1, np.full(6, 0.5), INK, penalty=2.0)
    np.testing.assert_allclose(made.inputs[-1], np.clip(network.weights[1][1] / 2, 0, 1), atol=1e-4)


@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
@pytest.mark.parametrize("layer", [1, 2, 3])
def test_no_step_falls_and_all_stay_within_the_limits(activation: str, layer: int) -> None:
    network = network_of(6, 5, 4, 3, activation=activation)
    made = excite(network, layer, 0, np.full(6, 0.5), INK, penalty=0.01)
    assert len(made.inputs) == len(made.zs) == len(made.objectives) > 1
    assert (np.diff(made.objectives) > 0).all()
    assert made.inputs.min() >= 0
    assert made.inputs.max() <= 1


def test_a_diverged_network_makes_no_step() -> None:
    network = network_of(6, 5, 3)
    network.parameters[:] = np.nan
    assert len(excite(network, 1, 1, np.zeros(6), INK, penalty=0).inputs) == 1


def test_an_unknown_unit_and_a_negative_penalty_are_refused() -> None:
    with pytest.raises(ValueError, match="no unit 5 in layer 1: it has 5"):
        excite(network_of(6, 5, 3), 1, 5, np.zeros(6), INK, penalty=0)
    with pytest.raises(ValueError, match="must be 0 or more, not -1"):
        excite(network_of(6, 5, 3), 1, 0, np.zeros(6), INK, penalty=-1)


@pytest.mark.parametrize("scaling", ["pixel", "z-score"])
def test_pixels_go_from_blank_to_full_ink_whatever_the_scaling(scaling: str) -> None:
    prepared = prepare(RunConfig(scaling=scaling))
    low, high = (prepared.scaler.restore(end[np.newaxis]) for end in input_range(prepared))
    np.testing.assert_allclose(low, 0, atol=1e-5)
    np.testing.assert_allclose(high, 16, rtol=1e-5)


def test_features_of_a_table_stay_within_the_training_samples() -> None:
    X = np.arange(24, dtype=np.float32).reshape(12, 2)
    prepared = prepare(RunConfig(dataset=OWN), dataset(X, [0, 1] * 6, n_classes=2))
    low, high = input_range(prepared)
    np.testing.assert_array_equal(low, prepared.training.X.min(axis=0))
    np.testing.assert_array_equal(high, prepared.training.X.max(axis=0))
    np.testing.assert_allclose(mean_input(prepared), prepared.training.X.mean(axis=0), rtol=1e-6)
