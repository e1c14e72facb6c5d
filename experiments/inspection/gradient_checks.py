"""Two ways to one number: the gradient of a parameter by backpropagation, and by a nudge.

Backpropagation gives dC/dp of all parameters at once. A nudge of one parameter needs no formula:

    dC/dp = (C(p + h) - C(p - h)) / 2h + error

The error has two parts. What the formula leaves out, truncation, is h**2 / 6 times the third
derivative; what a computer cannot hold of two almost equal losses, rounding, is about
epsilon C / h. So there is a best h between, near the cube root of epsilon: 6e-6 in double
precision, with epsilon = 2e-16, and 5e-3 in single precision, with 1e-7.

Source: Press, Teukolsky, Vetterling and Flannery, Numerical Recipes, section 5.7 (2007).
"""

import copy
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from experiments.training.prepared_data import PreparedData
from mlp.arrays import Array
from mlp.backprop import Dropout, Workspace, loss_and_gradient
from mlp.gradient_check import numerical_gradient, relative_error
from mlp.losses import Objective
from mlp.network import Network, split_layers
from mlp.samples import Rows

NUDGES = tuple(10.0**-k for k in range(1, 13))
PRECISIONS: dict[str, npt.DTypeLike] = {"float64": np.float64, "float32": np.float32}
N_SAMPLES, FEW_SAMPLES = 16, 4  # of the batch: few for a large network
LARGE = 500_000  # parameters
N_WEIGHTS, N_BIASES = 12, 4  # of each layer
ALL_UP_TO = 64  # a network with no more parameters has all of them checked
MOST_COST = 1.3e9  # multiplications of one sweep: an eighth of a second
LAYER_COST = 80_000  # a layer takes no less time than so many
SEED = 0  # of the choice of samples and parameters, and of the masks

Backpropagate: TypeAlias = Callable[
    [Network, Objective, Array, Array, Workspace], tuple[float, float]
]


class Problem(NamedTuple):
    """A network, and the batch whose loss is derived.

    X : (n_samples, n_0), scaled
    targets : (n_samples, n_L)
    dropout : the rate; the masks are drawn once, and kept
    """

    network: Network
    objective: Objective
    X: Array
    targets: Array
    dropout: float = 0.0

    def masks(self) -> Dropout | None:
        """Return what draws the masks: always the same ones."""
        return Dropout(self.dropout, np.random.default_rng(SEED)) if self.dropout else None

    def to(self, dtype: npt.DTypeLike) -> "Problem":
        """Return a copy in another precision."""
        network = copy.copy(self.network)
        network.parameters = self.network.parameters.astype(dtype)
        X, targets = self.X.astype(dtype), self.targets.astype(dtype)
        return self._replace(network=network, X=X, targets=targets)


def problem_of(
    network: Network, objective: Objective, prepared: PreparedData, *, dropout: float = 0.0
) -> Problem:
    """Return a network with a few of the training samples, which all count the same."""
    X, targets, _ = prepared.training
    rng = np.random.default_rng(SEED)
    n_samples = min(FEW_SAMPLES if len(network.parameters) > LARGE else N_SAMPLES, len(X))
    rows = np.sort(rng.choice(len(X), n_samples, replace=False))
    return Problem(network, objective, X[rows], targets[rows], dropout)


class ChosenParameters(NamedTuple):
    """Some parameters of a network.

    numbers : (n_chosen,), their places in the vector of parameters
    layers : (n_chosen,), the layer that each enters, from 1 to L
    names : such as 'W2[3, 17]', from unit 17 of layer 1 into unit 3 of layer 2, and 'b2[3]'
    """

    numbers: Rows
    layers: Rows
    names: tuple[str, ...]


