"""How the parameters move, once the gradient is known; from simple to clever.

Every optimizer works in place on the network's flat vector of parameters, with
memory of the same layout: g is the gradient, theta the parameters, eta the learning
rate. `scratch` holds the value of the moment, so that no step asks for memory.
"""

import math
from dataclasses import dataclass

import numpy as np

from mlp.arrays import Array
from mlp.network import Network


@dataclass
class Optimizer:
    """What all optimizers share.

    Parameters
    ----------
    network : its parameters are changed in place
    learning_rate : eta, the length of a step; may be changed between steps

    Raises
    ------
    ValueError : if the learning rate is not a positive, finite number
    """

    network: Network
    learning_rate: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise ValueError(
                f"The learning rate must be a positive number, not {self.learning_rate}. "
                "Try 0.1 for sgd or 0.001 for adam."
            )
        self.scratch = self.zeros()

    def zeros(self) -> Array:
        """Return a memory of zeros, (n_parameters,)."""
        return np.zeros_like(self.network.parameters)

    def step(self, gradient: Array) -> None:
        """Change the parameters by one step against `gradient`, (n_parameters,)."""
        raise NotImplementedError


@dataclass
class SGD(Optimizer):
    """Stochastic gradient descent: theta -= eta g."""

    def step(self, gradient: Array) -> None:
        np.multiply(gradient, self.learning_rate, out=self.scratch)
        self.network.parameters -= self.scratch


@dataclass
class Momentum(Optimizer):
    """A ball that keeps rolling: v = mu v + g, theta -= eta v.

    Source: Polyak, Some methods of speeding up the convergence of iteration methods
    (1964), with the learning rate outside v, so that changing it acts at once.
    """

    momentum: float = 0.9  # mu

    def __post_init__(self) -> None:
        super().__post_init__()
        self.velocity = self.zeros()

    def step(self, gradient: Array) -> None:
        self.velocity *= self.momentum
        self.velocity += gradient
        np.multiply(self.velocity, self.learning_rate, out=self.scratch)
        self.network.parameters -= self.scratch


@dataclass
class Nesterov(Momentum):
    """Momentum that looks ahead: v = mu v + g, theta -= eta (g + mu v).

    Nesterov takes the gradient where the ball will be; here theta is that place, which
    gives the same steps with one gradient, taken at theta.

    Source: Sutskever, Martens, Dahl and Hinton, On the importance of initialization
    and momentum in deep learning (2013), section 2, with theta moved as said.
    """

    def step(self, gradient: Array) -> None:
        self.velocity *= self.momentum
        self.velocity += gradient
        np.multiply(self.velocity, self.momentum, out=self.scratch)
        self.scratch += gradient
        self.scratch *= self.learning_rate
        self.network.parameters -= self.scratch


@dataclass
class RMSProp(Optimizer):
    """A step of its own for each parameter: s = rho s + (1 - rho) g**2,
    theta -= eta g / (sqrt(s) + epsilon).

    Source: Hinton, Srivastava and Swersky, Neural networks for machine learning (2012),
    lecture 6e.
    """

    decay: float = 0.9  # rho
    epsilon: float = 1e-7

    def __post_init__(self) -> None:
        super().__post_init__()
        self.square_mean = self.zeros()

    def step(self, gradient: Array) -> None:
        _move_mean_of_squares(self.square_mean, gradient, self.decay, self.scratch)
        np.sqrt(self.square_mean, out=self.scratch)
        self.scratch += self.epsilon
        np.divide(gradient, self.scratch, out=self.scratch)
        self.scratch *= self.learning_rate
        self.network.parameters -= self.scratch


@dataclass
class Adam(Optimizer):
    """Momentum and RMSProp together, corrected for their start at zero.

    m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g**2,
    theta -= eta m / (1 - beta1**t) / (sqrt(v / (1 - beta2**t)) + epsilon).

    Source: Kingma and Ba, arXiv 1412.6980 (2014), algorithm 1.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        super().__post_init__()
        self.mean, self.square_mean, self.time = self.zeros(), self.zeros(), 0

    def step(self, gradient: Array) -> None:
        self.time += 1
        _move_mean(self.mean, gradient, self.beta1, self.scratch)
        _move_mean_of_squares(self.square_mean, gradient, self.beta2, self.scratch)
        # The corrections are scalars, so they are moved out of the vectors:
        # sqrt(v / c) + epsilon = (sqrt(v) + epsilon sqrt(c)) / sqrt(c)
        mean_correction = 1 - self.beta1**self.time
        spread_correction = math.sqrt(1 - self.beta2**self.time)
        np.sqrt(self.square_mean, out=self.scratch)
        self.scratch += self.epsilon * spread_correction
        np.divide(self.mean, self.scratch, out=self.scratch)
        self.scratch *= self.learning_rate * spread_correction / mean_correction
        self.network.parameters -= self.scratch


@dataclass
class AdamW(Adam):
    """Adam that also shrinks the weights by itself: w -= eta lambda w, biases excepted.

    Source: Loshchilov and Hutter, Decoupled weight decay regularization,
    arXiv 1711.05101 (2017), algorithm 2; the decay is multiplied by the learning rate,
    as in PyTorch, and not by a schedule alone.
    """

    weight_decay: float = 0.01  # lambda

    def step(self, gradient: Array) -> None:
        weights = self.network.all_weights
        weights *= 1 - self.learning_rate * self.weight_decay
        super().step(gradient)


def _move_mean(mean: Array, value: Array, decay: float, scratch: Array) -> None:
    """mean = decay mean + (1 - decay) value, in place."""
    mean *= decay
    np.multiply(value, 1 - decay, out=scratch)
    mean += scratch


def _move_mean_of_squares(mean: Array, value: Array, decay: float, scratch: Array) -> None:
    """mean = decay mean + (1 - decay) value**2, in place."""
    mean *= decay
    np.multiply(value, value, out=scratch)
    scratch *= 1 - decay
    mean += scratch


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
}
