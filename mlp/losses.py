"""How wrong an answer is: one number, and its slope in every logit.

A loss takes logits, the z of the last layer, and not the outputs made from them:
with softmax or sigmoid inside the loss, the logarithm and the exponential cancel,
the gradient becomes output - target, and no logarithm of zero can occur. For softmax,
of one sample with the right class r:

    C = -ln a_r = ln sum_j exp(z_j) - z_r
    dC/dz_k = exp(z_k) / sum_j exp(z_j) - [k = r] = a_k - y_k

and for sigmoid, of one output: C = ln(1 + exp(z)) - y z, dC/dz = sigmoid(z) - y.

Every loss is a mean over samples, each with its weight if there are any, and its
gradient is the gradient of exactly the number that is reported.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from mlp.activations import OUTPUTS, SIGMOID, Output
from mlp.arrays import Array


@dataclass(frozen=True)
class Loss:
    """A loss, together with the output function it is fused with.

    Attributes
    ----------
    name : what it is called on the screen, in a link and in a config
    formula : its definition in LaTeX; n samples, K outputs
    outputs : names of the output functions it can be used with
    fused : (logits, targets, output, gradient) -> the loss of each sample, (n_samples,);
        fills `gradient` with the slope of each sample's own loss
    """

    name: str
    formula: str
    outputs: tuple[str, ...]
    fused: Callable[[Array, Array, Output, Array], Array]

    def value_and_gradient(
        self, logits: Array, targets: Array, output: Output, gradient: Array, shares: Array
    ) -> float:
        """Return C = sum_i s_i C_i and write dC/dlogits into `gradient`.

        Parameters
        ----------
        logits, targets, gradient : (n_samples, n_outputs)
        output : the function that turns the logits into the network's answer
        shares : (n_samples,), how much each sample counts: 1 / n_samples for the mean

        Raises
        ------
        ValueError : if this loss does not go with that output
        """
        if output.name not in self.outputs:
            raise ValueError(
                f"The loss '{self.name}' goes with the output {' or '.join(self.outputs)}, "
                f"not with '{output.name}'. Choose another loss or another output."
            )
        losses = self.fused(logits, targets, output, gradient)
        gradient *= shares[:, np.newaxis]
        return float(losses.dot(shares))

    def value(
        self, logits: Array, targets: Array, output: Output, weights: Array | None = None
    ) -> float:
        """Return the loss alone: the mean over samples, each with its weight if there are any."""
        shares = mean_shares(len(logits), logits.dtype, weights)
        return self.value_and_gradient(logits, targets, output, np.empty_like(logits), shares)


def mean_shares(n_samples: int, dtype: npt.DTypeLike, weights: Array | None = None) -> Array:
    """Return the share of each sample in a mean, (n_samples,): 1/n, or w_i/n with weights.

    Over all training samples the weights have a mean of 1. A batch is not divided by the
    sum of its own weights: a rare, heavy sample would count less in it.
    """
    if weights is None:
        return np.full(n_samples, 1 / n_samples, dtype)
    shares: Array = weights / weights.dtype.type(n_samples)
    return shares


def _cross_entropy(logits: Array, targets: Array, output: Output, gradient: Array) -> Array:
    """C = -sum_k y_k ln a_k with a = softmax(z), so that dC/dz = a - y.

    Takes the logits z and the targets y, (n_samples, n_outputs), and returns the loss of
    each sample, (n_samples,); fills `gradient`, (n_samples, n_outputs), with dC/dz.
    """
    # ln a_k = z_k - ln sum_j exp(z_j), and subtracting the maximum of a row from all its
    # z changes no a_k. The targets of a sample sum to one.
    rows, ones = _helpers(*logits.shape, logits.dtype)
    maxima = logits[rows, logits.argmax(axis=1)]  # quicker than max(axis=1)
    shifted = np.subtract(logits, maxima[:, np.newaxis], out=gradient)
    fits = np.vecdot(targets, shifted)
    exponentials = np.exp(shifted, out=gradient)
    totals = exponentials.dot(ones)  # quicker than sum(axis=1)

    gradient /= totals[:, np.newaxis]  # now the softmax
    gradient -= targets
    losses: Array = np.log(totals, out=totals)
    losses -= fits
    return losses


@lru_cache(maxsize=16)
def _helpers(
    n_samples: int, n_outputs: int, dtype: np.dtype[Any]
) -> tuple[npt.NDArray[np.intp], Array]:
    """Return 0, 1, ..., n_samples - 1 and a one for each output: the same for every batch."""
    rows, ones = np.arange(n_samples), np.ones(n_outputs, dtype)
    for array in (rows, ones):
        array.setflags(write=False)
    return rows, ones


def _binary_cross_entropy(logits: Array, targets: Array, output: Output, gradient: Array) -> Array:
    """C = -sum_k [y_k ln a_k + (1 - y_k) ln(1 - a_k)] with a = sigmoid(z): dC/dz = a - y.

    Takes the logits z and the targets y, (n_samples, n_outputs), and returns the loss of
    each sample, (n_samples,); fills `gradient`, (n_samples, n_outputs), with dC/dz.
    """
    # -y ln a - (1 - y) ln(1 - a) = ln(1 + exp(z)) - y z, and
    # ln(1 + exp(z)) = max(z, 0) + ln(1 + exp(-|z|)), where no exp can overflow.
    softplus = np.maximum(logits, 0) + np.log1p(np.exp(-np.abs(logits)))
    losses: Array = (softplus - targets * logits).sum(axis=1)

    SIGMOID.value(logits, out=gradient)
    gradient -= targets
    return losses


def _mean_squared_error(logits: Array, targets: Array, output: Output, gradient: Array) -> Array:
    """C = 1/K sum_k (a_k - y_k)**2 over K outputs a = output(z): dC/da = 2/K (a - y).

    Takes the logits z and the targets y, (n_samples, n_outputs), and returns the loss of
    each sample, (n_samples,); fills `gradient`, (n_samples, n_outputs), with dC/dz, which
    is dC/da pulled back through the output function.
    """
    n_outputs = logits.shape[1]
    outputs = output.value(logits)
    error = outputs - targets
    losses: Array = np.vecdot(error, error)
    losses /= n_outputs

    error *= 2 / n_outputs
    gradient[...] = output.pull_back(error, logits, outputs)
    return losses


CROSS_ENTROPY = Loss(
    "cross-entropy",
    r"C = -\frac{1}{n}\sum_x \sum_{k=1}^{K} y_k \ln a_k",
    ("softmax",),
    _cross_entropy,
)
"""Also called log-likelihood: sum over outputs, mean over samples."""

BINARY_CROSS_ENTROPY = Loss(
    "binary-cross-entropy",
    r"C = -\frac{1}{n}\sum_x \sum_{k=1}^{K} \left[y_k \ln a_k + (1 - y_k)\ln(1 - a_k)\right]",
    ("sigmoid",),
    _binary_cross_entropy,
)
"""One yes-or-no question per output: sum over outputs, mean over samples."""

MSE = Loss(
    "mse",
    r"C = \frac{1}{nK}\sum_x \sum_{k=1}^{K} (a_k - y_k)^2",
    tuple(OUTPUTS),
    _mean_squared_error,
)
"""Mean squared error: mean over outputs and over samples, without a half."""

LOSSES: dict[str, Loss] = {loss.name: loss for loss in (CROSS_ENTROPY, BINARY_CROSS_ENTROPY, MSE)}


def losses_for(output: str) -> list[str]:
    """Return the names of the losses that go with an output, the usual one first."""
    return [loss.name for loss in LOSSES.values() if output in loss.outputs]


@dataclass(frozen=True)
class Objective:
    """What training minimizes: loss + l1 * sum |w| + l2 / 2 * sum w**2.

    The penalties keep the weights small; they leave the biases alone.

    Parameters
    ----------
    loss : the loss on the samples
    l1, l2 : strengths, per weight; what Nielsen's book calls lambda is l2 * n_samples

    Raises
    ------
    ValueError : for a strength that is negative or not finite

    Source: M. Nielsen, Neural Networks and Deep Learning (2015), chapter 3.
    """

    loss: Loss
    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        for name, strength in (("l1", self.l1), ("l2", self.l2)):
            if not (math.isfinite(strength) and strength >= 0):
                raise ValueError(f"{name} must be 0 or a positive number, not {strength}.")

    def penalty(self, weights: Array) -> float:
        """Return l1 * sum |w| + l2 / 2 * sum w**2 of all weights, (n_weights,)."""
        penalty = 0.0
        if self.l1:
            penalty += self.l1 * float(np.abs(weights).sum())
        if self.l2:
            penalty += self.l2 / 2 * float(np.vdot(weights, weights))
        return penalty

    def add_penalty_gradient(self, weights: Array, gradient: Array) -> None:
        """Add l1 * sign(w) + l2 * w to the gradient of all weights, (n_weights,)."""
        if self.l1:
            gradient += self.l1 * np.sign(weights)
        if self.l2:
            gradient += self.l2 * weights
