"""Forward, to see what the network says; backward, to see what each weight did to it.

Both passes write into a `Workspace`, a set of arrays made once and used for every
batch: asking for memory costs more than the arithmetic of a small network.
"""

import copy

import numpy as np

from mlp.arrays import Array
from mlp.losses import Objective
from mlp.network import Network, split_layers


class Workspace:
    """The arrays of one batch, named as in the formulas; layer l has index l.

    Attributes
    ----------
    zs : zs[l], (n_samples, n_l), the weighted inputs; zs[0] is unused
    activations : activations[0] is the batch X, activations[l] = f(zs[l]) for the
        hidden layers; the last layer stays at its logits, zs[L]
    deltas : deltas[l] = dC/dzs[l], (n_samples, n_l)
    slopes : slopes[l] = f'(zs[l]), (n_samples, n_l), for the hidden layers
    gradient : (n_parameters,), dC/dparameters, laid out like the parameters
    weight_gradients, bias_gradients : views of the gradient, by layer
    """

    def __init__(self, network: Network, n_samples: int) -> None:
        dtype = network.parameters.dtype

        def rows() -> list[Array]:
            return [np.empty((n_samples, size), dtype) for size in network.sizes]

        self.zs, self.activations, self.deltas, self.slopes = rows(), rows(), rows(), rows()
        self.ones = np.ones(n_samples, dtype)
        self.gradient = np.empty_like(network.parameters)
        self.weight_gradients, self.bias_gradients = split_layers(self.gradient, network.sizes)

    def first(self, n_samples: int) -> "Workspace":
        """Return a view on the first rows, for a batch that is shorter than the others."""
        if n_samples == len(self.ones):
            return self
        shorter = copy.copy(self)
        shorter.ones = self.ones[:n_samples]
        for name in ("zs", "activations", "deltas", "slopes"):
            setattr(shorter, name, [array[:n_samples] for array in getattr(self, name)])
        return shorter


def forward(network: Network, X: Array, workspace: Workspace) -> Array:
    """Run a batch through the network and return its logits, (n_samples, n_L).

    z_l = a_{l-1} W_l^T + b_l and a_l = f(z_l), with samples as rows.

    Parameters
    ----------
    X : (n_samples, n_0)
    workspace : made for n_samples; keeps every z and a for `backward`
    """
    weights, biases = split_layers(network.parameters, network.sizes)
    zs, activations, last = workspace.zs, workspace.activations, network.n_layers
    activations[0] = X
    for l in range(1, last + 1):
        np.matmul(activations[l - 1], weights[l].T, out=zs[l])  # (n, n_{l-1}) @ (n_{l-1}, n_l)
        zs[l] += biases[l]
        if l < last:
            network.activation.value(zs[l], out=activations[l])
    return zs[last]


def backward(network: Network, workspace: Workspace) -> None:
    """Turn dC/dlogits, found in deltas[L], into dC/dparameters, left in gradient.

    dC/dW_l = delta_l^T a_{l-1},  dC/db_l = the sum of delta_l over the samples,
    delta_{l-1} = (delta_l W_l) * f'(z_{l-1}).

    Source: Rumelhart, Hinton and Williams, Learning representations by
    back-propagating errors, Nature 323 (1986); the notation is Nielsen's.
    """
    weights, slope = network.weights, network.activation.slope
    zs, activations = workspace.zs, workspace.activations
    deltas, slopes = workspace.deltas, workspace.slopes
    for l in range(network.n_layers, 0, -1):
        delta = deltas[l]
        # (n_l, n) @ (n, n_{l-1})
        np.matmul(delta.T, activations[l - 1], out=workspace.weight_gradients[l])
        np.dot(workspace.ones, delta, out=workspace.bias_gradients[l])  # faster than sum(axis=0)
        if l > 1:
            np.matmul(delta, weights[l], out=deltas[l - 1])  # (n, n_l) @ (n_l, n_{l-1})
            deltas[l - 1] *= slope(zs[l - 1], activations[l - 1], out=slopes[l - 1])


def loss_and_gradient(
    network: Network, objective: Objective, X: Array, targets: Array, workspace: Workspace
) -> tuple[float, float]:
    """Return loss and penalty of a batch; leave the gradient of their sum in the workspace.

    Parameters
    ----------
    X : (n_samples, n_0)
    targets : (n_samples, n_L)
    """
    weights = network.all_weights
    logits = forward(network, X, workspace)
    loss = objective.loss.value_and_gradient(logits, targets, network.output, workspace.deltas[-1])
    backward(network, workspace)
    objective.add_penalty_gradient(weights, workspace.gradient[: len(weights)])
    return loss, objective.penalty(weights)
