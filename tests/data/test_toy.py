"""The sets of points in the plane."""

import numpy as np
import pytest

from data.toy import (
    CURVES,
    GAP,
    blobs,
    circles,
    curve,
    draw_points,
    linear,
    moons,
    spirals,
    with_label_noise,
    xor,
)

TOYS = {draw.__name__: draw for draw in (blobs, xor, circles, moons, spirals, linear, curve)}


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


def test_a_line_with_a_gap_separates_the_classes_of_linear() -> None:
    X, labels = draw(linear)
    sums = X.sum(axis=1)
    np.testing.assert_array_equal(labels, sums > 0)
    assert np.abs(sums).min() >= 2 * GAP - 1e-6
    assert np.abs(X).max() <= 1 + GAP


@pytest.mark.parametrize("boundary", CURVES)
def test_the_class_of_a_curve_is_whether_a_point_lies_above_it(boundary: str) -> None:
    X, labels = curve(600, 0.0, np.random.default_rng(0), boundary)
    height = CURVES[boundary].value(X[:, 0].astype(np.float64))
    is_clear = np.abs(X[:, 1] - height) > 1e-6  # single precision has moved the others
    assert is_clear.mean() > 0.99
    np.testing.assert_array_equal(labels[is_clear], (X[:, 1] > height)[is_clear])
    assert np.abs(X).max() <= 1
    assert np.abs(height).max() < 1


def test_each_curve_says_its_formula() -> None:
    assert all(each.formula.startswith("x₂ = ") for each in CURVES.values())
    middle, right = np.zeros(1), np.array([0.25])
    assert CURVES["sine"].value(right) == pytest.approx(0.6)
    assert CURVES["parabola"].value(middle) == CURVES["absolute-value"].value(middle) == -0.75
    assert CURVES["cubic"].value(np.ones(1)) == pytest.approx(0.8)
    assert CURVES["step"].value(np.array([-1.0, 1.0])).tolist() == [-0.5, 0.5]


def test_label_noise_gives_a_share_of_the_points_another_class() -> None:
    labels = np.arange(600) % 3
    noisy = with_label_noise(labels, 0.25, 3, np.random.default_rng(0))
    assert (noisy != labels).sum() == 150
    moved = (noisy - labels)[noisy != labels] % 3
    assert 50 < (moved == 1).sum() < 100  # each other class is as likely
    np.testing.assert_array_equal(labels, np.arange(600) % 3)


def test_label_noise_leaves_the_points_where_they_are() -> None:
    plain, clean = draw(moons, noise=0.1), draw_points(moons, 600, 0.1, 0.0, seed=0)
    noisy = draw_points(moons, 600, 0.1, 0.2, seed=0)
    for drawn in (clean, noisy):
        np.testing.assert_array_equal(drawn[0], plain[0])
    np.testing.assert_array_equal(clean[1], plain[1])
    assert (noisy[1] != plain[1]).sum() == 120
