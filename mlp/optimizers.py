"""How the parameters move, once the gradient is known; from simple to clever.

Every optimizer works in place on the network's flat vector of parameters, with a
state of the same layout: g is the gradient, theta the parameters, eta the current
learning rate. `scratch` holds intermediate results, so that no step allocates memory.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array
from mlp.network import Network


@dataclass
class Optimizer:
    """What all optimizers share.

    Parameters
    ----------
    network : its parameters are changed in place
    learning_rate : the length of a step; may be changed between steps

    Attributes
    ----------
    rate_factor : what a schedule makes of the learning rate, from 0 to 1
    non_negative : the names of those parts of the state that are never below 0

    Raises
    ------
    ValueError : if the learning rate is not a positive, finite number
    """

    network: Network
    learning_rate: float
    non_negative: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise ValueError(
                f"The learning rate must be a positive number, not {self.learning_rate}. "
                "Try 0.1 for sgd or 0.001 for adam."
            )
        self.rate_factor = 1.0
        self.scratch = self.zeros()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "scratch"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.scratch = self.zeros()

    @property
    def eta(self) -> float:
        """The current learning rate, with the schedule applied."""
        return self.learning_rate * self.rate_factor

    def zeros(self) -> Array:
        """Return zeros, (n_parameters,)."""
        return np.zeros_like(self.network.parameters)

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Return all that the next step takes from those before it, by name.

        Each array is (n_parameters,), in the precision of the network, and not copied. A number
        is an array of its own, (1,). The learning rate and `rate_factor` are no part of it.
        """
        return {}

    def restore(self, state: Mapping[str, npt.NDArray[Any]]) -> None:
        """Continue from the `state` of such an optimizer, made for a network of the same sizes.

        Raises
        ------
        ValueError : for other names, shapes or types, for NaN or infinity, and for a number
            below 0 in a part that is `non_negative`; then nothing is changed
        """
        own = self.state()
        if state.keys() != own.keys():
            raise ValueError(
                f"The state of {type(self).__name__} consists of {', '.join(own) or 'nothing'}, "
                f"not of {', '.join(state)[:100] or 'nothing'}. Take that of the same optimizer."
            )
        for name, array in own.items():
            _check_part(name, state[name], array, is_non_negative=name in self.non_negative)
        for name, array in own.items():
            array[...] = state[name]

    def step(self, gradient: Array) -> None:
        """Change the parameters by one step against `gradient`, (n_parameters,)."""
        raise NotImplementedError


@dataclass
class SGD(Optimizer):
    """Stochastic gradient descent: theta -= eta g."""

    def step(self, gradient: Array) -> None:
        np.multiply(gradient, self.eta, out=self.scratch)
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

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Return v, (n_parameters,)."""
        return {"velocity": self.velocity}

    def step(self, gradient: Array) -> None:
        self.velocity *= self.momentum
        self.velocity += gradient
        np.multiply(self.velocity, self.eta, out=self.scratch)
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
        self.scratch *= self.eta
        self.network.parameters -= self.scratch


@dataclass
class RMSProp(Optimizer):
    """A step of its own for each parameter: s = rho s + (1 - rho) g**2,
    theta -= eta g / (sqrt(s) + epsilon).

    Source: Hinton, Srivastava and Swersky, Neural networks for machine learning (2012),
    lecture 6e.
    """

    rho: float = 0.9
    epsilon: float = 1e-7
    non_negative: ClassVar[frozenset[str]] = frozenset({"square_mean"})

    def __post_init__(self) -> None:
        super().__post_init__()
        self.square_mean = self.zeros()

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Return s >= 0, (n_parameters,)."""
        return {"square_mean": self.square_mean}

    def step(self, gradient: Array) -> None:
        self.square_mean *= self.rho
        np.multiply(gradient, gradient, out=self.scratch)
        self.scratch *= 1 - self.rho
        self.square_mean += self.scratch
        np.sqrt(self.square_mean, out=self.scratch)
        self.scratch += self.epsilon
        np.divide(gradient, self.scratch, out=self.scratch)
        self.scratch *= self.eta
        self.network.parameters -= self.scratch


