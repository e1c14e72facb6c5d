"""What each unit of a layer does: when it is on, for which class, and what it adds up.

A unit is a sum of what enters it, and a function of that sum. So there are two ways to ask what
it has learned: look at its weights, or at the samples that it answers.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from data.datasets import Labels
from data.split import Rows
from experiments.training.layer_diagnostics import StuckUnits, stuck_units
from mlp.activations import Output
from mlp.arrays import Array
from mlp.backprop import Workspace, forward
from mlp.network import Network

MOST_SAMPLES = 1000  # that units are shown; more change the means by little


def evenly_spaced(n_samples: int, most: int = MOST_SAMPLES) -> Rows:
    """Return positions of at most so many samples, evenly spaced: of all of them, if few enough."""
    if n_samples <= most:
        return np.arange(n_samples)
    return np.linspace(0, n_samples - 1, most).round().astype(np.intp)


class LayerUnits(NamedTuple):
    """What the n_l units of a layer do on some samples.

    function : of the layer
    zs, activations : (n_samples, n_l), the weighted inputs, and the function of them
    class_means : (n_classes, n_l), the mean activation for each class; NaN without samples of it
    means : (n_l,), the mean activation over all samples
    on : (n_l,), the share of the samples, 0 to 1, for which a unit is on: z > 0, which is the
        middle of sigmoid and tanh, and where relu begins
    stuck : which units are dead, and which are saturated; none of the last layer
    """

    function: Output
    zs: Array
    activations: Array
    class_means: Array
    means: Array
    on: Array
    stuck: StuckUnits

    @property
    def n_bytes(self) -> int:
        """How much memory the arrays take."""
        return int(self.zs.nbytes + self.activations.nbytes + self.class_means.nbytes)


@np.errstate(all="ignore")  # a network that has diverged is shown as it is
def units_of(network: Network, layer: int, X: Array, labels: Labels, n_classes: int) -> LayerUnits:
    """Return what the units of a layer do on some samples.

    Parameters
    ----------
    layer : from 1 to L; the units of the last one stand for the classes
    X : (n_samples, n_0), scaled as the network was trained
    labels : (n_samples,), from 0 to n_classes - 1

    Raises
    ------
    ValueError : if there is no such layer, or if there are no samples
    """
    check_layer(network, layer)
    if not len(X):
        raise ValueError("Units are looked at with samples: give at least one.")
    workspace = Workspace(network, len(X))
    forward(network, X, workspace)
    zs, is_last = workspace.zs[layer], layer == network.n_layers
    function = network.output if is_last else network.activation
    activations = function.value(zs)
    none = np.zeros(zs.shape[1], bool)
    return LayerUnits(
        function,
        zs,
        activations,
        class_means_of(activations, labels, n_classes),
        activations.mean(axis=0),
        (zs > 0).mean(axis=0),
        StuckUnits(none, none) if is_last else stuck_units(network.activation, zs, activations),
    )


def check_layer(network: Network, layer: int) -> None:
    """Check that a network has a layer with units.

    Raises
    ------
    ValueError : if it has not
    """
    if not 1 <= layer <= network.n_layers:
        raise ValueError(
            f"There is no layer {layer} with units: the network has {network.n_layers}, numbered "
            "from 1. Choose one of them."
        )


def class_means_of(activations: Array, labels: Labels, n_classes: int) -> Array:
    """Return the mean activation of each unit for each class, (n_classes, n_l).

    Parameters
    ----------
    activations : (n_samples, n_l)
    labels : (n_samples,)
    """
    belongs = (labels == np.arange(n_classes)[:, np.newaxis]).astype(activations.dtype)
    sums: Array = belongs @ activations  # (n_classes, n_samples) @ (n_samples, n_l)
    sums /= belongs.sum(axis=1, keepdims=True)
    return sums


class Extremes(NamedTuple):
    """The positions of the samples that excite a unit most, and least, the extreme ones first."""

    most: Rows
    least: Rows


def extremes(z: Array, n_samples: int) -> Extremes:
    """Return the samples with the largest and the smallest weighted input of a unit.

    z and not the activation: relu is 0 for half of the samples, and z still tells them apart.

    Parameters
    ----------
    z : (n_all,), of one unit
    n_samples : how many on each side, at most
    """
    order = np.argsort(np.nan_to_num(z), kind="stable")
    return Extremes(order[::-1][:n_samples], order[:n_samples])


@np.errstate(all="ignore")
def added_up(network: Network, layer: int) -> Array:
    """Return what each unit of a layer adds up of the input, (n_l, n_0).

    For layer 1 these are its weights, W_1. Further up it is the weighted mix of what the units
    below add up, as if they passed on their z:

        M_1 = W_1,   M_l = W_l M_{l-1}

    The functions between the layers are left out, so that it is the whole truth for layer 1 and a
    hint above: a unit that is off passes nothing on.

    Source: the linear combination of filters of Lee, Ekanadham and Ng, Sparse deep belief net
    model for visual area V2, NIPS 20 (2007), as compared in Erhan et al., Visualizing higher-layer
    features of a deep network, Technical Report 1341, University of Montreal (2009).

    Raises
    ------
    ValueError : if there is no such layer
    """
    check_layer(network, layer)
    mix = network.weights[1]
    for weights in network.weights[2 : layer + 1]:
        mix = weights @ mix  # (n_l, n_{l-1}) @ (n_{l-1}, n_0)
    return mix


@np.errstate(all="ignore")
def answers_on_grid(network: Network, layer: int, X: Array) -> Array:
    """Return the activations of a layer at the points of a grid, (n_l, n_points).

    Parameters
    ----------
    X : (n_points, n_0), scaled as the network was trained

    Raises
    ------
    ValueError : if there is no such layer
    """
    check_layer(network, layer)
    workspace = Workspace(network, len(X))
    forward(network, X, workspace)
    function = network.output if layer == network.n_layers else network.activation
    answers: Array = function.value(workspace.zs[layer]).T
    return answers


def order_by(values: npt.NDArray[np.floating]) -> Rows:
    """Return the units with the largest values first; what is not a number comes last."""
    finite = np.where(np.isnan(values), -np.inf, values)
    return np.argsort(-finite, kind="stable")
