"""Forward, to compute the answer; backward, to see what each weight contributed.

The whole of backpropagation is the chain rule, written from the top down. Call
delta_l = dC/dz_l the error of layer l.

1. The loss gives the error of the last layer, delta_L.
2. z_l = a_{l-1} W_l^T + b_l is linear in W_l and b_l, so dC/dW_l = delta_l^T a_{l-1}, and
   dC/db_l = the sum of delta_l over the samples.
3. It is linear in a_{l-1}, too, which enters C in no other way: dC/da_{l-1} = delta_l W_l.
4. a_{l-1} = f(z_{l-1}), element by element: delta_{l-1} = (delta_l W_l) * f'(z_{l-1}).
   With that, go on at 2, one layer down.

Both passes write into a `Workspace`, a set of arrays made once and used for every
batch: allocating memory costs more than the arithmetic of a small network.
"""

import numpy as np

from mlp.arrays import Array
from mlp.losses import Objective, mean_shares
from mlp.network import Network, split_layers


class Dropout:
    """Drop hidden units at random, so that none can rely on another.

    In training each hidden activation is kept with probability 1 - rate and then divided
    by it, so that its mean stays the same; evaluation uses all units and scales nothing.

    Parameters
    ----------
    rate : share of the units that are dropped, 0 <= rate < 1
    rng : draws a new mask for every batch

    Raises
    ------
    ValueError : for a rate outside that range

    Source: Srivastava et al., Dropout, Journal of Machine Learning Research 15 (2014),
    in the inverted form of section 10.
    """

    def __init__(self, rate: float, rng: np.random.Generator) -> None:
        if not 0 <= rate < 1:
            raise ValueError(f"The dropout rate must be at least 0 and below 1, not {rate}.")
        self.rate, self.rng = rate, rng

    def draw(self, mask: Array) -> None:
        """Fill the mask with 0 for dropped units and 1 / (1 - rate) for the others."""
        kept = self.rng.random(mask.shape, dtype=np.float32) >= self.rate
        np.multiply(kept, 1 / (1 - self.rate), out=mask)


class Workspace:
    """The arrays of one batch, named as in the formulas; layer l has index l.

    Made for one training of one network: `weights` and `biases` are views of the
    parameters as they are, and follow them as long as they are changed in place.

    Parameters
    ----------
    n_samples : rows of the batch
    dropout : for training with it; None keeps all hidden units

    Attributes
    ----------
    weights, biases : of the network, by layer
    zs : zs[l], (n_samples, n_l), the weighted inputs, for l = 1..L
    activations : activations[0] is the batch X, activations[l] = f(zs[l]) for the
        hidden layers; the last layer stays at its logits, zs[L]
    passed_on : passed_on[l], (n_samples, n_l), what layer l+1 receives: the activations,
        with the mask of dropout applied
    masks : masks[l], (n_samples, n_l), of dropout, for the hidden layers
    deltas : deltas[l] = dC/dzs[l], (n_samples, n_l), for l = 1..L
    slopes : slopes[l] = f'(zs[l]), (n_samples, n_l), for the hidden layers
    shares : (n_samples,), how much each sample counts in a loss without weights
    gradient : (n_parameters,), dC/dparameters, laid out like the parameters
    weight_gradients, bias_gradients : views of the gradient, by layer
    all_weights, all_weight_gradients : views of all weights in one piece, without biases
    """

    def __init__(self, network: Network, n_samples: int, dropout: Dropout | None = None) -> None:
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
        self.dropout = dropout
        self.passed_on = layers(1, last - 1) if dropout else list(self.activations)
        self.masks = layers(1, last - 1) if dropout else []
        self.ones = np.ones(n_samples, dtype)
        self.shares = mean_shares(n_samples, dtype)
        self.gradient = np.empty_like(network.parameters)
        self.weight_gradients, self.bias_gradients = split_layers(self.gradient, network.sizes)
        self.all_weights = network.all_weights
        self.all_weight_gradients = self.gradient[: len(self.all_weights)]


