"""Points in the plane: sets small enough to see what a network makes of them.

Each function draws points and their classes. The classes alternate from row to row, so all
are equally large, and each block of rows holds all of them. Both coordinates of a point are
then moved by Gaussian noise with the standard deviation `noise`.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Points: TypeAlias = tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]
"""X, (n_samples, 2), and the class of each point, (n_samples,)."""

DrawPoints: TypeAlias = Callable[..., Points]
"""A function of the number of samples, the noise and the source of randomness; some take more."""

GAP = 0.1  # by which both coordinates of a point of `linear` are moved away from the line


class Curve(NamedTuple):
    """A curve x_2 = f(x_1) over -1 <= x_1 <= 1, with |f| < 1.

    Attributes
    ----------
    formula : as it is written
    value : f, of an array
    """

    formula: str
    value: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]


CURVES: dict[str, Curve] = {
    "sine": Curve("x₂ = 0.6 sin 2πx₁", lambda x: 0.6 * np.sin(2 * np.pi * x)),
    "parabola": Curve("x₂ = 1.5x₁² − 0.75", lambda x: 1.5 * x**2 - 0.75),
    "cubic": Curve("x₂ = 2.4x₁³ − 1.6x₁", lambda x: 2.4 * x**3 - 1.6 * x),
    "absolute-value": Curve("x₂ = 1.5|x₁| − 0.75", lambda x: 1.5 * np.abs(x) - 0.75),
    "step": Curve("x₂ = 0.5 for x₁ > 0, else −0.5", lambda x: np.where(x > 0, 0.5, -0.5)),
}


def draw_points(
    draw: DrawPoints, n_samples: int, noise: float, label_noise: float, seed: int, **options: Any
) -> Points:
    """Draw points, and give some of them another class.

    Parameters
    ----------
    draw : one of the functions below
    label_noise : the share of the points that get another class
    options : what `draw` takes besides
    """
    rng = np.random.default_rng(seed)
    X, labels = draw(n_samples, noise, rng, **options)
    n_classes = int(labels.max()) + 1
    return X, with_label_noise(labels, label_noise, n_classes, rng)


def with_label_noise(
    labels: npt.NDArray[np.intp], share: float, n_classes: int, rng: np.random.Generator
) -> npt.NDArray[np.intp]:
    """Return labels, (n_samples,), of which a share is another class, each as likely.

    These are so many samples, rounded, drawn without replacement.
    """
    noisy = labels.copy()
    rows = rng.choice(len(labels), round(share * len(labels)), replace=False)
    noisy[rows] = (labels[rows] + rng.integers(1, n_classes, len(rows))) % n_classes
    return noisy


def linear(n_samples: int, noise: float, rng: np.random.Generator) -> Points:
    """Two classes on either side of the line x_1 + x_2 = 0: class = [x_1 + x_2 > 0].

    x_i ~ U(-1, 1), and then both coordinates are moved by 0.1 away from the line, so that there
    is a gap. A single-layer perceptron separates them.
    """
    labels = _alternating_labels(n_samples, 2)
    X = rng.uniform(-1, 1, (n_samples, 2))
    is_there = (X.sum(axis=1) > 0) == labels
    X = np.where(is_there[:, np.newaxis], X, -X) + GAP * (2 * labels - 1)[:, np.newaxis]
    return _with_noise(X, noise, rng), labels


def curve(n_samples: int, noise: float, rng: np.random.Generator, boundary: str = "sine") -> Points:
    """Two classes below and above a curve: class = [x_2 > f(x_1)], with x_1 ~ U(-1, 1).

    x_2 = f(x_1) + u (e - f(x_1)), with u ~ U(0, 1) and e = 1 above the curve, -1 below it.

    Parameters
    ----------
    boundary : the name of the curve in `CURVES`
    """
    labels = _alternating_labels(n_samples, 2)
    x = rng.uniform(-1, 1, n_samples)
    height = CURVES[boundary].value(x)
    up = height + rng.uniform(0, 1, n_samples) * (2 * labels - 1 - height)
    return _with_noise(np.stack([x, up], axis=1), noise, rng), labels


def blobs(n_samples: int, noise: float, rng: np.random.Generator, n_classes: int = 3) -> Points:
    """Clouds around points on the unit circle: x = (cos a, sin a), a = 2 pi class / n_classes.

    Only the noise spreads them. One line between each two classes separates them.
    """
    labels = _alternating_labels(n_samples, n_classes)
    angles = 2 * np.pi * labels / n_classes
    return _with_noise(_on_circle(1.0, angles), noise, rng), labels


def xor(n_samples: int, noise: float, rng: np.random.Generator) -> Points:
    """Opposite quadrants belong together: class = [x_1 x_2 < 0], with |x_i| ~ U(0, 1).

    No line separates them, and so no single-layer perceptron does (Minsky and Papert, 1969).
    """
    labels = _alternating_labels(n_samples, 2)
    side = rng.choice([-1.0, 1.0], n_samples)
    signs = np.stack([side, np.where(labels == 0, side, -side)], axis=1)  # (n_samples, 2)
    return _with_noise(signs * rng.uniform(0, 1, signs.shape), noise, rng), labels


def circles(n_samples: int, noise: float, rng: np.random.Generator) -> Points:
    """One ring within another: x = r (cos a, sin a), a ~ U(0, 2 pi), r = 1 or 1/2."""
    labels = _alternating_labels(n_samples, 2)
    angles = rng.uniform(0, 2 * np.pi, n_samples)
    return _with_noise(_on_circle(1 - 0.5 * labels, angles), noise, rng), labels


def moons(n_samples: int, noise: float, rng: np.random.Generator) -> Points:
    """Two half circles, each reaching into the other, with a ~ U(0, pi).

    x = (cos a - 1/2, sin a - 1/4) for class 0, and the same turned by pi for class 1.
    """
    labels = _alternating_labels(n_samples, 2)
    arc = _on_circle(1.0, rng.uniform(0, np.pi, n_samples)) - [0.5, 0.25]
    return _with_noise(arc * (1 - 2 * labels[:, np.newaxis]), noise, rng), labels


def spirals(n_samples: int, noise: float, rng: np.random.Generator) -> Points:
    """Two arms, wound one and a half times: x = r (cos a, sin a), a = 3 pi r + pi class.

    r^2 ~ U(0.01, 1), so that the points lie equally dense along an arm; after K. Lang and
    M. Witbrock, Learning to tell two spirals apart (1988).
    """
    labels = _alternating_labels(n_samples, 2)
    radii = np.sqrt(rng.uniform(0.01, 1, n_samples))
    return _with_noise(_on_circle(radii, 3 * np.pi * radii + np.pi * labels), noise, rng), labels


def _alternating_labels(n_samples: int, n_classes: int) -> npt.NDArray[np.intp]:
    """Return 0, 1, ..., 0, 1, ..., (n_samples,)."""
    return np.arange(n_samples, dtype=np.intp) % n_classes


def _on_circle(
    radius: float | npt.NDArray[np.floating[Any]], angles: npt.NDArray[np.floating[Any]]
) -> npt.NDArray[np.float64]:
    return np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)


def _with_noise(
    X: npt.NDArray[np.float64], noise: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    return (X + rng.normal(0, noise, X.shape)).astype(np.float32)
