"""Each mistake changes one term, and the gradient check finds it."""

from typing import Any

import numpy as np
import pytest

from experiments.config import RunConfig
from experiments.inspection.broken_terms import (
    TERMS,
    Backpropagation,
    BrokenTerm,
    TermCheck,
    check_sentence,
    check_term,
    subject_of,
)
from experiments.inspection.gradient_checks import ChosenParameters, Problem, problem_of
from experiments.training.plan import make_objective
from experiments.training.run import Run
from mlp.activations import ACTIVATIONS
from mlp.backprop import Dropout, Workspace, loss_and_gradient
from mlp.losses import LOSSES, Objective
from mlp.network import Network

CONFIGS: list[dict[str, Any]] = [
    {},
    {"hidden_layers": ()},
    {"hidden_layers": (16, 16), "activation": "sigmoid", "loss": "mse", "output": "sigmoid"},
    {"hidden_layers": (12, 8), "activation": "tanh", "l1": 0.001, "l2": 0.01, "dropout": 0.2},
]
TERM = pytest.mark.parametrize("term", TERMS.values(), ids=list(TERMS))


def problem_with(term: BrokenTerm, settings: dict[str, Any]) -> Problem:
    run = Run(RunConfig(**settings))
    subject = subject_of(term, run.config, run.network)
    objective, dropout = make_objective(subject.config), subject.config.dropout
    return problem_of(subject.network, objective, run.prepared_data(), dropout=dropout)


def gradient_of(
    function: Any, network: Network, objective: Objective, dropout: float = 0.0
) -> tuple[tuple[float, float], np.ndarray]:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(7, network.sizes[0])).astype(np.float32)
    targets = rng.random((7, network.sizes[-1])).astype(np.float32)
    targets /= targets.sum(axis=1, keepdims=True)
    workspace = Workspace(network, 7, Dropout(dropout, rng) if dropout else None)
    return function(network, objective, X, targets, workspace), workspace.gradient


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    ("loss", "output"), [(loss, output) for loss in LOSSES for output in LOSSES[loss].outputs]
)
def test_with_no_term_broken_the_gradient_is_that_of_mlp_bit_for_bit(
    loss: str, output: str, activation: str
) -> None:
    rng = np.random.default_rng(0)
    network = Network((5, 6, 6, 3), activation=activation, output=output, rng=rng)
    objective = Objective(LOSSES[loss], l1=0.01, l2=0.1)
    given = network, objective, 0.4
    right, gradient = gradient_of(loss_and_gradient, *given)
    same, same_gradient = gradient_of(Backpropagation().loss_and_gradient, *given)
    assert same == right
    assert same_gradient.tobytes() == gradient.tobytes()


@TERM
def test_each_mistake_reports_the_right_loss_and_leaves_nothing_behind(term: BrokenTerm) -> None:
    network = Network(
        (5, 6, 6, 3), activation="tanh", output="sigmoid", rng=np.random.default_rng()
    )
    given = network, Objective(LOSSES["mse"], l1=0.01, l2=0.1), 0.4
    before, activation = network.parameters.copy(), network.activation
    right, gradient = gradient_of(loss_and_gradient, *given)
    broken, broken_gradient = gradient_of(term.backpropagation.loss_and_gradient, *given)
    assert broken == right
    assert not np.allclose(broken_gradient, gradient)
    np.testing.assert_array_equal(network.parameters, before)
    assert network.activation is activation
    assert gradient_of(loss_and_gradient, *given)[1].tobytes() == gradient.tobytes()


@TERM
@pytest.mark.parametrize("settings", CONFIGS, ids=["usual", "no hidden", "sigmoid mse", "dropout"])
def test_each_mistake_is_caught(term: BrokenTerm, settings: dict[str, Any]) -> None:
    found = check_term(term, problem_with(term, settings))
    assert found.right_error < 1e-7
    assert found.broken_error > 1e-4
    assert found.factor > 1e4
    assert found.is_caught
    assert check_sentence(found).startswith("The check notices")


def test_only_the_part_with_the_mistake_is_wrong() -> None:
    found = check_term(TERMS["bias"], problem_with(TERMS["bias"], {}))
    is_wrong = found.broken != found.right
    assert is_wrong.tolist() == [name.startswith("b") for name in found.chosen.names]
    found = check_term(TERMS["slope"], problem_with(TERMS["slope"], {}))
    assert set(found.chosen.layers[found.broken != found.right]) == {1}


def test_a_term_that_plays_no_part_in_a_run_is_broken_in_a_network_that_has_it() -> None:
    run = Run(RunConfig())
    assert subject_of(TERMS["sign"], run.config, run.network).network is run.network
    subject = subject_of(TERMS["transpose"], run.config, run.network)
    assert subject.added == {"hidden_layers": (32, 32)}
    assert subject.network.sizes == (64, 32, 32, 10)
    assert subject_of(TERMS["mask"], RunConfig(hidden_layers=()), run.network).added == {
        "hidden_layers": (32,),
        "dropout": 0.5,
    }


def test_the_slope_of_relu_at_a_is_that_at_z_so_that_another_activation_is_needed() -> None:
    network = Network((64, 32, 10))
    term = TERMS["slope-at-a"]
    assert subject_of(term, RunConfig(), network).added == {"activation": "tanh"}
    assert not subject_of(term, RunConfig(activation="gelu"), network).added


def made_up(right: float, broken: float) -> TermCheck:
    chosen = ChosenParameters(np.array([0]), np.array([1]), ("W1[0, 0]",))
    return TermCheck(chosen, np.array([1 + right]), np.array([1 + broken]), np.array([1.0]))


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (made_up(0.0, 0.0), "The check finds nothing"),
        (made_up(0.02, 0.04), "The check cannot tell"),
        (
            made_up(0.0, 0.1),
            "The check notices: the relative error is 0.048; unbroken, it is 0",
        ),
        (made_up(1e-6, 0.1), "95.2 thousand times smaller"),
    ],
)
def test_the_verdict_in_words(check: TermCheck, words: str) -> None:
    assert words in check_sentence(check)
    assert "inf" not in check_sentence(check)
