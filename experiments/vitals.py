"""How a network fares while it learns: what moves each layer, and by how much."""

import math
from typing import NamedTuple

from mlp.arrays import Array
from mlp.network import Network, split_layers


class Pulse(NamedTuple):
    """The last step of an epoch, layer by layer, from layer 1 to L.

    gradient_norms : |dC/dW_l|, the Euclidean norm
    update_ratios : |change of W_l| / |W_l|, for this one step; 0 for weights that are all 0
    """

    epoch: int
    step: int
    gradient_norms: tuple[float, ...]
    update_ratios: tuple[float, ...]


def take_pulse(epoch: int, step: int, network: Network, gradient: Array, before: Array) -> Pulse:
    """Measure a step.

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
    return Pulse(epoch, step, tuple(map(_norm, gradients)), tuple(ratios))


def _norm(weights: Array) -> float:
    flat = weights.ravel()
    return math.sqrt(float(flat @ flat))


def _ratio(change: float, size: float) -> float:
    return change / size if size else 0.0
