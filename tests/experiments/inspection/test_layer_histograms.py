import math

import numpy as np
import pytest

from experiments.config import RunConfig
from experiments.inspection.layer_histograms import (
    MOST_EPOCHS,
    MOST_NUMBERS,
    N_BINS,
    LayerValues,
    compared_steps,
    histograms,
    layer_values,
    layer_values_at,
)
from experiments.training.run import Run
from mlp.gradient_check import numerical_gradient
from mlp.losses import LOSSES, Objective
from mlp.network import Network, split_layers
from mlp.samples import Samples, one_hot

CROSS_ENTROPY = Objective(LOSSES["cross-entropy"])


def batch(n_samples: int, n_features: int, n_classes: int, dtype: type = np.float32) -> Samples:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, n_features)).astype(dtype)
    return Samples(X, one_hot(rng.integers(0, n_classes, n_samples), n_classes, dtype))


@pytest.fixture(scope="module")
def run() -> Run:
    run = Run(RunConfig(epochs=30, hidden_layers=(8, 6)), keeps_snapshots=True)
    run.complete()
    return run


def test_the_gradients_are_those_of_the_loss() -> None:
    network = Network((3, 4, 2), activation="tanh", rng=np.random.default_rng(1), dtype=np.float64)
    samples = batch(5, 3, 2, np.float64)
    found = layer_values(network, CROSS_ENTROPY, samples)
    gradient = numerical_gradient(network, CROSS_ENTROPY, samples.X, samples.targets)
    numerical, _ = split_layers(gradient, network.sizes)
    for l in (1, 2):
        np.testing.assert_allclose(found.gradients[l - 1], numerical[l].ravel(), atol=1e-6)
        assert found.gradient_norms[l - 1] == pytest.approx(np.linalg.norm(numerical[l]))
    assert found.gradient_ratio == pytest.approx(
        np.linalg.norm(numerical[1]) / np.linalg.norm(numerical[2])
    )


def test_the_size_of_an_error_is_that_of_one_unit_for_one_sample() -> None:
    """Zero weights answer 1/2 to both classes: each delta is 1/2 before the mean is taken."""
    found = layer_values(Network((3, 2)), CROSS_ENTROPY, batch(7, 3, 2))
    assert found.error_sizes == (pytest.approx(0.5),)
    assert found.gradient_ratio is None


def test_what_is_kept_of_a_large_layer_is_bounded() -> None:
    network = Network((100, 90, 5), rng=np.random.default_rng(0))
    found = layer_values(network, CROSS_ENTROPY, batch(200, 100, 5))
    sizes = [[len(layer) for layer in kind] for kind in found[:3]]
    assert sizes == [[MOST_NUMBERS, 1000], [MOST_NUMBERS, 450], [MOST_NUMBERS, 450]]


def test_the_steps_are_spread_over_the_run_and_end_at_the_one_asked_for(run: Run) -> None:
    all_steps = run.snapshots.steps
    last, middle = compared_steps(run, all_steps[-1]), compared_steps(run, all_steps[5])
    assert last == (*all_steps[:-1:4], all_steps[-1])
    assert middle == all_steps[:6]
    assert len(last) <= MOST_EPOCHS


def test_a_step_is_measured_once(run: Run) -> None:
    assert layer_values_at(run, 0) is layer_values_at(run, 0)


def values(*steps: list[float]) -> list[LayerValues]:
    arrays = [np.array(step, np.float32) for step in steps]
    return [LayerValues([a], [a], [a], (1.0,), (1.0,), []) for a in arrays]


def test_zeros_are_counted_apart() -> None:
    (found,) = histograms(values([0, 0, 0, 1], [0, 1, 2, 3]), "activations")
    np.testing.assert_allclose(found.zeros, [0.75, 0.25])
    np.testing.assert_allclose(found.shares.sum(axis=1), 1)
    assert found.edges[0] < 1
    assert found.edges[-1] > 3
    assert found.shares.shape == (2, N_BINS)


def test_gradients_are_counted_by_their_power_of_ten() -> None:
    (found,) = histograms(values([1e-6, -1e-6, 1e-2, -1e-2]), "gradients")
    filled = np.flatnonzero(found.shares[0])
    np.testing.assert_allclose(found.edges[filled], [-6, -2], atol=0.1)
    np.testing.assert_allclose(found.shares[0, filled], 0.5)


@pytest.mark.parametrize("kind", ["activations", "gradients", "weights"])
def test_numbers_that_are_not_finite_fill_no_bin(kind) -> None:
    (found,) = histograms(values([math.nan, math.inf], [0, 0]), kind)
    assert not found.shares.any()
    assert np.isfinite(found.edges).all()
    np.testing.assert_array_equal(found.not_finite, [1, 0])


def test_a_network_that_has_diverged_is_measured() -> None:
    network = Network((3, 4, 2), rng=np.random.default_rng(0))
    network.parameters[:] = math.nan
    found = layer_values(network, CROSS_ENTROPY, batch(5, 3, 2))
    assert found.gradient_ratio is None
    assert all(histogram.not_finite == [1] for histogram in histograms([found], "gradients"))


def test_through_four_sigmoid_layers_the_gradient_vanishes_and_through_relu_it_does_not() -> None:
    """The slope of a sigmoid is at most 1/4: each layer takes three quarters, or more."""
    samples = batch(64, 20, 5)

    def ratio(activation: str, weight_init: str) -> float:
        rng = np.random.default_rng(0)
        sizes = (20, 20, 20, 20, 20, 5)
        network = Network(sizes, activation=activation, weight_init=weight_init, rng=rng)
        sizes_of_errors = layer_values(network, CROSS_ENTROPY, samples).error_sizes
        return sizes_of_errors[0] / sizes_of_errors[-1]

    assert ratio("sigmoid", "xavier") < 1 / 4**3
    assert ratio("relu", "he") > 1 / 4
