"""How each layer learns: gradients and updates of its weights, and the activity of its units."""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mlp.activations import Activation
from mlp.arrays import Array
from mlp.backprop import Workspace, forward
from mlp.network import Network, split_layers

FLAT = 0.05  # of the steepest slope of a function: below it, gradients nearly vanish
ALMOST_ALL = 0.95  # of the samples
FAR_OUT = 10.0  # as far from 0 as the weighted input of a unit usually is, and farther


class StepDiagnostics(NamedTuple):
    """The last step of an epoch, layer by layer, from layer 1 to L.

    gradient_norms : |dC/dW_l|, the Euclidean norm
    update_ratios : |change of W_l| / |W_l|, for this one step; 0 for weights that are all 0
    """

    epoch: int
    step: int
    gradient_norms: tuple[float, ...]
    update_ratios: tuple[float, ...]


def measure_step(
    epoch: int, step: int, network: Network, gradient: Array, before: Array
) -> StepDiagnostics:
    """Return gradient norms and update ratios of one step.

    Parameters
    ----------
    network : as it is after the step
    gradient : (n_parameters,), that of the step
    before : (n_parameters,), the parameters before the step
    """
    sizes = network.sizes
    gradients = split_layers(gradient, sizes)[0][1:]
    old, new = split_layers(before, sizes)[0][1:], network.weights[1:]
    ratios = (_ratio(_norm(n - o), _norm(o)) for o, n in zip(old, new, strict=True))
    return StepDiagnostics(epoch, step, tuple(map(_norm, gradients)), tuple(ratios))


def _norm(weights: Array) -> float:
    square = float(np.vdot(weights, weights))
    if math.isinf(square):  # too much for single precision
        square = float(np.square(weights, dtype=np.float64).sum())
    return math.sqrt(square)


def _ratio(change: float, size: float) -> float:
    return change / size if size else 0.0


class StuckUnits(NamedTuple):
    """Which units of a hidden layer hardly learn any more, (n_l,) each.

    dead : activation and slope are 0 for every sample, so the unit cannot learn
    saturated : not dead, but so far out on its function that the slope is below 5 % of the
        steepest there is, for more than 95 % of the samples. Only a function that is flat
        at both ends, such as sigmoid or tanh, saturates.
    """

    dead: npt.NDArray[np.bool_]
    saturated: npt.NDArray[np.bool_]


@np.errstate(all="ignore")
def stuck_units(function: Activation, z: Array, a: Array) -> StuckUnits:
    """Return which units of a layer are dead, and which are saturated.

    Parameters
    ----------
    z, a : (n_samples, n_l), weighted inputs and activations of a hidden layer, for at least one
        sample
    """
    flat = FLAT * _steepest(function) if _is_flat_at_both_ends(function) else 0.0
    slope = np.abs(function.slope(z, a))
    dead = ((a == 0) & (slope == 0)).all(axis=0)
    return StuckUnits(dead, ((slope < flat).mean(axis=0) > ALMOST_ALL) & ~dead)


class UnitActivity(NamedTuple):
    """The shares of the units of a hidden layer, from 0 to 1, that are dead, and saturated."""

    layer: int
    dead: float
    saturated: float


@np.errstate(all="ignore")  # a network that has diverged is measured as it is
def unit_activity(network: Network, X: Array) -> list[UnitActivity]:
    """Return the activity of each hidden layer for some samples; see `StuckUnits`.

    Where the slope f'(z) of a unit is 0, backpropagation stops: no gradient reaches the weights
    that enter the unit.

    Parameters
    ----------
    X : (n_samples, n_0); some hundreds tell enough

    Raises
    ------
    ValueError : if there are no samples
    """
    if not len(X):
        raise ValueError("The activity of units is measured on samples: give at least one.")
    workspace = Workspace(network, len(X))
    forward(network, X, workspace)
    activities = []
    for layer in range(1, network.n_layers):
        z, a = workspace.zs[layer], workspace.activations[layer]
        stuck = stuck_units(network.activation, z, a)
        activities.append(
            UnitActivity(layer, float(stuck.dead.mean()), float(stuck.saturated.mean()))
        )
    return activities


@cache
def _steepest(function: Activation) -> float:
    return float(_slopes(function).max())


def _is_flat_at_both_ends(function: Activation) -> bool:
    ends = _slopes(function)[[0, -1]]
    return bool((ends < FLAT * _steepest(function)).all())


def _slopes(function: Activation) -> Array:
    """Return |f'(z)| from one end of the usual range of z to the other."""
    z = np.linspace(-FAR_OUT, FAR_OUT, 201)
    slopes: Array = np.abs(function.slope(z, function.value(z)))
    return slopes
