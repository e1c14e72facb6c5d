"""How well a network does on samples: its loss, and the share of right answers."""

from collections.abc import Callable

import numpy as np

from mlp.activations import Output
from mlp.arrays import Array
from mlp.backprop import forward, workspaces_for
from mlp.losses import Objective
from mlp.network import Network
from mlp.records import Score
from mlp.samples import Samples, batches_in_order

EVALUATION_ROWS = 2048  # samples evaluated at once: enough for full speed, little memory


def count_correct(logits: Array, targets: Array, output: Output) -> int:
    """Return how many rows have their largest logit where the target is largest.

    A single output says yes where it is above 1/2.
    """
    if logits.shape[1] == 1:
        return count_all_correct(logits, targets, output)
    return int(np.count_nonzero(logits.argmax(axis=1) == targets.argmax(axis=1)))


def count_all_correct(logits: Array, targets: Array, output: Output) -> int:
    """Return how many rows have every output on the right side of 1/2.

    For samples that can have several labels: all of them must be right.
    """
    return int(((output.value(logits) > 0.5) == (targets > 0.5)).all(axis=1).sum())


Count = Callable[[Array, Array, Output], int]


@np.errstate(all="ignore")  # a loss that is not finite says enough
def evaluate(
    network: Network, objective: Objective, samples: Samples, count: Count = count_correct
) -> Score:
    """Score a network on samples without changing it."""
    n_samples = len(samples.X)
    workspaces = workspaces_for(network, n_samples, min(n_samples, EVALUATION_ROWS))
    total, correct = 0.0, 0
    for X, targets, weights in batches_in_order(samples, EVALUATION_ROWS):
        logits = forward(network, X, workspaces[len(X)])
        total += objective.loss.value(logits, targets, network.output, weights) * len(X)
        correct += count(logits, targets, network.output)
    penalty = objective.penalty(network.all_weights)
    return Score(total / n_samples + penalty, correct / n_samples)


def logits_of(network: Network, X: Array) -> Array:
    """Return the logits of many samples, (n_samples, n_L), computed some rows at a time."""
    n_samples = len(X)
    logits = np.empty((n_samples, network.sizes[-1]), network.parameters.dtype)
    workspaces = workspaces_for(network, n_samples, min(n_samples, EVALUATION_ROWS))
    for start in range(0, n_samples, EVALUATION_ROWS):
        rows = X[start : start + EVALUATION_ROWS]
        logits[start : start + len(rows)] = forward(network, rows, workspaces[len(rows)])
    return logits
