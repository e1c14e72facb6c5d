"""An input made to excite a unit: what it looks for, in the words of the input itself.

Training follows a gradient to better weights, with the samples as they are. Here the weights stay
as they are, and the same gradient goes on to the input.
"""

from typing import NamedTuple

import numpy as np

from experiments.inspection.units import check_layer, evenly_spaced
from experiments.training.prepared_data import PreparedData
from mlp.arrays import Array
from mlp.backprop import Workspace, forward
from mlp.network import Network

STEPS = 60
FIRST_RATE = 1.0
LEAST_RATE = 1e-6  # smaller steps would not show


class InputRange(NamedTuple):
    """The least and the largest value of each feature, (n_0,) each, scaled."""

    low: Array
    high: Array


class Excitation(NamedTuple):
    """How an input was made that excites a unit, step by step.

    inputs : (n_steps + 1, n_0), from the start on
    zs : (n_steps + 1,), the weighted input of the unit
    objectives : (n_steps + 1,), z less the penalty; it never falls
    """

    inputs: Array
    zs: Array
    objectives: Array


@np.errstate(all="ignore")  # a network that has diverged makes no step
def excite(
    network: Network,
    layer: int,
    unit: int,
    start: Array,
    limits: InputRange,
    *,
    penalty: float,
    n_steps: int = STEPS,
) -> Excitation:
    """Change an input step by step so that the weighted input z of a unit rises.

    Gradient ascent on

        J(x) = z_unit(x) - penalty / 2 |x|^2,   x <- clip(x + eta (dz/dx - penalty x), low, high)

    z and not the activation: where relu is 0, its slope is 0, and there would be no way up. A step
    that would lower J is made again with half of eta, and one that raised it is followed by twice
    of eta; so J never falls. It ends early where no step helps. Another start may end elsewhere:
    above layer 1, J has many tops.

    Parameters
    ----------
    layer, unit : from 1 to L, and from 0 to n_l - 1
    start : (n_0,), scaled as the network was trained
    limits : where x is kept, such as blank and full ink
    penalty : 0 or more; the larger, the fewer features differ from 0
    n_steps : at most

    Raises
    ------
    ValueError : if there is no such unit, or for a negative penalty

    Source: Erhan, Bengio, Courville and Vincent, Visualizing higher-layer features of a deep
    network, Technical Report 1341, University of Montreal (2009), activation maximization.
    """
    _check(network, layer, unit, penalty)
    x = np.clip(start, *limits)
    inputs, zs, objectives, eta = [x], [], [], FIRST_RATE
    z, gradient = z_and_gradient(network, layer, unit, x)
    zs.append(z)
    objectives.append(_objective(z, x, penalty))
    while len(inputs) <= n_steps and eta > LEAST_RATE:
        moved = np.clip(x + eta * (gradient - penalty * x), *limits)
        z, new_gradient = z_and_gradient(network, layer, unit, moved)
        if not _objective(z, moved, penalty) > objectives[-1]:
            eta /= 2
            continue
        x, gradient, eta = moved, new_gradient, 2 * eta
        inputs.append(x)
        zs.append(z)
        objectives.append(_objective(z, x, penalty))
    return Excitation(np.stack(inputs), np.array(zs), np.array(objectives))


def _objective(z: float, x: Array, penalty: float) -> float:
    return z - penalty / 2 * float(x @ x)


def _check(network: Network, layer: int, unit: int, penalty: float) -> None:
    check_layer(network, layer)
    if not 0 <= unit < network.sizes[layer]:
        raise ValueError(
            f"There is no unit {unit} in layer {layer}: it has {network.sizes[layer]}, numbered "
            "from 0. Choose one of them."
        )
    if not penalty >= 0:
        raise ValueError(f"The penalty must be 0 or more, not {penalty}.")


def z_and_gradient(network: Network, layer: int, unit: int, x: Array) -> tuple[float, Array]:
    """Return the weighted input z of a unit, and dz/dx, (n_0,).

    Backpropagation begins at the unit, with delta = 1, and goes down to the input:
    delta_{l-1} = (delta_l W_l) * f'(z_{l-1}), and dz/dx = delta_1 W_1.

    Parameters
    ----------
    x : (n_0,)
    """
    workspace = Workspace(network, 1)
    forward(network, x[np.newaxis], workspace)
    delta = network.weights[layer][unit]  # (n_{layer-1},), what a change below does to z
    for l in range(layer - 1, 0, -1):
        slope = network.activation.slope(workspace.zs[l], workspace.activations[l])[0]
        delta = (delta * slope) @ network.weights[l]  # (n_l,) @ (n_l, n_{l-1})
    return float(workspace.zs[layer][0, unit]), delta


def input_range(prepared: PreparedData) -> InputRange:
    """Return between which values an input is kept, scaled.

    Pixels go from blank to full ink. A feature of a table goes from the least to the largest
    value among the training samples.
    """
    dataset, X = prepared.dataset, prepared.training.X
    if dataset.image_shape is None:
        return InputRange(X.min(axis=0), X.max(axis=0))
    ends = np.zeros((2, dataset.n_features), np.float32)
    ends[1] = dataset.maximum
    return InputRange(*prepared.scaler.transform(ends))


def mean_input(prepared: PreparedData) -> Array:
    """Return the mean training sample, (n_0,), scaled, to start from."""
    X = prepared.training.X
    mean: Array = X[evenly_spaced(len(X))].mean(axis=0)
    return mean
