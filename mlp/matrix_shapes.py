"""Every matrix of one batch, forward and backward, as a line with its shape.

With the shapes right, the formulas are nearly right: (n, k) times (k, m) gives (n, m),
and a gradient has the shape of what it is the gradient of.
"""

import numpy as np

from mlp.arrays import Array
from mlp.backprop import Workspace, forward, loss_and_gradient
from mlp.losses import Objective
from mlp.network import Network


def describe_shapes(network: Network, objective: Objective, X: Array, targets: Array) -> list[str]:
    """Run a batch forward and backward, and return a line for each matrix.

    The shapes are those of the arrays that training uses; the network is not changed.

    Parameters
    ----------
    X : (n_samples, n_0)
    targets : (n_samples, n_L)
    """
    workspace = Workspace(network, len(X))
    loss_and_gradient(network, objective, X, targets, workspace)
    layers = range(1, network.n_layers + 1)
    lines = [f"forward   a0 = X: {_shape(X)}"]
    for l in layers:
        lines += _forward_lines(network, workspace, l)
    answer = network.output.value(forward(network, X, workspace))
    top = network.n_layers
    lines += [
        f"loss      {objective.loss.name} of a{top} {_shape(answer)} and y {_shape(targets)}: (1)",
        f"backward  delta{top} = dC/dz{top}: {_shape(workspace.deltas[top])}",
    ]
    for l in reversed(layers):
        lines += _backward_lines(workspace, l)
    return lines


def _shape(array: Array) -> str:
    return f"({','.join(map(str, np.shape(array)))})"


def _forward_lines(network: Network, workspace: Workspace, l: int) -> list[str]:
    """Return the lines for z and a of layer l."""
    a, w, b, z = (
        _shape(array)
        for array in (
            workspace.activations[l - 1],
            workspace.weights[l].T,
            workspace.biases[l],
            workspace.zs[l],
        )
    )
    f = network.activation if l < network.n_layers else network.output
    return [
        f"forward   z{l} = a{l - 1} W{l}^T + b{l}: {z} = {a} x {w} + {b}",
        f"forward   a{l} = {f.name}(z{l}): {z}",
    ]


def _backward_lines(workspace: Workspace, l: int) -> list[str]:
    """Return the lines for the gradients of layer l, and for the delta below it."""
    delta, a, w = workspace.deltas[l], workspace.activations[l - 1], workspace.weights[l]
    lines = [
        f"backward  dC/dW{l} = delta{l}^T a{l - 1}: "
        f"{_shape(workspace.weight_gradients[l])} = {_shape(delta.T)} x {_shape(a)}",
        f"backward  dC/db{l} = 1^T delta{l}: "
        f"{_shape(workspace.bias_gradients[l])} = {_shape(workspace.ones)} x {_shape(delta)}",
    ]
    if l > 1:
        below, slope = workspace.deltas[l - 1], workspace.slopes[l - 1]
        lines.append(
            f"backward  delta{l - 1} = delta{l} W{l} * f'(z{l - 1}): "
            f"{_shape(below)} = {_shape(delta)} x {_shape(w)} * {_shape(slope)}"
        )
    return lines
