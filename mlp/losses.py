"""How wrong an answer is: one number, and its slope in every logit.

A loss takes logits, the z of the last layer, and not the outputs made from them:
with softmax or sigmoid inside the loss, the logarithm and the exponential cancel,
the gradient becomes output - target, and no logarithm of zero can occur.

Every loss is a mean over samples, and its gradient is the gradient of exactly the
number that is reported.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mlp.activations import OUTPUTS, SIGMOID, Output
from mlp.arrays import Array


@dataclass(frozen=True)
class Loss:
    """A loss, together with the output function it is fused with.

    Attributes
    ----------
    name : how it is called on the screen, in a link and in a config
    formula : its definition in LaTeX; n samples, K outputs
    outputs : names of the output functions it can be used with
    fused : (logits, targets, output, gradient) -> value; fills `gradient`
    """

    name: str
    formula: str
    outputs: tuple[str, ...]
    fused: Callable[[Array, Array, Output, Array], float]

    def value_and_gradient(
        self, logits: Array, targets: Array, output: Output, gradient: Array
    ) -> float:
        """Return the loss and write dloss/dlogits into `gradient`.

        Parameters
        ----------
        logits, targets, gradient : (n_samples, n_outputs)
        output : the function that turns the logits into the network's answer

        Raises
        ------
        ValueError : if this loss does not go with that output
        """
        if output.name not in self.outputs:
            raise ValueError(
                f"The loss '{self.name}' goes with the output {' or '.join(self.outputs)}, "
                f"not with '{output.name}'. Choose another loss or another output."
            )
        return self.fused(logits, targets, output, gradient)

    def value(self, logits: Array, targets: Array, output: Output) -> float:
        """Return the loss alone."""
        return self.value_and_gradient(logits, targets, output, np.empty_like(logits))


def _cross_entropy(logits: Array, targets: Array, output: Output, gradient: Array) -> float:
    # log softmax(z)_k = z_k - log sum_j exp(z_j), and shifting a row by its maximum
    # changes neither side. The rows of the targets sum to one.
    n_samples, n_outputs = logits.shape
    maxima = logits[np.arange(n_samples), logits.argmax(axis=1)]  # quicker than max(axis=1)
    shifted = np.subtract(logits, maxima[:, np.newaxis], out=gradient)
    fit = np.vdot(targets, shifted)
    exponentials = np.exp(shifted, out=gradient)
    totals = exponentials.dot(np.ones(n_outputs, logits.dtype))  # quicker than sum(axis=1)
    loss = (np.log(totals).sum() - fit) / n_samples

    gradient /= totals[:, np.newaxis]  # now the softmax
    gradient -= targets
    gradient /= n_samples
    return float(loss)


def _binary_cross_entropy(logits: Array, targets: Array, output: Output, gradient: Array) -> float:
    # -y log a - (1 - y) log(1 - a) = log(1 + exp(z)) - y z, for a = sigmoid(z). The
    # difference is taken before the sum: the sums are large, and their difference is not.
    n_samples = len(logits)
    loss = (np.logaddexp(0, logits) - targets * logits).sum() / n_samples

    SIGMOID.value(logits, out=gradient)
    gradient -= targets
    gradient /= n_samples
    return float(loss)


def _mean_squared_error(logits: Array, targets: Array, output: Output, gradient: Array) -> float:
    outputs = output.value(logits)
    error = outputs - targets
    loss = np.vdot(error, error) / error.size

    error *= 2 / error.size
    gradient[...] = output.pull_back(error, logits, outputs)
    return float(loss)


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
"""One yes-or-no question an output: sum over outputs, mean over samples."""

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
    """What training makes small: loss + l1 * sum |w| + l2 / 2 * sum w**2.

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
