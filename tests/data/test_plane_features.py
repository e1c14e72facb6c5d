"""Features of points in the plane."""

import numpy as np
import pytest

from data.plane_features import COORDINATES, PLANE_FEATURES, plane_features

X = np.array([[0.5, -1.0], [-0.25, 2.0]], np.float32)
VALUES = {
    "x1": [0.5, -0.25],
    "x2": [-1, 2],
    "x1x1": [0.25, 0.0625],
    "x2x2": [1, 4],
    "x1x2": [-0.5, -0.5],
    "sin-x1": [0, -1],
    "sin-x2": [0, 0],
}


def test_each_feature_is_its_function_of_the_coordinates() -> None:
    features = plane_features(X, PLANE_FEATURES)
    np.testing.assert_allclose(features, np.transpose(list(VALUES.values())), atol=1e-5)
    assert VALUES.keys() == PLANE_FEATURES.keys()
    assert all(each.name == name for name, each in PLANE_FEATURES.items())


def test_the_coordinates_are_the_points_themselves() -> None:
    np.testing.assert_array_equal(plane_features(X, COORDINATES), X)


@pytest.mark.parametrize("kind", [np.uint8, np.float64])
def test_features_are_single_precision_whatever_the_points_are(kind: type) -> None:
    features = plane_features(np.full((3, 2), 20, kind), ["x1x2"])
    assert (features.shape, features.dtype) == ((3, 1), np.float32)
    assert features[0, 0] == 400