@dataclass
class Adam(Optimizer):
    """Momentum and RMSProp together, corrected for their start at zero.

    m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g**2,
    theta -= eta m / (1 - beta1**t) / (sqrt(v / (1 - beta2**t)) + epsilon).

    The state keeps m / (1 - beta1) and v / (1 - beta2), the plain sums
    sum_i beta**(t - i) g_i, which saves two passes over the vectors. The factors left
    out are scalars, and so are the corrections; both are put back at the end. A gradient
    whose sum of squares overflows makes its parameter NaN, so that training ends as diverged.

    Source: Kingma and Ba, arXiv 1412.6980 (2014), algorithm 1.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    non_negative: ClassVar[frozenset[str]] = frozenset({"square_sum", "time"})

    def __post_init__(self) -> None:
        super().__post_init__()
        self.sum, self.square_sum, self.time = self.zeros(), self.zeros(), 0
        # NumPy takes a 0-d array of the same type as a factor in half the time of a float.
        self._beta1, self._beta2, self._scalar = (
            np.array(number, self.sum.dtype) for number in (self.beta1, self.beta2, 0)
        )

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Return both sums, (n_parameters,), that of g**2 >= 0; and t >= 0, (1,), int32."""
        time = np.array([self.time], np.int32)
        return {"sum": self.sum, "square_sum": self.square_sum, "time": time}

    def restore(self, state: Mapping[str, npt.NDArray[Any]]) -> None:
        super().restore(state)
        self.time = int(state["time"][0])

    def step(self, gradient: Array) -> None:
        self.time += 1
        self.sum *= self._beta1
        self.sum += gradient
        self.square_sum *= self._beta2
        np.multiply(gradient, gradient, out=self.scratch)
        self.square_sum += self.scratch
        # m_hat = sum * m_scale and sqrt(v_hat) = sqrt(square_sum) * v_scale, so that
        # m_hat / (sqrt(v_hat) + epsilon)
        #   = m_scale / v_scale * sum / (sqrt(square_sum) + epsilon / v_scale)
        m_scale = (1 - self.beta1) / (1 - self.beta1**self.time)
        v_scale = math.sqrt((1 - self.beta2) / (1 - self.beta2**self.time))
        roots = np.sqrt(self.square_sum, out=self.scratch)
        if not math.isfinite(roots.dot(roots)):  # a quick look at all of them
            roots[np.isinf(roots)] = np.nan  # x / infinity is 0, and the run would stand still
        self._scalar[...] = self.epsilon / v_scale
        roots += self._scalar
        np.divide(self.sum, roots, out=self.scratch)
        self._scalar[...] = self.eta * m_scale / v_scale
        self.scratch *= self._scalar
        self.network.parameters -= self.scratch


@dataclass
class AdamW(Adam):
    """Adam that also shrinks the weights, but not the biases: w -= eta lambda w.

    Source: Loshchilov and Hutter, Decoupled weight decay regularization,
    arXiv 1711.05101 (2017), algorithm 2; the decay is multiplied by the learning rate,
    as in PyTorch, and not by a schedule alone.
    """

    weight_decay: float = 0.01  # lambda

    def step(self, gradient: Array) -> None:
        weights = self.network.all_weights
        weights *= 1 - self.eta * self.weight_decay
        super().step(gradient)


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSProp,
    "adam": Adam,
    "adamw": AdamW,
}


def _check_part(
    name: str, found: npt.NDArray[Any], own: npt.NDArray[Any], *, is_non_negative: bool
) -> None:
    """Refuse an array that cannot be a part of an optimizer's state; `own` has its shape."""
    if (found.shape, found.dtype) != (own.shape, own.dtype):
        raise ValueError(
            f"The part {name} of an optimizer's state must have the shape {own.shape} and the type "
            f"{own.dtype}, not {found.shape} and {found.dtype}. Take the state of the same "
            "optimizer for a network of the same sizes and precision."
        )
    if not np.isfinite(found).all() or (is_non_negative and (found < 0).any()):
        kind = "finite and not below 0" if is_non_negative else "finite"
        raise ValueError(
            f"All numbers of the part {name} of an optimizer's state must be {kind}. Take the "
            "state of an optimizer that has not diverged."
        )


def limit_norms(network: Network, max_norm: float) -> None:
    """Shorten the incoming weights of each unit to |w| <= max_norm; biases are left alone.

    Source: Srivastava et al., Dropout (2014), section 5.1; the projection after each step
    lets the learning rate be large without the weights running away.
    """
    for weights in network.weights[1:]:  # (n_l, n_{l-1}): a row enters one unit
        norms = np.sqrt(np.vecdot(weights, weights))
        too_long = norms > max_norm
        weights[too_long] *= (max_norm / norms[too_long])[:, np.newaxis]
