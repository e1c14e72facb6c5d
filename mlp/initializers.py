"""Where the weights and the biases start.

All zeros, and every hidden unit stays a copy of its neighbors; too large, and the
units saturate; too small, and the signal dies on its way up. A good start keeps the
size of the signal the same from layer to layer.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp.arrays import Array


@dataclass(frozen=True)
class Initializer:
    """Parameters drawn from a normal distribution with mean 0.

    Attributes
    ----------
    name : what it is called on the screen, in a link and in a config
    formula : the variance in LaTeX
    std : (fan_in, fan_out) -> standard deviation of the weights between two layers
    """

    name: str
    formula: str
    std: Callable[[int, int], float]

    def draw(self, fan_in: int, fan_out: int, rng: np.random.Generator) -> Array:
        """Return weights, (fan_out, fan_in), in float64."""
        return rng.normal(0.0, self.std(fan_in, fan_out), (fan_out, fan_in))


ZEROS = Initializer("zeros", r"\sigma^2 = 0", lambda fan_in, fan_out: 0.0)
"""A start that cannot work with hidden layers: worth seeing once."""

SMALL_STD = 0.1
NORMAL = Initializer("normal", rf"\sigma^2 = {SMALL_STD}^2", lambda fan_in, fan_out: SMALL_STD)
"""The same small spread for every layer, whatever its size."""

UNIT_NORMAL = Initializer("unit-normal", r"\sigma^2 = 1", lambda fan_in, fan_out: 1.0)
"""Large enough to saturate sigmoids; early teaching codes used it."""

LECUN = Initializer(
    "lecun", r"\sigma^2 = \frac{1}{n_{in}}", lambda fan_in, fan_out: math.sqrt(1 / fan_in)
)
"""LeCun, Bottou, Orr and Mueller, Efficient BackProp (1998), section 4.6."""

XAVIER = Initializer(
    "xavier",
    r"\sigma^2 = \frac{2}{n_{in} + n_{out}}",
    lambda fan_in, fan_out: math.sqrt(2 / (fan_in + fan_out)),
)
"""Glorot and Bengio, Understanding the difficulty of training deep networks (2010), eq. 12."""

HE = Initializer(
    "he", r"\sigma^2 = \frac{2}{n_{in}}", lambda fan_in, fan_out: math.sqrt(2 / fan_in)
)
"""For relu, which silences half of its units: He et al., arXiv 1502.01852 (2015), eq. 10."""

INITIALIZERS: dict[str, Initializer] = {
    initializer.name: initializer for initializer in (HE, XAVIER, LECUN, NORMAL, UNIT_NORMAL, ZEROS)
}
BIAS_INITIALIZERS: dict[str, Initializer] = {
    initializer.name: initializer for initializer in (ZEROS, NORMAL, UNIT_NORMAL)
}
