"""The network is data: a list of layer sizes and one long vector of parameters.

Layers are numbered as in a lecture: 0 is the input, L the output. The weights and
biases with index l enter layer l, so the index in a formula is the index in the code;
index 0 is an empty placeholder. No hidden layer at all gives the single-layer
perceptron.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from mlp.activations import ACTIVATIONS, OUTPUTS
from mlp.arrays import Array
from mlp.initializers import BIAS_INITIALIZERS, INITIALIZERS

T = TypeVar("T")
MAX_PARAMETERS = 3_000_000  # 784-1024-1024-1024-10 fits; adam takes 60 MB to train it


def look_up(kind: str, name: str, registry: Mapping[str, T]) -> T:
    """Return registry[name]; a ValueError names the choices if there is none."""
    if name not in registry:
        choices = ", ".join(registry)
        raise ValueError(f"There is no {kind} '{name[:40]}'. Choose one of: {choices}.")
    return registry[name]


def count_weights(sizes: Sequence[int]) -> int:
    """Return how many weights a network with these layer sizes has."""
    return sum(fan_in * fan_out for fan_in, fan_out in pairwise(sizes))


def count_parameters(sizes: Sequence[int]) -> int:
    """Return how many weights and biases a network with these layer sizes has."""
    return count_weights(sizes) + sum(sizes[1:])


def split_layers(vector: Array, sizes: Sequence[int]) -> tuple[list[Array], list[Array]]:
    """View a flat vector as the weights and biases of each layer.

    The vector holds the weights of layer 1, 2, ..., L and then the biases of layer
    1, 2, ..., L, so that all weights together are one piece: that is what L1, L2 and
    weight decay act on.

    Parameters
    ----------
    vector : (n_parameters,), parameters, or a gradient, or a part of an optimizer's state
    sizes : (n_0, ..., n_L)

    Returns
    -------
    weights : weights[l] is a view, (n_l, n_{l-1}); weights[0] is empty
    biases : biases[l] is a view, (n_l,); biases[0] is empty
    """
    weights, biases = [vector[:0].reshape(0, 0)], [vector[:0]]
    start = 0
    for fan_in, fan_out in pairwise(sizes):
        weights.append(vector[start : start + fan_out * fan_in].reshape(fan_out, fan_in))
        start += fan_out * fan_in
    for fan_out in sizes[1:]:
        biases.append(vector[start : start + fan_out])
        start += fan_out
    return weights, biases


class Network:
    """A multilayer perceptron: z_l = W_l a_{l-1} + b_l and a_l = f(z_l), for l = 1..L.

    Parameters
    ----------
    sizes : (n_0, ..., n_L), at least the input and the output
    activation : name of the function f of all hidden layers
    output : name of the function of the last layer
    weight_init, bias_init : names of the distributions of the initial weights and biases
    rng : draws them; without one, all parameters are 0
    dtype : np.float32 for training, np.float64 for checking gradients

    Attributes
    ----------
    parameters : (n_parameters,), all that is learned, in one vector

    Raises
    ------
    ValueError : for fewer than two layers, a size below one, or an unknown name
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: str = "relu",
        output: str = "softmax",
        weight_init: str = "he",
        bias_init: str = "zeros",
        rng: np.random.Generator | None = None,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        if len(sizes) < 2 or any(size < 1 for size in sizes):
            raise ValueError(
                "A network needs an input and an output layer, each with at least one unit; "
                f"the sizes given are {list(sizes)}."
            )
        self.sizes = tuple(int(size) for size in sizes)
        self.activation = look_up("activation", activation, ACTIVATIONS)
        self.output = look_up("output", output, OUTPUTS)
        self.parameters: Array = np.zeros(count_parameters(self.sizes), dtype)
        start = look_up("weight initialization", weight_init, INITIALIZERS)
        bias_start = look_up("bias initialization", bias_init, BIAS_INITIALIZERS)
        if rng is not None:
            for weights in self.weights[1:]:
                fan_out, fan_in = weights.shape
                weights[...] = start.draw(fan_in, fan_out, rng)
            for biases in self.biases[1:]:
                biases[...] = bias_start.draw(1, len(biases), rng)[:, 0]

    @property
    def n_layers(self) -> int:
        """L, the number of layers that have weights."""
        return len(self.sizes) - 1

    @property
    def weights(self) -> list[Array]:
        """Views of the parameters: weights[l], (n_l, n_{l-1}), enter layer l."""
        return split_layers(self.parameters, self.sizes)[0]

    @property
    def biases(self) -> list[Array]:
        """Views of the parameters: biases[l], (n_l,), enter layer l."""
        return split_layers(self.parameters, self.sizes)[1]

    @property
    def all_weights(self) -> Array:
        """View of the weights of all layers, (n_weights,), without the biases."""
        return self.parameters[: count_weights(self.sizes)]

    def __repr__(self) -> str:
        sizes = "-".join(map(str, self.sizes))
        return (
            f"Network({sizes}, {self.activation.name}, {self.output.name}, "
            f"{len(self.parameters):,} parameters)"
        )
