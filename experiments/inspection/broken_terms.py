"""Backpropagation with one term left out or mistaken: what does it cost, and is it noticed?

Each class below is `mlp.backprop.loss_and_gradient` with one step changed; all other steps are
those of `mlp`, and so is the loss that it reports. Two things tell that a gradient is wrong: the
gradient check, at once, and a training that learns less than it could. The second is no proof, as
a wrong gradient often learns as well.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from experiments.config import RunConfig
from experiments.inspection.gradient_checks import (
    ChosenParameters,
    Problem,
    backpropagated_gradient,
    choose_parameters,
    error_in_words,
    n_affordable,
    nudged_gradient,
)
from experiments.training.plan import make_network
from experiments.training.prepared_data import random_generators
from mlp.activations import ACTIVATIONS
from mlp.arrays import Array
from mlp.backprop import Workspace, backward, forward
from mlp.gradient_check import relative_error
from mlp.losses import Objective
from mlp.network import Network

NUDGE = 1e-5  # about the best in double precision
CAUGHT = 100.0  # times the error of the right gradient: no chance makes it so large
FEWEST = 4  # parameters of each layer, so that a bias is among them
ENOUGH = 1e-6  # below this error, a gradient is right
WRONG = "#d55e00"  # to be read on white and on black


class Backpropagation:
    """`mlp.backprop.loss_and_gradient`, in steps of which each can be changed."""

    def loss_and_gradient(
        self, network: Network, objective: Objective, X: Array, targets: Array, workspace: Workspace
    ) -> tuple[float, float]:
        """Return loss and penalty; leave a gradient in the workspace. See `mlp.backprop`."""
        logits = forward(network, X, workspace)
        loss = self.last_delta(network, objective, logits, targets, workspace)
        self.backward(network, workspace)
        self.add_penalty_gradient(objective, workspace)
        return loss, objective.penalty(workspace.all_weights)

    def last_delta(
        self,
        network: Network,
        objective: Objective,
        logits: Array,
        targets: Array,
        workspace: Workspace,
    ) -> float:
        """Return the loss, and leave dC/dlogits in deltas[L]."""
        delta, shares = workspace.deltas[-1], workspace.shares
        return objective.loss.value_and_gradient(logits, targets, network.output, delta, shares)

    def backward(self, network: Network, workspace: Workspace) -> None:
        """Turn deltas[L] into the gradient of the loss."""
        backward(network, workspace)

    def add_penalty_gradient(self, objective: Objective, workspace: Workspace) -> None:
        """Add the gradient of the penalty."""
        objective.add_penalty_gradient(workspace.all_weights, workspace.all_weight_gradients)


class NoSlope(Backpropagation):
    """Carries delta through a hidden layer as if a = z: every slope is 1."""

    def backward(self, network: Network, workspace: Workspace) -> None:
        super().backward(_with_slope(network, ACTIVATIONS["identity"].slope), workspace)


class SlopeAtActivation(Backpropagation):
    """Takes the slope at a, where it should be at z: f'(f(z))."""

    def backward(self, network: Network, workspace: Workspace) -> None:
        f = network.activation

        def slope(z: Array, a: Array, out: Array) -> Array:
            return f.slope(a, f.value(a), out=out)

        super().backward(_with_slope(network, slope), workspace)


def _with_slope(network: Network, slope: Callable[..., Array]) -> Network:
    """Return the same network, whose activation has another slope."""
    changed = copy.copy(network)
    changed.activation = replace(network.activation, slope=slope)
    return changed


class WrongTranspose(Backpropagation):
    """Carries delta down with W the wrong way round, wherever W is square."""

    def backward(self, network: Network, workspace: Workspace) -> None:
        right = workspace.weights
        workspace.weights = [W.T if W.shape[0] == W.shape[-1] else W for W in right]
        super().backward(network, workspace)
        workspace.weights = right


class SumOverSamples(Backpropagation):
    """Adds up what the samples of a batch say, where the loss is their mean."""

    def last_delta(self, *step: Any) -> float:
        loss, workspace = super().last_delta(*step), step[-1]
        workspace.deltas[-1] *= len(workspace.ones)
        return loss


class NoBiasGradient(Backpropagation):
    """Never moves a bias."""

    def backward(self, network: Network, workspace: Workspace) -> None:
        super().backward(network, workspace)
        for gradient in workspace.bias_gradients:
            gradient[:] = 0


class NoPenaltyGradient(Backpropagation):
    """Reports the penalty in the loss, and does nothing about it."""

    def add_penalty_gradient(self, objective: Objective, workspace: Workspace) -> None:
        pass


class NoOutputSlope(Backpropagation):
    """Takes a - y for the delta of a mean squared error, whatever the output function is."""

    def last_delta(
        self,
        network: Network,
        objective: Objective,
        logits: Array,
        targets: Array,
        workspace: Workspace,
    ) -> float:
        loss = super().last_delta(network, objective, logits, targets, workspace)
        error = network.output.value(logits) - targets
        workspace.deltas[-1][:] = 2 / targets.shape[1] * error * workspace.shares[:, np.newaxis]
        return loss


