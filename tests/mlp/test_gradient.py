"""The gradient is right for every choice, and a wrong one is noticed."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from mlp import backprop
from mlp.activations import ACTIVATIONS
from mlp.gradient_check import gradient_error, numerical_gradient, relative_error
from mlp.losses import LOSSES, MSE, Objective
from mlp.network import Network

N_SAMPLES, N_INPUTS = 5, 4
HIDDEN = [(), (6,), (5, 4, 3)]
PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].outputs]
PENALTIES = [(0.0, 0.0), (0.01, 0.0), (0.0, 0.1), (0.01, 0.1)]


def random_problem(n_outputs: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    X = rng.normal(size=(N_SAMPLES, N_INPUTS))
    targets = rng.random((N_SAMPLES, n_outputs))
    return X, targets / targets.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda hidden: f"{len(hidden)} hidden")
@pytest.mark.parametrize("n_outputs", [1, 3])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_gradient_of_every_loss_output_and_activation(
    loss: str, output: str, activation: str, n_outputs: int, hidden: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(3)
    X, targets = random_problem(n_outputs, rng)
    for l1, l2 in PENALTIES:
        network = Network(
            (N_INPUTS, *hidden, n_outputs),
            activation=activation,
            output=output,
            rng=rng,
            dtype=np.float64,
        )
        network.parameters += rng.normal(size=network.parameters.shape) / 10  # biases, too
        error = gradient_error(network, Objective(LOSSES[loss], l1=l1, l2=l2), X, targets)
        assert error < 1e-6


@pytest.mark.parametrize("factor", [0.5, 10, 500])
def test_a_gradient_off_by_a_factor_is_noticed(
    factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = backprop.backward

    def dishonest(network: Network, workspace: backprop.Workspace) -> None:
        honest(network, workspace)
        workspace.gradient *= factor

    monkeypatch.setattr(backprop, "backward", dishonest)
    network = Network([4, 3, 2], output="sigmoid", rng=np.random.default_rng(0), dtype=np.float64)
    X, targets = random_problem(2, np.random.default_rng(1))
    assert gradient_error(network, Objective(MSE), X, targets) > 0.1


def test_a_wrong_slope_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    tanh = ACTIVATIONS["tanh"]
    wrong = replace(tanh, name="wrong", slope=lambda z, a, out=None: np.subtract(1, a, out=out))
    monkeypatch.setitem(ACTIVATIONS, "wrong", wrong)
    network = Network([4, 3, 2], activation="wrong", rng=np.random.default_rng(0), dtype=np.float64)
    X, targets = random_problem(2, np.random.default_rng(1))
    assert gradient_error(network, Objective(LOSSES["cross-entropy"]), X, targets) > 1e-3


def test_single_precision_is_refused() -> None:
    with pytest.raises(ValueError, match="double precision"):
        gradient_error(Network([2, 1]), Objective(MSE), np.ones((1, 2)), np.ones((1, 1)))


def test_penalties_leave_the_biases_alone() -> None:
    rng = np.random.default_rng(0)
    X, targets = random_problem(2, rng)
    network = Network([4, 3, 2], rng=rng, dtype=np.float64)
    network.parameters += 1
    bias_gradients = []
    for l1, l2 in product((0.0, 1.0), repeat=2):
        workspace = backprop.Workspace(network, N_SAMPLES)
        objective = Objective(LOSSES["cross-entropy"], l1=l1, l2=l2)
        backprop.loss_and_gradient(network, objective, X, targets, workspace)
        bias_gradients.append(np.concatenate(workspace.bias_gradients))
    for gradient in bias_gradients[1:]:
        np.testing.assert_array_equal(gradient, bias_gradients[0])


def test_single_parameters_can_be_checked() -> None:
    rng = np.random.default_rng(0)
    X, targets = random_problem(2, rng)
    network = Network([4, 3, 2], rng=rng, dtype=np.float64)
    objective = Objective(LOSSES["cross-entropy"], l2=0.1)
    before, numbers = network.parameters.copy(), np.array([22, 0, 7])
    some = numerical_gradient(network, objective, X, targets, numbers=numbers)
    np.testing.assert_array_equal(
        some, numerical_gradient(network, objective, X, targets)[[22, 0, 7]]
    )
    np.testing.assert_array_equal(network.parameters, before)


def test_the_gradient_with_dropout_is_that_of_the_same_masks() -> None:
    rng = np.random.default_rng(0)
    X, targets = random_problem(2, rng)
    network = Network([4, 8, 2], activation="tanh", rng=rng, dtype=np.float64)
    objective, dropout = Objective(LOSSES["cross-entropy"]), backprop.Dropout(0.5, rng)
    numerical = numerical_gradient(network, objective, X, targets, dropout=dropout)
    workspace = backprop.Workspace(network, N_SAMPLES, dropout)
    backprop.loss_and_gradient(network, objective, X, targets, workspace)
    assert relative_error(workspace.gradient, numerical) < 1e-6
    backprop.loss_and_gradient(network, objective, X, targets, workspace)  # with other masks
    assert relative_error(workspace.gradient, numerical) > 0.01
