"""How a network reacts to small changes of what it sees: gradients with respect to the input.

In training, backpropagation says what each weight has to do with the loss. Taken one step
further, it says the same of each pixel.
"""

import numpy as np
import numpy.typing as npt

from data.scaling import Scaler
from mlp.arrays import Array
from mlp.backprop import Workspace, backward, forward, input_gradient
from mlp.losses import Loss
from mlp.network import Network
from mlp.samples import one_hot


@np.errstate(all="ignore")  # a network that has diverged has gradients that are not finite
def loss_gradients(
    network: Network, loss: Loss, X: Array, labels: npt.NDArray[np.integer]
) -> Array:
    """Return dC_i/dx_i for each sample's own loss C_i, (n_samples, n_0).

    A loss that is next to 0 for a confident answer has gradients next to 0 as well.

    Parameters
    ----------
    X : (n_samples, n_0), scaled as the network was trained
    labels : (n_samples,), the class of each sample for its loss
    """
    workspace = Workspace(network, len(X))
    logits = forward(network, X, workspace)
    targets = one_hot(labels, network.sizes[-1], logits.dtype)
    loss.fused(logits, targets, network.output, workspace.deltas[-1])
    backward(network, workspace)
    return input_gradient(workspace)


@np.errstate(all="ignore")
def logits_gradient(network: Network, x: Array, weights: Array) -> Array:
    """Return d(sum_k v_k z_k)/dx for one sample, (n_0,).

    Parameters
    ----------
    x : (n_0,), scaled as the network was trained
    weights : (n_L,), the v of each logit
    """
    workspace = Workspace(network, 1)
    forward(network, x[np.newaxis, :], workspace)
    workspace.deltas[-1][:] = weights
    backward(network, workspace)
    gradient: Array = input_gradient(workspace)[0]
    return gradient


def saliency(network: Network, scaler: Scaler, x: Array, c: int) -> Array:
    """Return d z_c / d(recorded x), (n_0,): by how much one unit more of a pixel moves a logit.

    It is true for small changes of one pixel at a time, whatever is usual there: not where the
    network looks, and not why it says what it says. The scaler stands between the recorded and the
    scaled value; by the chain rule, its scale divides.

    Parameters
    ----------
    x : (n_0,), scaled
    c : the class, from 0 to n_L - 1

    Raises
    ------
    ValueError : if there is no such class

    Source: Simonyan, Vedaldi and Zisserman, Deep inside convolutional networks: visualising
    image classification models and saliency maps, arXiv 1312.6034 (2013), section 3.
    """
    check_class(network, c)
    one = np.zeros(network.sizes[-1], network.parameters.dtype)
    one[c] = 1
    gradient: Array = logits_gradient(network, x, one) / scaler.scale
    return gradient


def check_class(network: Network, c: int) -> None:
    """Check that a network has a class.

    Raises
    ------
    ValueError : if it has not
    """
    n_classes = network.sizes[-1]
    if not 0 <= c < n_classes:
        raise ValueError(
            f"There is no class {c}: the network has {n_classes}, numbered from 0. Choose one of "
            "them."
        )