class NoMaskBackward(Backpropagation):
    """Drops units on the way forward, and forgets on the way back which ones they were."""

    def backward(self, network: Network, workspace: Workspace) -> None:
        dropout, workspace.dropout = workspace.dropout, None
        super().backward(network, workspace)
        workspace.dropout = dropout


class WrongSign(Backpropagation):
    """Goes up where it should go down."""

    def loss_and_gradient(self, *batch: Any) -> tuple[float, float]:
        losses, workspace = super().loss_and_gradient(*batch), batch[-1]
        workspace.gradient *= -1
        return losses


Needs = Callable[[RunConfig], dict[str, Any]]


@dataclass(frozen=True)
class BrokenTerm:
    """A mistake in backpropagation.

    Attributes
    ----------
    name : in the code
    title : on the screen
    formula : in LaTeX, with what is left out struck through, and what is there instead in a frame
    cost : what it costs, in a sentence
    backpropagation : makes the mistake
    needs : returns which settings a run must have so that the term matters, beside its own
    """

    name: str
    title: str
    formula: str
    cost: str
    backpropagation: Backpropagation
    needs: Needs

    @property
    def is_replaced(self) -> bool:
        """Whether there is something else in place of what is left out."""
        return "boxed" in self.formula


def _nothing(config: RunConfig) -> dict[str, Any]:
    return {}


def _hidden_layer(config: RunConfig) -> dict[str, Any]:
    return {} if config.hidden_layers else {"hidden_layers": (32,)}


def _slope_that_tells(config: RunConfig) -> dict[str, Any]:
    """Ask for a hidden layer whose slope at a is another than at z; that of relu is the same."""
    f, z = ACTIVATIONS[config.activation], np.linspace(-4, 4, 9)
    a = f.value(z)
    is_same = np.array_equal(f.slope(z, a), f.slope(a, f.value(a)))
    return _hidden_layer(config) | ({"activation": "tanh"} if is_same else {})


def _square_weights(config: RunConfig) -> dict[str, Any]:
    layers = config.hidden_layers
    has_square = any(below == above for below, above in pairwise(layers))
    return {} if has_square else {"hidden_layers": (32, 32)}


def _slope_of_the_last_layer(config: RunConfig) -> dict[str, Any]:
    has_slope = config.loss == "mse" and config.output != "identity"
    return {} if has_slope else {"loss": "mse", "output": "sigmoid"}


def _penalty(config: RunConfig) -> dict[str, Any]:
    return {} if config.l1 or config.l2 else {"l2": 0.01}


def _dropout(config: RunConfig) -> dict[str, Any]:
    return _hidden_layer(config) | ({} if config.dropout else {"dropout": 0.5})


def _struck(latex: str, instead: str = "") -> str:
    """Return a part of a formula struck through, and what is there in its place in a frame."""
    frame = rf"\,\textcolor{{{WRONG}}}{{\boxed{{{instead}}}}}" if instead else ""
    return rf"\textcolor{{{WRONG}}}{{\cancel{{{latex}}}}}{frame}"


TERMS: dict[str, BrokenTerm] = {
    term.name: term
    for term in (
        BrokenTerm(
            "slope",
            "Forget the slope",
            r"\delta_{l-1} = (\delta_l W_l) \odot " + _struck("f'(z_{l-1})"),
            "A unit that is off, or flat, gets an error as if it had a say, and the layers below "
            "learn from the wrong error.",
            NoSlope(),
            _hidden_layer,
        ),
        BrokenTerm(
            "slope-at-a",
            "Slope at a, not at z",
            rf"\delta_{{l-1}} = (\delta_l W_l) \odot f'({_struck('z_{l-1}', 'a_{l-1}')})",
            "The slope is that of another place on the curve: too steep here, too flat there.",
            SlopeAtActivation(),
            _slope_that_tells,
        ),
        BrokenTerm(
            "transpose",
            "Transpose wrongly",
            rf"\delta_{{l-1}} = (\delta_l {_struck('W_l', 'W_l^T')}) \odot f'(z_{{l-1}})",
            "The error reaches the wrong units. NumPy says nothing, as the shapes of a square "
            "matrix fit either way.",
            WrongTranspose(),
            _square_weights,
        ),
        BrokenTerm(
            "mean",
            "Forget the mean",
            r"\delta_L = "
            + _struck(r"\frac{1}{n}")
            + r"\, \frac{\partial C_i}{\partial z_L}\quad\text{for each sample } i",
            "The gradient is n times too long for a batch of n: with sgd as if the learning rate "
            "were n times as large. Adam divides by the length, and hardly notices.",
            SumOverSamples(),
            _nothing,
        ),
        BrokenTerm(
            "bias",
            "Forget the bias",
            r"\frac{\partial C}{\partial b_l} = " + _struck(r"\sum_i \delta_l", "0"),
            "All biases stay where they began: each unit switches at the same place for ever.",
            NoBiasGradient(),
            _nothing,
        ),
        BrokenTerm(
            "penalty",
            "Forget the penalty",
            r"\frac{\partial C}{\partial W_l} = \delta_l^T a_{l-1} + "
            + _struck(r"\lambda_1\,\mathrm{sign}(W_l) + \lambda_2 W_l"),
            "The weights grow as if there were no penalty, while the loss on the screen still "
            "counts it.",
            NoPenaltyGradient(),
            _penalty,
        ),
        BrokenTerm(
            "output-slope",
            "Forget the last slope",
            r"\delta_L = \frac{2}{nK}\,(a_L - y) \odot "
            + _struck(r"\frac{\partial a_L}{\partial z_L}"),
            "It follows another loss than the one reported: with sigmoid, a cross-entropy. It may "
            "even learn faster, and only the check tells.",
            NoOutputSlope(),
            _slope_of_the_last_layer,
        ),
        BrokenTerm(
            "mask",
            "Forget the mask",
            r"\delta_{l-1} = (\delta_l W_l) \odot f'(z_{l-1}) \odot "
            + _struck(r"\mathrm{mask}_{l-1}"),
            "Units that were dropped, and had no part in the answer, get an error for it.",
            NoMaskBackward(),
            _dropout,
        ),
        BrokenTerm(
            "sign",
            "Turn the sign",
            rf"\theta \leftarrow \theta {_struck('-', '+')}\, \eta\, "
            r"\frac{\partial C}{\partial \theta}",
            "Each step makes the loss larger: the network learns to be wrong.",
            WrongSign(),
            _nothing,
        ),
    )
}
"""The mistakes by name, from the slope of a hidden layer to the step itself."""