def workspaces_for(
    network: Network, n_samples: int, batch_size: int, dropout: Dropout | None = None
) -> dict[int, Workspace]:
    """Return a workspace for each batch size: the usual one, and that of the last batch."""
    sizes = {batch_size, n_samples % batch_size} - {0}
    return {size: Workspace(network, size, dropout) for size in sizes}


def forward(network: Network, X: Array, workspace: Workspace) -> Array:
    """Run a batch through the network and return its logits, (n_samples, n_L).

    z_l = a_{l-1} W_l^T + b_l and a_l = f(z_l), with samples as rows.

    Parameters
    ----------
    X : (n_samples, n_0)
    workspace : made for n_samples; keeps every z and a for `backward`
    """
    weights, biases = workspace.weights, workspace.biases
    zs, activations, passed_on = workspace.zs, workspace.activations, workspace.passed_on
    activations[0] = passed_on[0] = X
    for l in range(1, network.n_layers + 1):
        np.dot(passed_on[l - 1], weights[l].T, out=zs[l])  # (n, n_{l-1}) @ (n_{l-1}, n_l)
        zs[l] += biases[l]
        if l < network.n_layers:
            network.activation.value(zs[l], out=activations[l])
            if workspace.dropout:
                workspace.dropout.draw(workspace.masks[l])
                np.multiply(activations[l], workspace.masks[l], out=passed_on[l])
    return zs[-1]


def backward(network: Network, workspace: Workspace) -> None:
    """Turn dC/dlogits, found in deltas[L], into dC/dparameters, left in gradient.

    dC/dW_l = delta_l^T a_{l-1},  dC/db_l = the sum of delta_l over the samples,
    delta_{l-1} = (delta_l W_l) * f'(z_{l-1}), times the mask with dropout.

    Source: Rumelhart, Hinton and Williams, Learning representations by
    back-propagating errors, Nature 323 (1986); the notation is Nielsen's.
    """
    weights, slope = workspace.weights, network.activation.slope
    zs, activations, passed_on = workspace.zs, workspace.activations, workspace.passed_on
    deltas, slopes = workspace.deltas, workspace.slopes
    for l in range(network.n_layers, 0, -1):
        delta = deltas[l]
        np.dot(delta.T, passed_on[l - 1], out=workspace.weight_gradients[l])  # (n_l, n_{l-1})
        np.dot(workspace.ones, delta, out=workspace.bias_gradients[l])  # quicker than a sum
        if l > 1:
            np.dot(delta, weights[l], out=deltas[l - 1])  # (n, n_l) @ (n_l, n_{l-1})
            deltas[l - 1] *= slope(zs[l - 1], activations[l - 1], out=slopes[l - 1])
            if workspace.dropout:
                deltas[l - 1] *= workspace.masks[l - 1]


def input_gradient(workspace: Workspace) -> Array:
    """Return dC/dX after `backward`, (n_samples, n_0): one more layer down, where no f is.

    dC/da_0 = delta_1 W_1, and a_0 = X.
    """
    gradient: Array = workspace.deltas[1] @ workspace.weights[1]  # (n, n_1) @ (n_1, n_0)
    return gradient


def loss_and_gradient(
    network: Network,
    objective: Objective,
    X: Array,
    targets: Array,
    workspace: Workspace,
    weights: Array | None = None,
) -> tuple[float, float]:
    """Return loss and penalty of a batch; leave the gradient of their sum in the workspace.

    Parameters
    ----------
    X : (n_samples, n_0)
    targets : (n_samples, n_L)
    weights : (n_samples,), how much each sample counts, or None for all the same
    """
    shares = workspace.shares if weights is None else mean_shares(len(X), X.dtype, weights)
    logits = forward(network, X, workspace)
    loss = objective.loss.value_and_gradient(
        logits, targets, network.output, workspace.deltas[-1], shares
    )
    backward(network, workspace)
    objective.add_penalty_gradient(workspace.all_weights, workspace.all_weight_gradients)
    return loss, objective.penalty(workspace.all_weights)
