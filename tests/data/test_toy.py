"""The sets of points in the plane."""

import numpy as np
import pytest

from data.toy import blobs, circles, moons, spirals, xor

TOYS = {draw.__name__: draw for draw in (blobs, xor, circles, moons, spirals)}


def draw(toy, n_samples: int = 600, noise: float = 0.0, seed: int = 0):
    return toy(n_samples, noise, np.random.default_rng(seed))


@pytest.mark.parametrize("name", TOYS)
def test_points_are_single_precision_and_classes_equally_large(name: str) -> None:
    X, labels = draw(TOYS[name])
    assert X.shape == (600, 2)
    assert X.dtype == np.float32
    assert labels.shape == (600,)
    assert len(set(np.bincount(labels))) == 1


@pytest.mark.parametrize("name", TOYS)
def test_the_same_seed_gives_the_same_points(name: str) -> None:
    np.testing.assert_array_equal(draw(TOYS[name])[0], draw(TOYS[name])[0])
    assert not np.array_equal(draw(TOYS[name], noise=0.1, seed=1)[0], draw(TOYS[name])[0])


@pytest.mark.parametrize("name", TOYS)
def test_noise_moves_points_by_its_standard_deviation(name: str) -> None:
    quiet, noisy = draw(TOYS[name])[0], draw(TOYS[name], noise=0.1)[0]
    assert np.std(noisy - quiet) == pytest.approx(0.1, rel=0.1)


def test_the_class_of_xor_is_whether_the_signs_differ() -> None:
    X, labels = draw(xor)
    np.testing.assert_array_equal(labels, X[:, 0] * X[:, 1] < 0)
    assert np.abs(X).max() <= 1
    quadrants = np.unique(np.sign(X), axis=0, return_counts=True)[1]
    assert len(quadrants) == 4
    assert quadrants.min() > 100


def test_circles_have_the_radii_one_and_a_half() -> None:
    X, labels = draw(circles)
    np.testing.assert_allclose(np.hypot(*X.T), np.where(labels == 0, 1, 0.5), rtol=1e-6)


def test_moons_are_half_circles_turned_about_the_middle() -> None:
    X, labels = draw(moons)
    centre = np.where(labels == 0, 1, -1)[:, np.newaxis] * np.array([-0.5, -0.25])
    np.testing.assert_allclose(np.hypot(*(X - centre).T), 1, rtol=1e-6)
    upward = X[:, 1] - centre[:, 1]
    assert (upward[labels == 0] >= 0).all()
    assert (upward[labels == 1] <= 0).all()


def test_the_angle_of_a_spiral_grows_with_the_radius() -> None:
    X, labels = draw(spirals)
    radii = np.hypot(*X.T)
    unwound = np.arctan2(X[:, 1], X[:, 0]) - 3 * np.pi * radii - np.pi * labels
    np.testing.assert_allclose(np.cos(unwound), 1, atol=1e-5)
    assert radii.min() >= 0.1 - 1e-6
    assert radii.max() <= 1 + 1e-6


@pytest.mark.parametrize("n_classes", [3, 4, 7])
def test_blobs_lie_around_points_on_the_unit_circle(n_classes: int) -> None:
    X, labels = blobs(700, 0.1, np.random.default_rng(0), n_classes)
    centres = np.stack([X[labels == label].mean(axis=0) for label in range(n_classes)])
    angles = 2 * np.pi * np.arange(n_classes) / n_classes
    np.testing.assert_allclose(centres, np.stack([np.cos(angles), np.sin(angles)], 1), atol=0.05)
