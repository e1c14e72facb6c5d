"""Is the gradient right? Nudge each parameter, and see whether the loss agrees.

The check runs the same function as training, so what it finds holds there.
"""

import numpy as np

from mlp.arrays import Array
from mlp.backprop import Workspace, loss_and_gradient
from mlp.losses import Objective
from mlp.network import Network


def numerical_gradient(
    network: Network, objective: Objective, X: Array, targets: Array, *, nudge: float = 1e-5
) -> Array:
    """Return the central differences (C(p + h) - C(p - h)) / 2h, (n_parameters,).

    Parameters
    ----------
    nudge : h; the error of the formula grows with h**2, that of rounding with 1 / h
    """
    workspace = Workspace(network, len(X))

    def cost() -> float:
        return sum(loss_and_gradient(network, objective, X, targets, workspace))

    gradient = np.empty_like(network.parameters)
    for i, parameter in enumerate(network.parameters.copy()):
        network.parameters[i] = parameter + nudge
        above = cost()
        network.parameters[i] = parameter - nudge
        below = cost()
        network.parameters[i] = parameter
        gradient[i] = (above - below) / (2 * nudge)
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
    size = np.linalg.norm(workspace.gradient) + np.linalg.norm(numerical)
    difference = np.linalg.norm(workspace.gradient - numerical)
    return float(difference / size) if size else 0.0
