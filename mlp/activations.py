"""What a neuron does with its weighted input z.

Without a nonlinearity, any stack of layers collapses into a single linear map;
the functions of this module are what makes depth worth having. Each stands beside
its slope, because backpropagation needs both.

All functions take an optional `out`: training runs thousands of times through the
same arrays and writes into them instead of allocating new memory.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp.arrays import Array


@dataclass(frozen=True)
class Activation:
    """A function that acts on each element of z alone.

    Attributes
    ----------
    name : what it is called on the screen, in a link and in a config
    formula : its definition in LaTeX
    value : (z, out=None) -> a, any shape; out must not be z
    slope : (z, a, out=None) -> da/dz, same shape; it reads whichever of the two is cheaper
    onnx : the steps from z to a in the text syntax of ONNX, separated by ";"
    """

    name: str
    formula: str
    value: Callable[..., Array]
    slope: Callable[..., Array]
    onnx: str

    def pull_back(self, gradient: Array, z: Array, a: Array) -> Array:
        """Carry dC/da back to dC/dz = dC/da * da/dz (the chain rule)."""
        return gradient * self.slope(z, a)


def _identity(z: Array, out: Array | None = None) -> Array:
    return np.positive(z, out=out)


def _identity_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    slope = np.empty_like(z) if out is None else out
    slope.fill(1)
    return slope


def _sigmoid(z: Array, out: Array | None = None) -> Array:
    # 1 / (1 + exp(-z)) is a tanh, moved and scaled; written so, it cannot overflow.
    a = np.multiply(z, 0.5, out=out)
    np.tanh(a, out=a)
    a += 1
    a *= 0.5
    return a


def _sigmoid_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    slope = np.subtract(1, a, out=out)
    slope *= a
    return slope


def _tanh(z: Array, out: Array | None = None) -> Array:
    return np.tanh(z, out=out)


def _tanh_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    slope = np.multiply(a, a, out=out)
    return np.subtract(1, slope, out=slope)


def _relu(z: Array, out: Array | None = None) -> Array:
    a = np.empty_like(z) if out is None else out
    a.fill(0)
    return np.maximum(z, a, out=a)  # an array of zeros is much quicker than one 0


def _relu_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    slope = np.empty_like(a) if out is None else out
    slope[...] = a > 0  # 1 where the unit is on, 0 where it is off
    return slope


LEAK = 0.01  # the slope of leaky relu below zero: small, so that no unit dies


def _leaky_relu(z: Array, out: Array | None = None) -> Array:
    a = np.multiply(z, LEAK, out=out)
    return np.maximum(z, a, out=a)


def _leaky_relu_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    slope = np.empty_like(a) if out is None else out
    np.greater(a, 0, out=slope)
    slope *= 1 - LEAK
    slope += LEAK
    return slope


def _elu(z: Array, out: Array | None = None) -> Array:
    a = np.minimum(z, 0, out=out)
    np.expm1(a, out=a)
    return np.maximum(z, a, out=a)  # exp(z) - 1 > z below zero, and is 0 above it


def _elu_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    slope = np.minimum(a, 0, out=out)  # below zero the slope exp(z) is a + 1
    slope += 1
    return slope


def _silu(z: Array, out: Array | None = None) -> Array:
    return np.multiply(z, _sigmoid(z), out=out)


def _silu_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    sigmoid = _sigmoid(z)
    return np.add(sigmoid, a * (1 - sigmoid), out=out)


# Near the exact gelu, z times the normal distribution function of z.
GELU_SCALE, GELU_CUBE = math.sqrt(2 / math.pi), 0.044715


def _gelu_tanh(z: Array) -> Array:
    return np.tanh(GELU_SCALE * (z + GELU_CUBE * z * z * z))


def _gelu(z: Array, out: Array | None = None) -> Array:
    a: Array = np.multiply(0.5 * z, 1 + _gelu_tanh(z), out=out)
    return a


def _gelu_slope(z: Array, a: Array, out: Array | None = None) -> Array:
    tanh = _gelu_tanh(z)
    inner_slope = GELU_SCALE * (1 + 3 * GELU_CUBE * z * z)
    slope: Array = np.add(0.5 * (1 + tanh), 0.5 * z * (1 - tanh * tanh) * inner_slope, out=out)
    return slope


IDENTITY = Activation("identity", r"a = z", _identity, _identity_slope, "a = Identity(z)")
SIGMOID = Activation(
    "sigmoid", r"a = \frac{1}{1 + e^{-z}}", _sigmoid, _sigmoid_slope, "a = Sigmoid(z)"
)
TANH = Activation("tanh", r"a = \tanh z", _tanh, _tanh_slope, "a = Tanh(z)")
RELU = Activation("relu", r"a = \max(0, z)", _relu, _relu_slope, "a = Relu(z)")
LEAKY_RELU = Activation(
    "leaky-relu",
    rf"a = \max({LEAK}\,z, z)",
    _leaky_relu,
    _leaky_relu_slope,
    f"a = LeakyRelu<alpha = {LEAK}>(z)",
)
ELU = Activation(
    "elu", r"a = \max(z, e^{\min(z, 0)} - 1)", _elu, _elu_slope, "a = Elu<alpha = 1.0>(z)"
)
SILU = Activation(
    "silu", r"a = \frac{z}{1 + e^{-z}}", _silu, _silu_slope, "gate = Sigmoid(z); a = Mul(z, gate)"
)
GELU = Activation(
    "gelu",
    r"a = \tfrac{z}{2}\left(1 + \tanh\left(\sqrt{2/\pi}\,(z + 0.044715\,z^3)\right)\right)",
    _gelu,
    _gelu_slope,
    'a = Gelu<approximate = "tanh">(z)',
)
"""The tanh form of GELU: Hendrycks and Gimpel, arXiv 1606.08415 (2016), section 2."""


@dataclass(frozen=True)
class Softmax:
    """Turn the z of a layer into probabilities: a_k = exp(z_k) / sum_j exp(z_j).

    It acts on whole rows, so it serves as an output and never as a hidden layer.
    """

    name: str = "softmax"
    formula: str = r"a_k = \frac{e^{z_k}}{\sum_j e^{z_j}}"
    onnx: str = "a = Softmax<axis = 1>(z)"

    def value(self, z: Array, out: Array | None = None) -> Array:
        """Return the probabilities of each row of z, (n_samples, n_outputs)."""
        a: Array = np.subtract(z, z.max(axis=1, keepdims=True), out=out)  # no exp can overflow
        np.exp(a, out=a)
        a /= a.sum(axis=1, keepdims=True)
        return a

    def pull_back(self, gradient: Array, z: Array, a: Array) -> Array:
        """Carry dC/da back to dC/dz_k = a_k (dC/da_k - sum_j a_j dC/da_j)."""
        pulled: Array = a * (gradient - (gradient * a).sum(axis=1, keepdims=True))
        return pulled


SOFTMAX = Softmax()
Output = Activation | Softmax

ACTIVATIONS: dict[str, Activation] = {
    activation.name: activation
    for activation in (RELU, SIGMOID, TANH, IDENTITY, LEAKY_RELU, ELU, GELU, SILU)
}
OUTPUTS: dict[str, Output] = {output.name: output for output in (SOFTMAX, SIGMOID, TANH, IDENTITY)}
