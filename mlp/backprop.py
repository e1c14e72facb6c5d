"""Forward, to see what the network says; backward, to see what each weight did to it.

Both passes write into a `Workspace`, a set of arrays made once and used for every
batch: asking for memory costs more than the arithmetic of a small network.
"""

import numpy as np

from mlp.arrays import Array
from mlp.losses import Objective
from mlp.network import Network, split_layers


class Workspace:
    """The arrays of one batch, named as in the formulas; layer l has index l.

    Made for one training of one network: `weights` and `biases` are views of the
    parameters as they are, and follow them as long as they are changed in place.

    Attributes
    ----------
    weights, biases : of the network, by layer
    zs : zs[l], (n_samples, n_l), the weighted inputs, for l = 1..L
    activations : activations[0] is the batch X, activations[l] = f(zs[l]) for the
        hidden layers; the last layer stays at its logits, zs[L]
    deltas : deltas[l] = dC/dzs[l], (n_samples, n_l), for l = 1..L
    slopes : slopes[l] = f'(zs[l]), (n_samples, n_l), for the hidden layers
    gradient : (n_parameters,), dC/dparameters, laid out like the parameters
    weight_gradients, bias_gradients : views of the gradient, by layer
    """

    def __init__(self, network: Network, n_samples: int) -> None:
        dtype, last = network.parameters.dtype, network.n_layers

        def layers(first: int, last: int) -> list[Array]:
            """Return an array for each layer; those outside first..last stay empty."""
            return [
                np.empty((n_samples if first <= l <= last else 0, size), dtype)
                for l, size in enumerate(network.sizes)
            ]

        self.weights, self.biases = network.weights, network.biases
        self.zs, self.deltas = layers(1, last), layers(1, last)
        self.activations, self.slopes = layers(1, last - 1), layers(1, last - 1)
        self.ones = np.ones(n_samples, dtype)
        self.gradient = np.empty_like(network.parameters)
        self.weight_gradients, self.bias_gradients = split_layers(self.gradient, network.sizes)


def forward(network: Network, X: Array, workspace: Workspace) -> Array:
    """Run a batch through the network and return its logits, (n_samples, n_L).

    z_l = a_{l-1} W_l^T + b_l and a_l = f(z_l), with samples as rows.

    Parameters
    ----------
    X : (n_samples, n_0)
    workspace : made for n_samples; keeps every z and a for `backward`
    """
    weights, biases = workspace.weights, workspace.biases
    zs, activations = workspace.zs, workspace.activations
    activations[0] = X
    for l in range(1, network.n_layers + 1):
        np.dot(activations[l - 1], weights[l].T, out=zs[l])  # (n, n_{l-1}) @ (n_{l-1}, n_l)
        zs[l] += biases[l]
        if l < network.n_layers:
            network.activation.value(zs[l], out=activations[l])
    return zs[-1]


def backward(network: Network, workspace: Workspace) -> None:
    """Turn dC/dlogits, found in deltas[L], into dC/dparameters, left in gradient.

    dC/dW_l = delta_l^T a_{l-1},  dC/db_l = the sum of delta_l over the samples,
    delta_{l-1} = (delta_l W_l) * f'(z_{l-1}).

    Source: Rumelhart, Hinton and Williams, Learning representations by
    back-propagating errors, Nature 323 (1986); the notation is Nielsen's.
    """
    weights, slope = workspace.weights, network.activation.slope
    zs, activations = workspace.zs, workspace.activations
    deltas, slopes = workspace.deltas, workspace.slopes
    for l in range(network.n_layers, 0, -1):
        delta = deltas[l]
        np.dot(delta.T, activations[l - 1], out=workspace.weight_gradients[l])  # (n_l, n_{l-1})
        np.dot(workspace.ones, delta, out=workspace.bias_gradients[l])  # quicker than a sum
        if l > 1:
            np.dot(delta, weights[l], out=deltas[l - 1])  # (n, n_l) @ (n_l, n_{l-1})
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
