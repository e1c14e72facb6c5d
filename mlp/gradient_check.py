"""Is the gradient right? Nudge each parameter, and see whether the loss agrees.

The check runs the same functions as training, so what it finds holds there.
"""

import copy

import numpy as np

from mlp.arrays import Array
from mlp.backprop import Dropout, Workspace, forward, loss_and_gradient
from mlp.losses import Objective
from mlp.network import Network
from mlp.samples import Rows


def numerical_gradient(
    network: Network,
    objective: Objective,
    X: Array,
    targets: Array,
    *,
    nudge: float = 1e-5,
    numbers: Rows | None = None,
    dropout: Dropout | None = None,
) -> Array:
    """Return the central differences (C(p + h) - C(p - h)) / 2h, (n_parameters,).

    In the precision of the network: where that is single, rounding takes most of the digits.

    Parameters
    ----------
    nudge : h; the error of the formula grows with h**2, that of rounding with 1 / h
    numbers : (n_chosen,), places in the vector of parameters; then only these are nudged, and
        the result is (n_chosen,)
    dropout : draws the same masks for each C, as others would change it more than any nudge
    """
    workspace = Workspace(network, len(X), dropout)

    def cost() -> float:
        if dropout:
            workspace.dropout = copy.deepcopy(dropout)
        logits = forward(network, X, workspace)
        loss = objective.loss.value(logits, targets, network.output)
        return loss + objective.penalty(workspace.all_weights)

    chosen = np.arange(len(network.parameters)) if numbers is None else numbers
    gradient = np.empty_like(network.parameters[chosen])
    for place, i in enumerate(chosen):
        parameter = network.parameters[i]  # a copy: single numbers are no views
        network.parameters[i] = parameter + nudge
        above = cost()
        network.parameters[i] = parameter - nudge
        below = cost()
        network.parameters[i] = parameter
        gradient[place] = (above - below) / (2 * nudge)
    return gradient


def gradient_error(
    network: Network, objective: Objective, X: Array, targets: Array, *, nudge: float = 1e-5
) -> float:
    """Return |backpropagated - numerical| / (|backpropagated| + |numerical|).

    Below 1e-6 the gradient is right; above 1e-2 it is wrong. Between them, a kink,
    such as that of relu or |w| at 0, lies within reach of the nudge.

    Raises
    ------
    ValueError : for a network in single precision, where rounding hides the answer
    """
    if network.parameters.dtype != np.float64:
        raise ValueError(
            "A gradient check needs a network in double precision: Network(..., dtype=np.float64)."
        )
    numerical = numerical_gradient(network, objective, X, targets, nudge=nudge)
    workspace = Workspace(network, len(X))
    loss_and_gradient(network, objective, X, targets, workspace)
    return relative_error(workspace.gradient, numerical)


def relative_error(gradient: Array, other: Array) -> float:
    """Return |g - other| / (|g| + |other|) of two vectors: 0 for the same, 1 for opposite ones."""
    size = np.linalg.norm(gradient) + np.linalg.norm(other)
    return float(np.linalg.norm(gradient - other) / size) if size else 0.0
