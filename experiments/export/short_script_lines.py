"""The lines of a short script: what each entry of a registry looks like in plain NumPy.

The names are those of the registries, so that a script takes the lines of its settings. Numbers
that are constants of `mlp` are read there.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from data.toy import GAP
from mlp.activations import GELU_CUBE, GELU_SCALE, LEAK
from mlp.initializers import SMALL_STD
from mlp.optimizers import Adam, RMSProp

Lines = Sequence[str]

NOTES: dict[str, Lines] = {
    "Data": [
        "# X is (samples, features). The network learns from the training part and nothing else.",
    ],
    "Loss and gradient": [
        "# Each sample has its loss C, and delta = dC/dz in the last layer. By the chain rule,",
        "# dC/dW = delta^T a, dC/db = the sum of delta; one layer down, delta = delta W * f'(z).",
    ],
    "Training": ["# One step for each batch: p is a parameter, g the gradient dC/dp."],
}
"""What opens a section, if there is room."""


def _scientific(number: float) -> str:
    """Return 1e-7 for 0.0000001."""
    return np.format_float_scientific(number, exp_digits=1, trim="-")


# Network

SIGMOID = "0.5 * (1 + np.tanh(z / 2))"
SIGMOID_LINE = f"a = {SIGMOID}  # 1 / (1 + exp(-z))"
SCALE = f"{GELU_SCALE:.8f}"
ACTIVATION_LINES: dict[str, Lines] = {
    "relu": ["return np.maximum(z, 0), z > 0"],
    "sigmoid": [SIGMOID_LINE, "return a, a * (1 - a)"],
    "tanh": ["a = np.tanh(z)", "return a, 1 - a**2"],
    "identity": ["return z, np.ones_like(z)"],
    "leaky-relu": [f"return np.maximum(z, {LEAK} * z), np.where(z > 0, 1, np.float32({LEAK}))"],
    "elu": ["exp = np.exp(np.minimum(z, 0))", "return np.where(z > 0, z, exp - 1), exp"],
    "silu": [f"s = {SIGMOID}", "return z * s, s * (1 + z - z * s)"],
    "gelu": [
        f"t = np.tanh({SCALE} * (z + {GELU_CUBE} * z**3))  # {SCALE} = sqrt(2 / pi)",
        f"slope = (1 + t + z * (1 - t**2) * {SCALE} * (1 + {3 * GELU_CUBE:g} * z**2)) / 2",
        "return z / 2 * (1 + t), slope",
    ],
}
"""a = f(z), and the slope da/dz."""

STD_OF_WEIGHTS = {
    "he": "np.sqrt(2 / n)",
    "xavier": "np.sqrt(2 / (m + n))",
    "lecun": "np.sqrt(1 / n)",
    "normal": f"{SMALL_STD}",
    "unit-normal": "1",
    "zeros": "0",
}
"""The standard deviation of the weights that lead from n units to m units."""


# Loss

CROSS_ENTROPY_LINES: Lines = [
    "z = z - z.max(axis=1, keepdims=True)  # changes nothing, and no exp can overflow",
    "total = np.exp(z).sum(axis=1, keepdims=True)",
    "return np.log(total[:, 0]) - (y * z).sum(axis=1), np.exp(z) / total - y",
]
BINARY_LINES: Lines = [
    f"a = {SIGMOID}  # the sigmoid; log(1 + exp(z)) is logaddexp(0, z)",
    "return (np.logaddexp(0, z) - y * z).sum(axis=1), a - y",
]
MSE_LINES: dict[str, Lines] = {
    "softmax": [
        "a = np.exp(z - z.max(axis=1, keepdims=True))",
        "a /= a.sum(axis=1, keepdims=True)",
        "g = 2 / K * (a - y)  # dC/da",
        "return ((a - y) ** 2).mean(axis=1), a * (g - (g * a).sum(axis=1, keepdims=True))",
    ],
    "sigmoid": [
        SIGMOID_LINE,
        "return ((a - y) ** 2).mean(axis=1), 2 / K * (a - y) * a * (1 - a)",
    ],
    "tanh": [
        "a = np.tanh(z)",
        "return ((a - y) ** 2).mean(axis=1), 2 / K * (a - y) * (1 - a**2)",
    ],
    "identity": ["return ((z - y) ** 2).mean(axis=1), 2 / K * (z - y)"],
}
LOSS_LINES: dict[str, Callable[[str], Lines]] = {
    "cross-entropy": lambda output: CROSS_ENTROPY_LINES,
    "binary-cross-entropy": lambda output: BINARY_LINES,
    "mse": lambda output: MSE_LINES[output],
}
"""From z of the last layer and the targets y, the loss of each sample and dC/dz, by output."""


# Training


class OptimizerLines(NamedTuple):
    """How a parameter p follows its gradient g.

    state : what the next step needs to know of p: its velocity v, or the running means m and s
        of its gradient and of the square
    """

    state: tuple[str, ...]
    step: Lines


ADAM = OptimizerLines(
    ("m", "s"),
    [
        f"m += {1 - Adam.beta1:g} * (g - m)",
        f"s += {1 - Adam.beta2:g} * (g * g - s)",
        f"p -= eta * m / (1 - {Adam.beta1}**t) / "
        f"(np.sqrt(s / (1 - {Adam.beta2}**t)) + {_scientific(Adam.epsilon)})",
    ],
)
WEIGHT_DECAY_LINE = "p *= 1 - eta * WEIGHT_DECAY * (p.ndim == 2)  # weights shrink, biases do not"
OPTIMIZER_LINES: dict[str, OptimizerLines] = {
    "sgd": OptimizerLines((), ["p -= eta * g"]),
    "momentum": OptimizerLines(("v",), ["v *= MOMENTUM", "v += g", "p -= eta * v"]),
    "nesterov": OptimizerLines(
        ("v",), ["v *= MOMENTUM", "v += g", "p -= eta * (g + MOMENTUM * v)"]
    ),
    "rmsprop": OptimizerLines(
        ("s",),
        [
            f"s += {1 - RMSProp.rho:g} * (g * g - s)",
            f"p -= eta * g / (np.sqrt(s) + {_scientific(RMSProp.epsilon)})",
        ],
    ),
    "adam": ADAM,
    "adamw": OptimizerLines(ADAM.state, [WEIGHT_DECAY_LINE, *ADAM.step]),
}


class ScheduleLines(NamedTuple):
    """How the learning rate changes.

    progress : a line that computes how far training is, {after} of {total} epochs; or nothing
    factor : what the learning rate is then multiplied by
    """

    progress: str
    factor: str


SCHEDULE_LINES: dict[str, ScheduleLines] = {
    "constant": ScheduleLines("", ""),
    "step": ScheduleLines("decays = {after} // DECAY_EVERY", " * DECAY**decays"),
    "exponential": ScheduleLines("decays = {after} / DECAY_EVERY", " * DECAY**decays"),
    "cosine": ScheduleLines(
        "angle = np.pi / 2 * {after} / {total}", " * float(np.cos(angle)) ** 2"
    ),
}


# Data

SCALING_LINES: dict[str, Lines] = {
    "pixel": ["X = np.float32(X) / {maximum}"],
    "z-score": [
        "mean, spread = X[training].mean(axis=0), X[training].std(axis=0)",
        "X = np.float32((X - mean) / np.where(spread > 0, spread, 1))",
    ],
    "z-score-global": ["X = np.float32((X - X[training].mean()) / (X[training].std() or 1))"],
}


FEATURE_LINES = {
    "x1": "x1",
    "x2": "x2",
    "x1x1": "x1**2",
    "x2x2": "x2**2",
    "x1x2": "x1 * x2",
    "sin-x1": "np.sin(2 * np.pi * x1)",
    "sin-x2": "np.sin(2 * np.pi * x2)",
}
"""A feature of points in the plane."""

CURVE_LINES = {
    "sine": "0.6 * np.sin(2 * np.pi * x)",
    "parabola": "1.5 * x**2 - 0.75",
    "cubic": "2.4 * x**3 - 1.6 * x",
    "absolute-value": "1.5 * np.abs(x) - 0.75",
    "step": "np.where(x > 0, 0.5, -0.5)",
}
"""f(x) of a curve between two classes."""

LABEL_NOISE_LINES: Lines = [
    "rows = rng.choice(POINTS, round(LABEL_NOISE * POINTS), replace=False)  # get another class",
    "labels[rows] = (labels[rows] + rng.integers(1, {n}, len(rows))) % {n}",
]
"""With {n} for the number of classes."""


class ToyLines(NamedTuple):
    """How points in the plane are drawn.

    drawn : lines that come first, with {curve} for f(x)
    points : where they are before noise moves them
    n_classes : of which each has as many points
    """

    drawn: Lines
    points: str
    n_classes: str = "2"


ON_CIRCLE = "np.c_[r * np.cos(angle), r * np.sin(angle)]"
TOY_LINES: dict[str, ToyLines] = {
    "linear": ToyLines(
        [
            "x, side = rng.uniform(-1, 1, (POINTS, 2)), (2 * labels - 1)[:, np.newaxis]",
            "is_there = (x.sum(axis=1) > 0) == labels",
        ],
        f"np.where(is_there[:, np.newaxis], x, -x) + {GAP} * side",
    ),
    "xor": ToyLines(
        [
            "side = rng.choice([-1.0, 1.0], POINTS)",
            "signs = np.stack([side, np.where(labels == 0, side, -side)], axis=1)",
        ],
        "signs * rng.uniform(0, 1, (POINTS, 2))",
    ),
    "circles": ToyLines(
        ["angle, r = rng.uniform(0, 2 * np.pi, POINTS), 1 - 0.5 * labels"],
        ON_CIRCLE,
    ),
    "moons": ToyLines(
        [
            "angle = rng.uniform(0, np.pi, POINTS)",
            "arc = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)",
        ],
        "arc * (1 - 2 * labels)[:, np.newaxis]",
    ),
    "spirals": ToyLines(
        ["r = np.sqrt(rng.uniform(0.01, 1, POINTS))", "angle = 3 * np.pi * r + np.pi * labels"],
        ON_CIRCLE,
    ),
    "blobs": ToyLines(
        ["angle, r = 2 * np.pi * labels / POINT_CLASSES, 1"],
        ON_CIRCLE,
        n_classes="POINT_CLASSES",
    ),
    "curve": ToyLines(
        [
            "x, u = rng.uniform(-1, 1, POINTS), rng.uniform(0, 1, POINTS)",
            "y = {curve}",
        ],
        "np.stack([x, y + u * (2 * labels - 1 - y)], axis=1)",
    ),
}
