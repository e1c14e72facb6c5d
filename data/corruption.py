"""Images damaged on purpose, more and more, to see when a network no longer reads them.

Augmentation makes many different training images; here, all images are damaged in one way and
with one strength. Only what has no strength, such as the direction of a shift, is random.

Source of the idea: D. Hendrycks and T. Dietterich, Benchmarking neural network robustness to
common corruptions and perturbations, ICLR 2019.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from data.augmentation import (
    Floats,
    add_noise,
    affine_coefficients,
    coordinates,
    in_rectangles,
    read_at,
)

Images = npt.NDArray[np.uint8 | np.floating[Any]]

STEPS = (1.0, 0.25, 0.1, 0.05, 0.01)
FEWEST_STEPS = 20


class Unit(StrEnum):
    """What the strength of a damage is measured in."""

    PIXELS = "pixels"
    DEGREES = "degrees"
    PERCENT = "%"
    GRAY_LEVELS = "gray levels"


class ImageKind(NamedTuple):
    """What has to be known of images.

    shape : (height, width) in pixels
    maximum : the largest value of a pixel; the smallest is 0, blank
    """

    shape: tuple[int, int]
    maximum: float


@dataclass(frozen=True)
class Damage:
    """A way to damage images, and how strong it may be; 0 leaves them as they are.

    Attributes
    ----------
    name : how it is called in code
    title : how it is called on the screen
    meaning : what it does, in a sentence or two
    unit : of its strength
    highest : the largest strength: a share of the shorter side of the image where it is in
        pixels, a share of the maximum where it is in gray levels
    is_signed : whether the strength may be below 0 as well, down to -highest
    has_chance : whether something is drawn at random, so that it can be drawn anew
    """

    name: str
    title: str
    meaning: str
    unit: Unit
    highest: float
    is_signed: bool = False
    has_chance: bool = False

    def limits(self, kind: ImageKind) -> tuple[float, float]:
        """Return the lowest and the highest strength for images of a kind."""
        factors = {Unit.PIXELS: float(min(kind.shape)), Unit.GRAY_LEVELS: kind.maximum}
        highest = self.highest * factors.get(self.unit, 1.0)
        return -highest if self.is_signed else 0.0, highest

    def step(self, kind: ImageKind) -> float:
        """Return by how much to change the strength: at least twenty steps to the highest."""
        highest = self.limits(kind)[1]
        return next((step for step in STEPS if highest / step >= FEWEST_STEPS), STEPS[-1])

    def check(self, strength: float, kind: ImageKind) -> float:
        """Return a strength, if it is one.

        Raises
        ------
        ValueError : unless it is a number within the limits
        """
        low, high = self.limits(kind)
        if not low <= strength <= high:  # nor is NaN
            raise ValueError(
                f"The strength of '{self.title}' is from {low:g} to {high:g} {self.unit}, "
                f"not {strength:g}. Choose one in between."
            )
        return strength


Apply = Callable[[Floats, ImageKind, float, np.random.Generator], Floats]


@dataclass(frozen=True)
class Corruption(Damage):
    """A damage that knows nothing of the network.

    Attributes
    ----------
    apply : (images, kind, strength, rng) -> damaged images; may change those it gets,
        (n_images, n_pixels), and is not asked for a strength of 0
    """

    apply: Apply = lambda images, kind, strength, rng: images


def corrupt(
    images: Images, kind: ImageKind, corruption: Corruption, strength: float, *, seed: int = 0
) -> Floats:
    """Return damaged images, (n_images, n_pixels), with values from 0 to the maximum.

    With one seed, an image in one place is damaged alike, only more or less, whatever the
    strength: noise keeps its pattern, a square its place.

    Parameters
    ----------
    images : (n_images, n_pixels), unchanged
    strength : in the unit of the corruption; 0 leaves the images as they are

    Raises
    ------
    ValueError : if the images are not of that kind, or there is no such strength
    """
    n_pixels = math.prod(kind.shape)
    if images.ndim != 2 or images.shape[1] != n_pixels:
        raise ValueError(
            f"The images have the shape {images.shape}; expected is (n_images, {n_pixels}), for "
            f"images of {kind.shape[0]} x {kind.shape[1]} pixels. Give their own height and width."
        )
    copy = images.astype(np.float32)
    if corruption.check(strength, kind) == 0:
        return copy
    damaged = corruption.apply(copy, kind, strength, np.random.default_rng(seed))
    return np.clip(damaged, 0, kind.maximum, out=damaged)


def _shift(images: Floats, kind: ImageKind, strength: float, rng: np.random.Generator) -> Floats:
    """Move each image by so many pixels, in a direction of its own."""
    direction = rng.uniform(0, 2 * np.pi, len(images))
    shift = strength * np.stack([np.sin(direction), np.cos(direction)])
    return _moved(images, kind, shift=shift)


def _rotation(images: Floats, kind: ImageKind, strength: float, rng: np.random.Generator) -> Floats:
    return _moved(images, kind, rotation=strength)


def _scale(images: Floats, kind: ImageKind, strength: float, rng: np.random.Generator) -> Floats:
    return _moved(images, kind, zoom=1 + strength / 100)


def _moved(
    images: Floats,
    kind: ImageKind,
    *,
    shift: npt.NDArray[np.float64] | float = 0.0,
    rotation: float = 0.0,
    zoom: float = 1.0,
) -> Floats:
    """Return images read at other positions, as in augmentation; what comes in is blank."""
    n = len(images)
    shifts, zooms = np.broadcast_to(shift, (2, n)), np.full((2, n), zoom)
    affine = affine_coefficients(kind.shape, shifts, np.full(n, rotation), np.zeros(n), zooms)
    read_at(images, kind.shape, affine, coordinates(kind.shape))
    return images


def _noise(images: Floats, kind: ImageKind, strength: float, rng: np.random.Generator) -> Floats:
    add_noise(images, kind.maximum, strength / 100, rng)
    return images


def _blur(images: Floats, kind: ImageKind, strength: float, rng: np.random.Generator) -> Floats:
    """Return G image H, with the Gaussians G of the rows and H of the columns."""
    down, right = (gaussian(size, strength) for size in kind.shape)
    blurred: Floats = np.matmul(down, images.reshape(-1, *kind.shape)) @ right
    return blurred.reshape(images.shape)


def gaussian(size: int, sigma: float) -> Floats:
    """Return G_ij = exp(-(i - j)^2 / (2 sigma^2)) / sum over all whole numbers, (size, size).

    What is blurred over the edge of an image is lost, as outside of it all is blank.
    """
    reach = max(size, math.ceil(6 * sigma))
    weights = np.exp(-np.square(np.arange(-reach, reach + 1)) / (2 * sigma**2))
    distances = np.subtract.outer(np.arange(size), np.arange(size))
    matrix: Floats = (weights[distances + reach] / weights.sum()).astype(np.float32)
    return matrix


def _occlusion(
    images: Floats, kind: ImageKind, strength: float, rng: np.random.Generator
) -> Floats:
    """Cover a square of each image, all of it inside, with a medium gray.

    Source: M. Zeiler and R. Fergus, Visualizing and understanding convolutional networks (2014).
    """
    places = rng.random((2, len(images)))
    covered = in_rectangles(kind.shape, np.full((2, len(images)), strength), places)
    images[covered] = kind.maximum / 2
    return images


def _contrast(images: Floats, kind: ImageKind, strength: float, rng: np.random.Generator) -> Floats:
    """Return m + (1 - strength) (x - m), with the mean m of each image."""
    means: Floats = images.mean(axis=1, keepdims=True)
    images -= means
    images *= np.float32(1 - strength / 100)
    images += means
    return images


CORRUPTIONS: dict[str, Corruption] = {
    each.name: each
    for each in (
        Corruption(
            "shift",
            "Shift",
            "Moves the image by so many pixels, in a direction at random.",
            Unit.PIXELS,
            0.25,
            has_chance=True,
            apply=_shift,
        ),
        Corruption(
            "rotation",
            "Rotation",
            "Turns the image around its center, counterclockwise above 0.",
            Unit.DEGREES,
            90.0,
            is_signed=True,
            apply=_rotation,
        ),
        Corruption(
            "scale",
            "Scale",
            "Enlarges the image around its center, or shrinks it below 0.",
            Unit.PERCENT,
            60.0,
            is_signed=True,
            apply=_scale,
        ),
        Corruption(
            "noise",
            "Noise",
            "Adds normal noise to each pixel, its standard deviation in percent of the largest "
            "value. What would be below 0 or above that is cut off.",
            Unit.PERCENT,
            100.0,
            has_chance=True,
            apply=_noise,
        ),
        Corruption(
            "blur",
            "Blur",
            "Smooths the image by a Gaussian; the strength is its standard deviation.",
            Unit.PIXELS,
            0.125,
            apply=_blur,
        ),
        Corruption(
            "occlusion",
            "Occlusion",
            "Covers a square with medium gray, at a random place; the strength is its side.",
            Unit.PIXELS,
            0.75,
            has_chance=True,
            apply=_occlusion,
        ),
        Corruption(
            "contrast",
            "Contrast",
            "Brings each pixel nearer to the mean of its image; at 100 % all are the same gray.",
            Unit.PERCENT,
            100.0,
            apply=_contrast,
        ),
    )
}
"""The damages that know nothing of the network, by name: a new one is one entry."""
