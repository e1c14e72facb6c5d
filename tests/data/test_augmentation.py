"""Images are distorted as much as asked for, always alike, and read right between pixels."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.augmentation import (
    PIXELS_AT_ONCE,
    Augmentation,
    Distortions,
    Floats,
    Interpolation,
    distort,
    draw_positions,
    elastic_modes,
)
from data.scaling import SCALERS

SHAPE = (28, 28)
PIXEL_ROWS, PIXEL_COLUMNS = np.indices(SHAPE).reshape(2, -1)
AT_ONCE = PIXELS_AT_ONCE // 784
EVERYTHING = Distortions(1, 7.5, 0.1, 5, 1.38, 4, 0.1, 0.2)
EACH = [Distortions(**{field.name: field.default or 0.4}) for field in fields(Distortions)]


def pixels(n_images: int, n_pixels: int = 784) -> Floats:
    return np.random.default_rng(0).random((n_images, n_pixels), np.float32)


def distorted(images: Floats, distortions: Distortions, seed: int = 0) -> Floats:
    copy = images.copy()
    distort(copy, SHAPE, distortions, 1.0, np.random.default_rng(seed))
    return copy


def displacements(distortions: Distortions, n_images: int = 2000) -> Floats:
    """Return how far each pixel is from where it is taken, (2, n_images, n_pixels)."""
    drawn = draw_positions(n_images, SHAPE, distortions, np.random.default_rng(0))
    return np.matmul(*drawn) - np.stack([PIXEL_ROWS, PIXEL_COLUMNS])[:, np.newaxis]


def test_no_distortion_changes_no_bit() -> None:
    assert not Distortions()
    images = pixels(40)
    np.testing.assert_array_equal(distorted(images, Distortions()), images)
    assert not displacements(Distortions()).any()


@pytest.mark.parametrize("distortions", [*EACH, EVERYTHING], ids=str)
def test_images_stay_images_and_the_originals_as_they_are(distortions: Distortions) -> None:
    images = pixels(2 * AT_ONCE + 1)
    before = images.copy()
    after = Augmentation(SHAPE, distortions)(images, 1, 0)
    assert (after.shape, after.dtype) == (images.shape, np.float32)
    assert after.min() >= -1e-6
    assert after.max() <= 1 + 1e-6
    assert bool(distortions) == (not np.array_equal(after, before))
    np.testing.assert_array_equal(images, before)


def test_bytes_are_distorted_like_numbers() -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 784), np.uint8)
    augment = Augmentation(SHAPE, EVERYTHING, 255.0)
    as_bytes, as_numbers = (augment(each, 1, 0) for each in (images, images.astype(np.float64)))
    np.testing.assert_array_equal(as_bytes, as_numbers)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2 * AT_ONCE), st.floats(0.5, 20))
def test_images_of_every_shape_are_distorted(
    height: int, width: int, n_images: int, sigma: float
) -> None:
    distortions = Distortions(2, 180, 0.5, 45, 3, sigma, 0.5, 0.5)
    images = pixels(n_images, height * width)
    after = Augmentation((height, width), distortions)(images, 1, 0)
    assert after.shape == images.shape
    assert np.isfinite(after).all()


def test_images_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(3, 64\); expected is \(n_images, 784\)"):
        distorted(pixels(3, 64), EVERYTHING)


def test_the_seed_decides() -> None:
    images = pixels(50)
    one, same, other = (distorted(images, EVERYTHING, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("sigma", [1.0, 4.0, 12.0])
def test_an_elastic_field_moves_each_pixel_as_far_as_asked_for(sigma: float) -> None:
    moved = displacements(Distortions(elastic=1.38, elastic_sigma=sigma))
    assert np.sqrt(np.square(moved).mean()) == pytest.approx(1.38, rel=0.02)
    np.testing.assert_allclose(np.sqrt(np.square(moved).mean(axis=1)), 1.38, rtol=0.1)
    assert abs(moved.mean()) < 0.1


def test_neighbors_are_moved_alike_as_after_smoothing() -> None:
    moved = displacements(Distortions(elastic=1.0, elastic_sigma=4.0), 4000)
    rows = moved.reshape(-1, *SHAPE)
    for distance in (1, 4, 8):
        product = (rows[:, :, distance:] * rows[:, :, :-distance]).mean()
        assert product == pytest.approx(np.exp(-(distance**2) / 64), abs=0.03)


def test_few_patterns_make_up_a_smooth_field() -> None:
    modes = elastic_modes(SHAPE, 4.0)
    assert len(modes) < 50
    np.testing.assert_allclose(np.square(modes).sum(axis=0), 1, rtol=1e-5)


def test_shifts_are_even_and_no_farther_than_asked_for() -> None:
    moved = displacements(Distortions(shift=2.0))
    assert np.ptp(moved, axis=2).max() < 1e-5  # all pixels of an image alike
    shifts = moved[:, :, 0]
    assert np.abs(shifts).max() <= 2 + 1e-5
    np.testing.assert_allclose(shifts.mean(axis=1), 0, atol=0.1)
    np.testing.assert_allclose(shifts.std(axis=1), 2 / np.sqrt(3), rtol=0.05)


@pytest.mark.parametrize(
    ("distortions", "farthest"),
    [
        (Distortions(rotation=10), 2 * np.sin(np.radians(5)) * 13.5 * np.sqrt(2)),
        (Distortions(zoom=0.1), 13.5 * (1 / 0.9 - 1)),
        (Distortions(shear=10), 13.5 * np.tan(np.radians(10))),
    ],
    ids=str,
)
def test_affine_distortions_leave_the_center_where_it_is(
    distortions: Distortions, farthest: float
) -> None:
    moved = displacements(distortions)
    if distortions.rotation:
        moved = np.linalg.norm(moved, axis=0, keepdims=True)
    assert np.abs(moved).max() == pytest.approx(farthest, rel=0.02)
    middle = np.abs(PIXEL_ROWS - 13.5) + np.abs(PIXEL_COLUMNS - 13.5) == 1
    np.testing.assert_allclose(moved[:, :, middle].max(), 0, atol=0.2)


def test_a_shear_leaves_all_heights_as_they_are() -> None:
    rows, columns = displacements(Distortions(shear=10))
    np.testing.assert_allclose(rows, 0, atol=1e-5)
    assert np.abs(columns).max() > 1


def read_at(image: Floats, rows: Floats, columns: Floats) -> Floats:
    """Return one image, (height, width), read at positions, one for each of its pixels."""
    interpolation, result = Interpolation(1, image.shape), image.reshape(1, -1).copy()
    positions = np.stack([rows, columns]).reshape(2, 1, -1).astype(np.float32)
    interpolation.read(result, positions, np.eye(image.size, dtype=np.float32))
    return result[0]


def test_values_between_pixels_are_worked_out_by_hand() -> None:
    image = np.array([[1, 2], [3, 5]], np.float32)
    read = read_at(image, np.array([0.5, 0.25, 1, -0.5]), np.array([0.5, 1, 0, 0]))
    np.testing.assert_allclose(read, [2.75, 2.75, 3, 0.5])


def test_outside_of_an_image_it_is_blank() -> None:
    far = np.array([-1, -1e6, 2, 1e6])
    image = np.ones((2, 2), np.float32)
    assert not read_at(image, far, np.zeros(4)).any()
    assert not read_at(image, np.zeros(4), far).any()


def test_a_straight_line_of_gray_stays_straight() -> None:
    image = np.add.outer(np.arange(28), 2 * np.arange(28)).astype(np.float32)
    rows, columns = np.random.default_rng(0).uniform(0, 27, (2, 784))
    np.testing.assert_allclose(read_at(image, rows, columns), rows + 2 * columns, rtol=1e-4)


def test_noise_is_as_strong_as_asked_for() -> None:
    gray = np.full((200, 784), 0.5, np.float32)
    noise = distorted(gray, Distortions(noise=0.1)) - 0.5
    assert noise.std() == pytest.approx(0.1, rel=0.02)
    assert abs(noise.mean()) < 0.001


def test_a_rectangle_is_erased_up_to_the_share_asked_for() -> None:
    erased = distorted(np.ones((500, 784), np.float32), Distortions(erasing=0.3)) == 0
    shares = erased.mean(axis=1)
    assert 0.25 < shares.max() < 0.33
    assert shares.mean() == pytest.approx(0.15, abs=0.02)
    for image in erased.reshape(-1, *SHAPE):
        np.testing.assert_array_equal(image, image.any(axis=1)[:, np.newaxis] & image.any(axis=0))


def test_a_batch_is_always_distorted_alike_and_never_like_another() -> None:
    X, augment = pixels(20), Augmentation(SHAPE, EVERYTHING, seed=3)
    one = augment(X, 1, 0)
    np.testing.assert_array_equal(one, augment(X, 1, 0))
    for other in (augment(X, 2, 0), augment(X, 1, 1), Augmentation(SHAPE, EVERYTHING)(X, 1, 0)):
        assert not np.array_equal(one, other)


@pytest.mark.parametrize("name", SCALERS)
def test_scaled_images_are_distorted_like_those_that_were_scaled(name: str) -> None:
    images = 255 * pixels(30)
    scaler = SCALERS[name](images, 255.0)
    scaled = Augmentation(SHAPE, EVERYTHING, 255.0, 0, scaler)(scaler.transform(images), 1, 0)
    plain = Augmentation(SHAPE, EVERYTHING, 255.0)(images, 1, 0)
    np.testing.assert_allclose(scaler.restore(scaled), plain, atol=0.01)
