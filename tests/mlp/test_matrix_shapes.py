"""The shapes of a batch, as one would work them out on a blackboard."""

import re

import numpy as np
import pytest

from mlp.losses import LOSSES, Objective
from mlp.matrix_shapes import describe_shapes
from mlp.network import Network

BATCH = 100


def shapes_of(*sizes: int) -> list[str]:
    rng = np.random.default_rng(0)
    network = Network(sizes, activation="sigmoid", output="sigmoid", rng=rng)
    X = rng.random((BATCH, sizes[0]), dtype=np.float32)
    targets = np.zeros((BATCH, sizes[-1]), np.float32)
    return describe_shapes(network, Objective(LOSSES["mse"]), X, targets)


def test_four_layers_are_worked_out_line_by_line() -> None:
    assert shapes_of(784, 64, 32, 16, 10) == [
        "forward   a0 = X: (100,784)",
        "forward   z1 = a0 W1^T + b1: (100,64) = (100,784) x (784,64) + (64)",
        "forward   a1 = sigmoid(z1): (100,64)",
        "forward   z2 = a1 W2^T + b2: (100,32) = (100,64) x (64,32) + (32)",
        "forward   a2 = sigmoid(z2): (100,32)",
        "forward   z3 = a2 W3^T + b3: (100,16) = (100,32) x (32,16) + (16)",
        "forward   a3 = sigmoid(z3): (100,16)",
        "forward   z4 = a3 W4^T + b4: (100,10) = (100,16) x (16,10) + (10)",
        "forward   a4 = sigmoid(z4): (100,10)",
        "loss      mse of a4 (100,10) and y (100,10): (1)",
        "backward  delta4 = dC/dz4: (100,10)",
        "backward  dC/dW4 = delta4^T a3: (10,16) = (10,100) x (100,16)",
        "backward  dC/db4 = 1^T delta4: (10) = (100) x (100,10)",
        "backward  delta3 = delta4 W4 * f'(z3): (100,16) = (100,10) x (10,16) * (100,16)",
        "backward  dC/dW3 = delta3^T a2: (16,32) = (16,100) x (100,32)",
        "backward  dC/db3 = 1^T delta3: (16) = (100) x (100,16)",
        "backward  delta2 = delta3 W3 * f'(z2): (100,32) = (100,16) x (16,32) * (100,32)",
        "backward  dC/dW2 = delta2^T a1: (32,64) = (32,100) x (100,64)",
        "backward  dC/db2 = 1^T delta2: (32) = (100) x (100,32)",
        "backward  delta1 = delta2 W2 * f'(z1): (100,64) = (100,32) x (32,64) * (100,64)",
        "backward  dC/dW1 = delta1^T a0: (64,784) = (64,100) x (100,784)",
        "backward  dC/db1 = 1^T delta1: (64) = (100) x (100,64)",
    ]


@pytest.mark.parametrize("hidden", [(), (3,), (4, 3), (5, 4, 3), (6, 5, 4, 3)])
def test_every_product_has_shapes_that_fit(hidden: tuple[int, ...]) -> None:
    lines = shapes_of(7, *hidden, 2)
    products = [line for line in lines if " x " in line]
    assert len(products) == 4 * (len(hidden) + 1) - 1
    for line in products:
        shapes = [
            tuple(map(int, text.split(",")))
            for text in re.findall(r"\(([\d,]+)\)", line.split(": ")[1])
        ]
        result, left, right, *same = (np.zeros(shape) for shape in shapes)
        assert (left @ right).shape == result.shape
        assert all(np.broadcast_shapes(part.shape, result.shape) == result.shape for part in same)


def test_the_network_is_not_changed() -> None:
    rng = np.random.default_rng(0)
    network = Network((4, 3, 2), activation="relu", output="softmax", rng=rng)
    before = network.parameters.copy()
    X, targets = np.ones((5, 4), np.float32), np.eye(2, dtype=np.float32)[[0, 1, 0, 1, 0]]
    assert any(
        "cross-entropy of a2 (5,2)" in line
        for line in describe_shapes(network, Objective(LOSSES["cross-entropy"]), X, targets)
    )
    np.testing.assert_array_equal(network.parameters, before)
