"""One training step of a [2, 3, 1] network, as it would stand on the blackboard.

Sigmoid units throughout, mean squared error, one sample x = (1, 2) with target y = 1,
learning rate 1/2. First the numbers, with pencil and paper: plain floats, no arrays.
"""

import math

import numpy as np
import pytest

from mlp.backprop import Workspace, forward, loss_and_gradient
from mlp.losses import MSE, Objective
from mlp.network import Network
from mlp.optimizers import SGD

LEARNING_RATE = 0.5
x1, x2, y = 1.0, 2.0, 1.0
w11, w12, b1 = 0.1, 0.2, 0.0
w21, w22, b2 = -0.3, 0.4, 0.1
w31, w32, b3 = 0.5, -0.6, 0.2
# Layer 2: one unit with three weights and a bias.
v1, v2, v3, c = 0.7, -0.8, 0.9, -0.1


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


# Forward.
z1 = w11 * x1 + w12 * x2 + b1  # 0.1 + 0.4 = 0.5
z2 = w21 * x1 + w22 * x2 + b2  # -0.3 + 0.8 + 0.1 = 0.6
z3 = w31 * x1 + w32 * x2 + b3  # 0.5 - 1.2 + 0.2 = -0.5
a1, a2, a3 = sigmoid(z1), sigmoid(z2), sigmoid(z3)
z = v1 * a1 + v2 * a2 + v3 * a3 + c
a = sigmoid(z)
C = (a - y) ** 2  # one sample, one output: nothing to average
delta = 2 * (a - y) * a * (1 - a)  # dC/dz
delta1 = delta * v1 * a1 * (1 - a1)
delta2 = delta * v2 * a2 * (1 - a2)
delta3 = delta * v3 * a3 * (1 - a3)


@pytest.fixture
def network() -> Network:
    network = Network([2, 3, 1], activation="sigmoid", output="sigmoid", dtype=np.float64)
    network.weights[1][...] = [[w11, w12], [w21, w22], [w31, w32]]
    network.weights[2][...] = [[v1, v2, v3]]
    network.biases[1][...] = [b1, b2, b3]
    network.biases[2][...] = [c]
    return network


X, TARGETS = np.array([[x1, x2]]), np.array([[y]])


def test_the_arithmetic_on_the_blackboard() -> None:
    assert (z1, z2, z3) == pytest.approx((0.5, 0.6, -0.5))
    assert (a1, a2, a3) == pytest.approx((0.622459, 0.645656, 0.377541), abs=1e-6)
    assert z == pytest.approx(0.158983, abs=1e-6)
    assert pytest.approx(0.539662, abs=1e-6) == a
    assert pytest.approx(0.211911, abs=1e-6) == C
    assert delta == pytest.approx(-0.228721, abs=1e-6)


def test_forward(network: Network) -> None:
    workspace = Workspace(network, 1)
    np.testing.assert_allclose(forward(network, X, workspace), [[z]])
    np.testing.assert_allclose(workspace.zs[1], [[z1, z2, z3]])
    np.testing.assert_allclose(workspace.activations[1], [[a1, a2, a3]])
    np.testing.assert_array_equal(workspace.activations[0], X)


def test_loss_and_backward(network: Network) -> None:
    workspace = Workspace(network, 1)
    loss, penalty = loss_and_gradient(network, Objective(MSE), X, TARGETS, workspace)
    assert (loss, penalty) == pytest.approx((C, 0))
    np.testing.assert_allclose(workspace.deltas[2], [[delta]])
    np.testing.assert_allclose(workspace.deltas[1], [[delta1, delta2, delta3]])
    np.testing.assert_allclose(
        workspace.weight_gradients[1],
        [[delta1 * x1, delta1 * x2], [delta2 * x1, delta2 * x2], [delta3 * x1, delta3 * x2]],
    )
    np.testing.assert_allclose(
        workspace.weight_gradients[2], [[delta * a1, delta * a2, delta * a3]]
    )
    np.testing.assert_allclose(workspace.bias_gradients[1], [delta1, delta2, delta3])
    np.testing.assert_allclose(workspace.bias_gradients[2], [delta])


def test_the_step(network: Network) -> None:
    workspace = Workspace(network, 1)
    loss_and_gradient(network, Objective(MSE), X, TARGETS, workspace)
    SGD(network, LEARNING_RATE).step(workspace.gradient)
    np.testing.assert_allclose(
        network.weights[1],
        [
            [w11 - 0.5 * delta1 * x1, w12 - 0.5 * delta1 * x2],
            [w21 - 0.5 * delta2 * x1, w22 - 0.5 * delta2 * x2],
            [w31 - 0.5 * delta3 * x1, w32 - 0.5 * delta3 * x2],
        ],
    )
    np.testing.assert_allclose(
        network.weights[2],
        [[v1 - 0.5 * delta * a1, v2 - 0.5 * delta * a2, v3 - 0.5 * delta * a3]],
    )
    np.testing.assert_allclose(
        network.biases[1], [b1 - 0.5 * delta1, b2 - 0.5 * delta2, b3 - 0.5 * delta3]
    )
    np.testing.assert_allclose(network.biases[2], [c - 0.5 * delta])


def test_the_step_has_made_the_loss_smaller(network: Network) -> None:
    workspace = Workspace(network, 1)
    before, _ = loss_and_gradient(network, Objective(MSE), X, TARGETS, workspace)
    SGD(network, LEARNING_RATE).step(workspace.gradient)
    after, _ = loss_and_gradient(network, Objective(MSE), X, TARGETS, workspace)
    assert after < before