class Subject(NamedTuple):
    """The network in which a term is broken.

    config : the settings of the run, with those that the term needs
    added : the settings that the term needs and the run does not have
    network : that of the run; an untrained one if there are such settings
    """

    config: RunConfig
    added: dict[str, Any]
    network: Network


def subject_of(term: BrokenTerm, config: RunConfig, network: Network) -> Subject:
    """Return the network in which a term shows: that of a run if the term plays a part in it."""
    added = term.needs(config)
    if not added:
        return Subject(config, added, network)
    changed = RunConfig.model_validate(config.model_dump() | added)
    sizes = (network.sizes[0], *changed.hidden_layers, network.sizes[-1])
    weights_rng = random_generators(changed.seed)[1]
    return Subject(changed, added, make_network(changed, sizes, weights_rng))


class TermCheck(NamedTuple):
    """The gradient check of a broken backpropagation, beside that of the right one.

    right, broken : (n_chosen,), dC/dp by backpropagation
    numeric : (n_chosen,), by central differences
    """

    chosen: ChosenParameters
    right: Array
    broken: Array
    numeric: Array

    @property
    def is_finite(self) -> bool:
        """Whether there is a gradient: not if the network has diverged."""
        return bool(np.isfinite([self.right, self.broken, self.numeric]).all())

    @property
    def right_error(self) -> float:
        """The relative error of the right gradient: what rounding and truncation leave."""
        return relative_error(self.right, self.numeric)

    @property
    def broken_error(self) -> float:
        """The relative error of the broken gradient."""
        return relative_error(self.broken, self.numeric)

    @property
    def factor(self) -> float:
        """How many times as large the error is with the term broken; infinity where it was 0."""
        return self.broken_error / self.right_error if self.right_error else float("inf")

    @property
    def is_caught(self) -> bool:
        """Whether the check tells the broken gradient from the right one."""
        return self.broken_error > ENOUGH and self.factor > CAUGHT


def check_term(term: BrokenTerm, problem: Problem) -> TermCheck:
    """Compare the gradient with a term broken, and the right one, with central differences."""
    exact = problem.to(np.float64)
    chosen = choose_parameters(exact, most=max(FEWEST, n_affordable(problem, 1)))
    right = backpropagated_gradient(exact)[chosen.numbers]
    backpropagate = term.backpropagation.loss_and_gradient
    broken = backpropagated_gradient(exact, backpropagate)[chosen.numbers]
    return TermCheck(chosen, right, broken, nudged_gradient(exact, chosen, NUDGE))


def check_sentence(found: TermCheck) -> str:
    """Say whether the gradient check notices, and by what factor."""
    broken, right = error_in_words(found.broken_error), error_in_words(found.right_error)
    errors = f"the relative error is {broken}; unbroken, it is {right}"
    if found.is_caught:
        smaller = f", {_times(found.factor)} smaller" if found.right_error else ""
        return f"The check notices: {errors}{smaller}."
    if found.broken_error <= ENOUGH:
        return (
            f"The check finds nothing: {errors}. In this network the term changes nothing just now."
        )
    return f"The check cannot tell: {errors}. A kink lies within reach of the nudge."


def _times(factor: float) -> str:
    for size, word in ((1e9, "billion times"), (1e6, "million times"), (1e3, "thousand times")):
        if factor >= size:
            return f"{factor / size:,.3g} {word}" if factor < 1e15 else f"{factor:.0e} times"
    return f"{factor:.3g} times"
