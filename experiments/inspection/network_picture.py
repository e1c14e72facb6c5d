"""What is drawn of a network with one sample in it: the units that matter, and their weights.

A layer may have thousands of units, a picture has room for a few. Those are drawn that have the
largest contribution to the answer, which is the class with the largest logit:

    contribution_l = a_l * d logit / d a_l

For the last hidden layer this is the weight into the answer times the activation, and the
contributions and the bias add up to the logit. Further down it is the same to first order.

Source of the measure: gradient times input, as in Shrikumar et al., Learning important
features through propagating activation differences, ICML 2017.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from data.split import Rows
from mlp.arrays import Array
from mlp.backprop import Workspace, backward, forward
from mlp.network import Network

MAX_UNITS = 32  # drawn in one layer
MAX_CLASSES = 12  # drawn in the last layer: a column of bars with names
MAX_WEIGHTS = 26_000  # into the first layer: 32 units with an image of 28 x 28 each
LEAST_UNITS = 8  # drawn however large an image is
KEPT_RANKS = 2  # a drawn unit stays while it is among so many times the number drawn


class ForwardPass(NamedTuple):
    """What each layer makes of one sample; layer l has index l.

    zs : zs[l], (n_l,), the weighted inputs; zs[0] is empty
    activations : activations[l], (n_l,): the sample, the hidden layers, and the outputs
    contributions : contributions[l], (n_l,), to the largest logit; in the last layer, the logits
    """

    zs: list[Array]
    activations: list[Array]
    contributions: list[Array]

    @property
    def answer(self) -> int:
        """The class with the largest logit."""
        return int(self.zs[-1].argmax())


class LayerPicture(NamedTuple):
    """What is drawn of one layer.

    n_units : of the whole layer
    units : (n_drawn,), which of them are drawn
    zs, biases : (n_drawn,); empty for the input
    activations : (n_drawn,)
    weights : (n_drawn, n_sources), into the drawn units: from all pixels of an image, else from
        the drawn units of the layer below; empty for the input
    """

    n_units: int
    units: Rows
    zs: Array
    biases: Array
    activations: Array
    weights: Array


class NetworkPicture(NamedTuple):
    """A network with one sample in it.

    layers : of the input, the hidden layers and the output
    answer : the class with the largest logit; None if a logit is not a finite number
    """

    layers: list[LayerPicture]
    answer: int | None

    @property
    def units(self) -> list[Rows]:
        """Which units are drawn, layer by layer."""
        return [layer.units for layer in self.layers]


@np.errstate(all="ignore")  # a network that has diverged is drawn as it is
def forward_pass_of(network: Network, x: Array) -> ForwardPass:
    """Run one sample, (n_0,), through a network; find what each unit contributes to the answer."""
    workspace = Workspace(network, 1)
    logits = forward(network, x[None, :], workspace)
    answer = int(logits.argmax())
    workspace.deltas[-1][:] = np.arange(len(logits[0])) == answer  # d logit / d logits
    backward(network, workspace)
    hidden = [a[0] for a in workspace.activations[: network.n_layers]]
    gradients = [
        (workspace.deltas[l + 1] @ network.weights[l + 1])[0] for l in range(network.n_layers)
    ]
    contributions = [a * gradient for a, gradient in zip(hidden, gradients, strict=True)]
    zs = [x[:0], *(z[0] for z in workspace.zs[1:])]
    return ForwardPass(zs, [*hidden, network.output.value(logits)[0]], [*contributions, logits[0]])


def chosen_units(contributions: Array, n_drawn: int, before: Sequence[int] = ()) -> Rows:
    """Return which units to draw: those with the largest contributions, by absolute value.

    While a network learns, contributions change all the time. A unit that was drawn before
    keeps its place while it is among the first KEPT_RANKS * n_drawn, so that the picture stays
    calm.

    Parameters
    ----------
    contributions : (n_units,)
    before : the units that were drawn before, in their order

    Returns
    -------
    units : (min(n_drawn, n_units),); all in order if there is room for all
    """
    if len(contributions) <= n_drawn:
        return np.arange(len(contributions))
    ranked = np.argsort(-np.abs(np.nan_to_num(contributions)), kind="stable")
    close = set(ranked[: KEPT_RANKS * n_drawn].tolist())
    kept = [unit if unit in close else None for unit in before[:n_drawn]]
    kept += [None] * (n_drawn - len(kept))
    new = iter([unit for unit in ranked.tolist() if unit not in kept])
    return np.array([next(new) if unit is None else unit for unit in kept])


def picture_of(
    network: Network,
    x: Array,
    *,
    is_image: bool,
    label: int | None = None,
    before: NetworkPicture | None = None,
    followed: Sequence[int] = (),
) -> NetworkPicture:
    """Return what is drawn of a network with a sample in it.

    Parameters
    ----------
    x : (n_0,), scaled as the network was trained
    is_image : whether all inputs are drawn, as one image
    label : the true class, which is drawn in any case; None if nobody knows it
    before : the last picture of this network, whose units keep their places
    followed : a unit of each layer that is drawn in any case
    """
    done = forward_pass_of(network, x)
    last = network.n_layers
    drawn = []
    for l, contributions in enumerate(done.contributions):
        old = before.units[l].tolist() if before else []
        drawn.append(chosen_units(contributions, _room(network, l, is_image=is_image), old))
    for l, unit in enumerate(followed[:last]):
        drawn[l] = _with_unit(drawn[l], unit)
    wanted = [label, done.answer, *followed[last:]]
    drawn[last] = _with_classes(drawn[last], wanted, len(done.zs[last]))
    layers = [_input_picture(done.activations[0], drawn[0])]
    for l in range(1, last + 1):
        weights = network.weights[l][drawn[l]]  # (n_drawn, n_{l-1})
        sources = weights if l == 1 and is_image else weights[:, drawn[l - 1]]
        biases, zs, a = network.biases[l], done.zs[l], done.activations[l]
        values = zs[drawn[l]], biases[drawn[l]], a[drawn[l]]
        layers.append(LayerPicture(len(a), drawn[l], *values, sources))
    is_finite = bool(np.isfinite(done.zs[last]).all())
    return NetworkPicture(layers, done.answer if is_finite else None)


def _room(network: Network, l: int, *, is_image: bool) -> int:
    """Return how many units of a layer there is room for."""
    if l == network.n_layers:
        return MAX_CLASSES
    if not is_image:
        return MAX_UNITS
    if l == 0:
        return network.sizes[0]
    return (
        max(LEAST_UNITS, min(MAX_UNITS, MAX_WEIGHTS // network.sizes[0])) if l == 1 else MAX_UNITS
    )


def _with_unit(units: Rows, unit: int) -> Rows:
    """Return the units that are drawn, with one that must be there in the place of the last."""
    return units if unit in units else np.append(units[:-1], unit)


def _with_classes(units: Rows, wanted: Sequence[int | None], n_classes: int) -> Rows:
    """Return the classes that are drawn, in order, with those that must be there."""
    must = [label for label in dict.fromkeys(wanted) if label is not None and label < n_classes]
    rest = [unit for unit in units.tolist() if unit not in must]
    return np.array(sorted(must + rest[: len(units) - len(must)]))


def _input_picture(x: Array, drawn: Rows) -> LayerPicture:
    nothing: npt.NDArray[np.float32] = np.empty(0, np.float32)
    return LayerPicture(len(x), drawn, nothing, nothing, x[drawn], nothing.reshape(0, 0))
