"""Each damage does what it says, as much as is asked for, and leaves images that are images."""

import numpy as np
import pytest

from data.augmentation import Floats
from data.corruption import CORRUPTIONS, Corruption, ImageKind, Unit, corrupt, gaussian

LARGE, SMALL = ImageKind((28, 28), 255.0), ImageKind((8, 8), 16.0)
EACH = pytest.mark.parametrize("corruption", CORRUPTIONS.values(), ids=lambda each: each.name)
KINDS = pytest.mark.parametrize("kind", [LARGE, SMALL, ImageKind((5, 9), 1.0)])


def random_images(kind: ImageKind, n: int = 30) -> Floats:
    images = np.random.default_rng(0).random((n, kind.shape[0] * kind.shape[1]), np.float32)
    return images * np.float32(kind.maximum)


def damaged(name: str, strength: float, image: np.ndarray, kind: ImageKind = LARGE) -> Floats:
    return corrupt(image.reshape(1, -1), kind, CORRUPTIONS[name], strength)[0].reshape(kind.shape)


def blob(sigma: float = 2.0) -> Floats:
    """Return an image with a round spot in its middle."""
    distances = np.square(np.indices(LARGE.shape) - 13.5).sum(axis=0)
    return (200 * np.exp(-distances / (2 * sigma**2))).astype(np.float32)


def center_and_spread(image: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the center of mass, and the root mean square distance to it along an axis."""
    places, total = np.indices(image.shape), image.sum(dtype=float)
    center = (places * image).sum(axis=(1, 2)) / total
    squares = np.square(places - center[:, None, None]) * image
    return center, float(np.sqrt(squares.sum() / total / 2))


@EACH
@KINDS
def test_a_strength_of_0_leaves_every_bit(corruption: Corruption, kind: ImageKind) -> None:
    images = random_images(kind)
    np.testing.assert_array_equal(corrupt(images, kind, corruption, 0), images)


@EACH
@KINDS
def test_values_stay_between_blank_and_the_maximum(corruption: Corruption, kind: ImageKind) -> None:
    images = random_images(kind)
    before = images.copy()
    for strength in corruption.limits(kind):
        after = corrupt(images, kind, corruption, strength)
        assert (after.shape, after.dtype) == (images.shape, np.float32)
        assert 0 <= after.min() <= after.max() <= kind.maximum
        assert np.array_equal(after, images) == (strength == 0)
    np.testing.assert_array_equal(images, before)


@EACH
def test_only_what_has_chance_depends_on_the_seed(corruption: Corruption) -> None:
    images, highest = random_images(LARGE), corruption.limits(LARGE)[1]
    first, again, other = (
        corrupt(images, LARGE, corruption, highest / 2, seed=seed) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert np.array_equal(first, other) is not corruption.has_chance


@EACH
def test_bytes_are_damaged_like_numbers(corruption: Corruption) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 784), np.uint8)
    highest = corruption.limits(LARGE)[1]
    as_bytes, as_numbers = (
        corrupt(each, LARGE, corruption, highest) for each in (pixels, pixels.astype(float))
    )
    np.testing.assert_array_equal(as_bytes, as_numbers)


def test_a_shift_is_so_many_pixels_long() -> None:
    center, _ = center_and_spread(damaged("shift", 3.0, blob()))
    assert np.linalg.norm(center - 13.5) == pytest.approx(3, abs=0.01)


def test_a_rotation_is_counterclockwise_and_back_again_below_0() -> None:
    image = np.zeros((28, 28), np.float32)
    image[5:9, 3:20] = 100
    np.testing.assert_allclose(damaged("rotation", 90, image), np.rot90(image), atol=1e-3)
    np.testing.assert_allclose(damaged("rotation", -90, image), np.rot90(image, -1), atol=1e-3)


@pytest.mark.parametrize("percent", [-40, 50])
def test_scale_is_in_percent_around_the_center(percent: float) -> None:
    center, spread = center_and_spread(damaged("scale", percent, blob()))
    np.testing.assert_allclose(center, 13.5, atol=1e-3)
    assert spread == pytest.approx(2 * (1 + percent / 100), rel=0.04)


def test_noise_has_its_standard_deviation() -> None:
    noisy = damaged("noise", 10, np.full(784, 127.5))
    assert noisy.std() == pytest.approx(25.5, rel=0.1)
    assert noisy.mean() == pytest.approx(127.5, rel=0.05)


def test_blur_spreads_a_point_and_keeps_its_ink() -> None:
    point = np.zeros((28, 28), np.float32)
    point[14, 14] = 255
    blurred = damaged("blur", 1.5, point)
    center, spread = center_and_spread(blurred)
    np.testing.assert_allclose(center, 14, atol=1e-3)
    assert spread == pytest.approx(1.5, rel=1e-3)
    assert blurred.sum() == pytest.approx(255, rel=1e-4)


def test_a_gaussian_loses_ink_at_the_edge_alone() -> None:
    sums = gaussian(28, 2.0).sum(axis=1)
    assert sums[14] == pytest.approx(1)
    assert 0.5 < sums[0] < 0.7


def test_a_square_of_that_side_is_gray() -> None:
    covered = damaged("occlusion", 6, np.zeros(784))
    assert np.count_nonzero(covered == 127.5) == 36
    assert np.count_nonzero(covered) == 36


def test_contrast_shrinks_around_the_mean_until_all_is_gray() -> None:
    image = blob()
    half, none = (damaged("contrast", strength, image) for strength in (50, 100))
    np.testing.assert_allclose(half, image.mean() + (image - image.mean()) / 2, rtol=1e-4)
    np.testing.assert_allclose(none, image.mean(), rtol=1e-4)


def test_limits_in_pixels_grow_with_the_image() -> None:
    limits = {unit: set() for unit in Unit}
    for corruption in CORRUPTIONS.values():
        for kind in (LARGE, SMALL):
            low, high = corruption.limits(kind)
            assert low == (-high if corruption.is_signed else 0)
            limits[corruption.unit].add(high)
    assert limits[Unit.PIXELS] == {7, 2, 3.5, 1, 21, 6}
    assert limits[Unit.DEGREES] == {90}
    assert limits[Unit.PERCENT] == {60, 100}


def test_steps_are_fine_enough_for_each_kind_of_image() -> None:
    steps = {
        (name, kind.shape): CORRUPTIONS[name].step(kind)
        for name in ("shift", "blur", "noise")
        for kind in (LARGE, SMALL)
    }
    assert list(steps.values()) == [0.25, 0.1, 0.1, 0.05, 1, 1]


@pytest.mark.parametrize("strength", [-1, 7.5, float("nan"), float("inf")])
def test_another_strength_is_refused(strength: float) -> None:
    message = rf"The strength of 'Shift' is from 0 to 7 pixels, not {strength:g}\. Choose one in"
    with pytest.raises(ValueError, match=message):
        corrupt(random_images(LARGE), LARGE, CORRUPTIONS["shift"], strength)


def test_images_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(30, 64\); expected is \(n_images, 784\)"):
        corrupt(random_images(SMALL), LARGE, CORRUPTIONS["blur"], 1)


def test_every_damage_says_what_it_does() -> None:
    assert all(each.title and each.meaning.endswith(".") for each in CORRUPTIONS.values())
    assert [each.name for each in CORRUPTIONS.values()] == list(CORRUPTIONS)