def choose_parameters(problem: Problem, *, most: int = N_WEIGHTS + N_BIASES) -> ChosenParameters:
    """Return some parameters of each layer, drawn at random; all of a small network.

    Those with a gradient come first: it is 0 behind a pixel that is blank in all samples, and
    into a unit that is off for all of them, and there is nothing to compare.

    Parameters
    ----------
    most : weights and biases of each layer; with 1, weights alone
    """
    network, rng = problem.network, np.random.default_rng(SEED)
    gradient = np.nan_to_num(backpropagated_gradient(problem))
    n_biases = -(-(most - 1) * N_BIASES // (N_WEIGHTS + N_BIASES))  # rounded up
    limits = most - n_biases, n_biases
    if len(gradient) <= ALL_UP_TO:
        limits = ALL_UP_TO, ALL_UP_TO
    numbers, layers, names = [], [], []
    for kind, limit, parts in zip("Wb", limits, split_layers(gradient, network.sizes), strict=True):
        start = 0 if kind == "W" else len(network.all_weights)
        for l, part in enumerate(parts):
            for place in _draw(part.ravel(), limit, rng):
                index = ", ".join(str(i) for i in np.unravel_index(place, part.shape))
                names.append(f"{kind}{l}[{index}]")
                numbers.append(start + int(place))
                layers.append(l)
            start += part.size
    return ChosenParameters(np.array(numbers), np.array(layers), tuple(names))


def _draw(gradient: Array, most: int, rng: np.random.Generator) -> Rows:
    """Return places in a gradient, drawn at random, those where it is not 0 first."""
    shuffled = rng.permutation(len(gradient))
    ranked = np.argsort(gradient[shuffled] == 0, kind="stable")
    chosen: Rows = np.sort(shuffled[ranked[:most]])
    return chosen


@np.errstate(all="ignore")  # a network that has diverged says so by its gradient
def backpropagated_gradient(
    problem: Problem, backpropagate: Backpropagate = loss_and_gradient
) -> Array:
    """Return dC/dp of all parameters by backpropagation, (n_parameters,)."""
    network, objective, X, targets, _ = problem
    workspace = Workspace(network, len(X), problem.masks())
    backpropagate(network, objective, X, targets, workspace)
    return workspace.gradient


@np.errstate(all="ignore")
def nudged_gradient(problem: Problem, chosen: ChosenParameters, nudge: float) -> Array:
    """Return dC/dp of some parameters by central differences, (n_chosen,)."""
    network, objective, X, targets, _ = problem
    return numerical_gradient(
        network,
        objective,
        X,
        targets,
        nudge=nudge,
        numbers=chosen.numbers,
        dropout=problem.masks(),
    )


@np.errstate(all="ignore")
def relative_errors(gradient: Array, other: Array) -> Array:
    """Return |g - other| / (|g| + |other|) of each number; 0 where both are 0."""
    size = np.abs(gradient) + np.abs(other)
    return np.where(size > 0, np.abs(gradient - other) / size, 0 * size)


class Sweep(NamedTuple):
    """The gradient of some parameters, with many lengths of the nudge.

    nudges : (n_nudges,), h
    analytic : (n_chosen,), by backpropagation
    numeric : (n_nudges, n_chosen), by central differences
    """

    chosen: ChosenParameters
    nudges: Array
    analytic: Array
    numeric: Array

    @property
    def is_finite(self) -> bool:
        """Whether there is a gradient: not if the network has diverged."""
        return bool(np.isfinite(self.analytic).all() and np.isfinite(self.numeric).all())

    def errors(self, parameter: int | None = None) -> Array:
        """Return the relative error with each nudge, (n_nudges,).

        Parameters
        ----------
        parameter : its place among the chosen ones; None for all of them together
        """
        if parameter is not None:
            return relative_errors(self.analytic[parameter], self.numeric[:, parameter])
        return np.array([relative_error(self.analytic, each) for each in self.numeric])


def sweep(problem: Problem, dtype: npt.DTypeLike) -> Sweep:
    """Compare both ways to the gradient, in one precision, for h from 1e-1 to 1e-12.

    The parameters are the same in both precisions. A large network has fewer of them checked.
    """
    exact = problem.to(np.float64)
    chosen = choose_parameters(exact, most=n_affordable(problem))
    same = problem.to(dtype)
    analytic = backpropagated_gradient(same)[chosen.numbers]
    numeric = np.stack([nudged_gradient(same, chosen, nudge) for nudge in NUDGES])
    return Sweep(chosen, np.array(NUDGES), analytic, numeric)


def n_affordable(problem: Problem, n_nudges: int = len(NUDGES)) -> int:
    """Return how many parameters of each layer there is the time to nudge, so many times each."""
    n_layers, n_parameters = problem.network.n_layers, len(problem.network.parameters)
    one_pass = len(problem.X) * n_parameters + LAYER_COST * n_layers
    cost = 2 * n_nudges * n_layers * one_pass  # forward, above and below
    return int(min(N_WEIGHTS + N_BIASES, max(1, MOST_COST // cost)))


SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(number: float, digits: int = 0) -> str:
    """Return a number below 1 with its power of ten, such as 10⁻⁵ or, with a digit, 3.6 · 10⁻¹¹."""
    factor, exponent = f"{number:.{digits}e}".split("e")
    power = "10" + str(int(exponent)).translate(SUPERSCRIPTS)
    return power if factor == "1" else f"{factor} · {power}"


def sweep_sentence(found: Sweep, place: int, precision: str, parameter: int | None = None) -> str:
    """Say how well both ways agree with one nudge, and which part of the error is the larger.

    Parameters
    ----------
    place : of the nudge
    parameter : its place among the chosen ones; None for all of them together
    """
    errors = found.errors(parameter)
    best = int(errors.argmin())
    of_what = "the gradient's length"
    says = ""
    if parameter is not None:
        analytic, numeric = found.analytic[parameter], found.numeric[place, parameter]
        says = f"backpropagation says {analytic:.8g}, the nudge says {numeric:.8g}; "
        of_what = "their sum"
    nudge, error = power_of_ten(found.nudges[place]), error_in_words(errors[place])
    agreement = f"With h = {nudge}, {says}the two ways differ by {error} of {of_what}"
    if errors[place] == errors[best]:
        return f"{agreement}: the best h of these in {precision}."
    too_long = "the nudge is so long that the loss bends within it (truncation)"
    too_short = "the two losses are so close that rounding eats their difference"
    return (
        f"{agreement}: {too_long if place < best else too_short}. The best of these h is "
        f"{power_of_ten(found.nudges[best])}, with {error_in_words(errors[best])}."
    )


def error_in_words(error: float) -> str:
    """Return a relative error, from 0 to 1, as one reads it."""
    return f"{error:.2g}" if error >= 1e-3 or error == 0 else power_of_ten(error, 1)
