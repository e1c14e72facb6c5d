"""What a network may be given of a point in the plane, besides its two coordinates.

With the right features, a single-layer perceptron separates what it cannot separate by x₁ and
x₂: a circle is a line in the plane of x₁² and x₂².
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Coordinate: TypeAlias = npt.NDArray[np.float32]
"""x₁ or x₂ of each point, (n_points,)."""


@dataclass(frozen=True)
class PlaneFeature:
    """A number that follows from the place of a point.

    Attributes
    ----------
    name : in a link and in a config
    label : on the screen
    value : its function of x₁ and x₂
    """

    name: str
    label: str
    value: Callable[[Coordinate, Coordinate], Coordinate]


PLANE_FEATURES: dict[str, PlaneFeature] = {
    feature.name: feature
    for feature in (
        PlaneFeature("x1", "x₁", lambda x1, x2: x1),
        PlaneFeature("x2", "x₂", lambda x1, x2: x2),
        PlaneFeature("x1x1", "x₁²", lambda x1, x2: x1 * x1),
        PlaneFeature("x2x2", "x₂²", lambda x1, x2: x2 * x2),
        PlaneFeature("x1x2", "x₁x₂", lambda x1, x2: x1 * x2),
        # From -1 to 1, where the points are, sin x alone would be nearly a line.
        PlaneFeature("sin-x1", "sin 2πx₁", lambda x1, x2: np.sin(2 * np.pi * x1)),
        PlaneFeature("sin-x2", "sin 2πx₂", lambda x1, x2: np.sin(2 * np.pi * x2)),
    )
}

COORDINATES = ("x1", "x2")  # the features that are the point itself


def plane_features(X: npt.NDArray[Any], names: Iterable[str]) -> npt.NDArray[np.float32]:
    """Return features of points in the plane, (n_points, n_names).

    Parameters
    ----------
    X : (n_points, 2)
    names : of features in `PLANE_FEATURES`
    """
    x1, x2 = X.astype(np.float32).T
    columns = [PLANE_FEATURES[name].value(x1, x2) for name in names]
    return np.stack(columns, axis=1, dtype=np.float32)
