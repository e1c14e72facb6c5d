"""Training images distorted anew in each epoch, so that a network learns what does not matter.

All that moves pixels, affine or elastic, is added up to one field of positions, and each image
is read once at these positions. What is outside an image is blank, 0, as around handwriting.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from data.scaling import Scaler

Floats = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]

PIXELS_AT_ONCE = 16 * 28 * 28  # what they need stays in the cache of a core
IMAGES_DRAWN_AT_ONCE = 512  # so that all images in one batch take little more memory
SHARE_OF_VARIANCE = 0.999  # of an elastic field: the rest would take as long again


@dataclass(frozen=True)
class Distortions:
    """How much images are distorted; 0 is not at all. Each image gets its own, at random.

    Attributes
    ----------
    shift : pixels, at most, in each of both directions
    rotation : degrees, at most, to either side
    zoom : how far height and width, each for itself, are from 1, at most
    shear : degrees by which upright strokes lean, at most, to either side
    elastic : pixels, the root mean square of the displacement in each of both directions
    elastic_sigma : pixels over which neighbors are displaced alike
    noise : its standard deviation, as a share of the largest value of a pixel
    erasing : share of the image that a blank rectangle covers, at most
    """

    shift: float = 0.0
    rotation: float = 0.0
    zoom: float = 0.0
    shear: float = 0.0
    elastic: float = 0.0
    elastic_sigma: float = 4.0
    noise: float = 0.0
    erasing: float = 0.0

    @property
    def moves_pixels(self) -> bool:
        """Whether any of them changes where a pixel is."""
        return any((self.shift, self.rotation, self.zoom, self.shear, self.elastic))

    def __bool__(self) -> bool:
        """Return whether there is any distortion at all."""
        return self.moves_pixels or any((self.noise, self.erasing))


DISTORTIONS = tuple(field.name for field in fields(Distortions))


@dataclass(frozen=True)
class Augmentation:
    """Distorts the batches of a training: the same batch of the same epoch always alike.

    It remembers nothing, so that a training can be continued anywhere, in any process.

    Attributes
    ----------
    image_shape : (height, width) in pixels
    distortions : how much
    maximum : the largest value of a pixel
    seed : decides on the random numbers, together with the epoch and the batch
    scaler : what was done to the images before training; None for nothing
    """

    image_shape: tuple[int, int]
    distortions: Distortions
    maximum: float = 1.0
    seed: int = 0
    scaler: Scaler | None = None

    def __call__(self, X: npt.NDArray[np.floating], epoch: int, batch: int) -> Floats:
        """Return the images of a batch distorted, scaled as they were.

        Parameters
        ----------
        X : (n_samples, height * width), unchanged
        epoch, batch : their numbers; the first batch of an epoch is 0
        """
        rng = np.random.default_rng((self.seed, epoch, batch))
        images = self.scaler.restore(X) if self.scaler else np.array(X, np.float32)
        for rows in _slices(len(images), IMAGES_DRAWN_AT_ONCE):
            distort(images[rows], self.image_shape, self.distortions, self.maximum, rng)
        return self.scaler.transform(images, out=images) if self.scaler else images


def distort(
    images: Floats,
    image_shape: tuple[int, int],
    distortions: Distortions,
    maximum: float,
    rng: np.random.Generator,
) -> None:
    """Distort images in place, each in its own way.

    Parameters
    ----------
    images : (n_images, height * width), from 0, blank, to the maximum
    image_shape : (height, width)

    Raises
    ------
    ValueError : if the images do not have that shape
    """
    height, width = image_shape
    if images.ndim != 2 or images.shape[1] != height * width:
        raise ValueError(
            f"The images have the shape {images.shape}; expected is (n_images, {height * width}), "
            f"for images of {height} x {width} pixels. Give their own height and width."
        )
    if distortions.moves_pixels:
        _move(images, image_shape, distortions, rng)
    if distortions.noise:
        add_noise(images, maximum, distortions.noise, rng)
    if distortions.erasing:
        images *= ~_draw_rectangles(len(images), image_shape, distortions.erasing, rng)


def _move(
    images: Floats,
    image_shape: tuple[int, int],
    distortions: Distortions,
    rng: np.random.Generator,
) -> None:
    """Distort images in place, affinely and elastically at once."""
    read_at(images, image_shape, *draw_positions(len(images), image_shape, distortions, rng))


def read_at(
    images: Floats, image_shape: tuple[int, int], coefficients: Floats, basis: Floats
) -> None:
    """Replace images by their values at positions, some images at a time.

    Parameters
    ----------
    images : (n_images, n_pixels), changed in place
    coefficients, basis : whose product are the positions; see `draw_positions`
    """
    n_at_once = max(1, min(len(images), PIXELS_AT_ONCE // images.shape[1]))
    interpolation = Interpolation(n_at_once, image_shape)
    for rows in _slices(len(images), n_at_once):
        interpolation.read(images[rows], coefficients[:, rows], basis)


def add_noise(images: Floats, maximum: float, share: float, rng: np.random.Generator) -> None:
    """Add normal noise to images in place; none goes below 0 or above the maximum."""
    noise = rng.standard_normal(images.shape, np.float32)
    noise *= np.float32(maximum * share)
    noise += images
    np.clip(noise, 0, maximum, out=images)


def _slices(n_images: int, n_at_once: int) -> Iterator[slice]:
    """Yield the rows of some images after another, until all have had their turn."""
    for start in range(0, n_images, n_at_once):
        yield slice(start, start + n_at_once)


def draw_positions(
    n_images: int,
    image_shape: tuple[int, int],
    distortions: Distortions,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Draw from where each pixel of distorted images is taken.

    Pixel p takes the value at c + A (p - c) + s + e(p), with the center c of the image, a
    matrix A, a shift s and an elastic displacement e, all drawn for each image. It is linear in
    what is drawn, so that one matrix product gives all positions.

    Returns
    -------
    Coefficients, (2, n_images, n_modes), and a basis, (n_modes, n_pixels). Their product holds
    rows and columns, (2, n_images, n_pixels), counted from the centers of the first pixels.
    """
    affine = _draw_affine(n_images, image_shape, distortions, rng)
    basis = coordinates(image_shape)
    if not distortions.elastic:
        return affine, basis
    modes = elastic_modes(image_shape, distortions.elastic_sigma)
    elastic = rng.standard_normal((2, n_images, len(modes)), np.float32)
    elastic *= np.float32(distortions.elastic)
    return np.concatenate([affine, elastic], axis=-1), np.concatenate([basis, modes])


def coordinates(image_shape: tuple[int, int]) -> Floats:
    """Return 1, and the row and the column of each pixel from the center, (3, n_pixels)."""
    height, width = image_shape
    rows, columns = np.indices(image_shape).reshape(2, -1)
    from_center = [np.ones(height * width), rows - (height - 1) / 2, columns - (width - 1) / 2]
    return np.array(from_center, np.float32)


def _draw_affine(
    n_images: int,
    image_shape: tuple[int, int],
    distortions: Distortions,
    rng: np.random.Generator,
) -> Floats:
    """Draw the affine part of a distortion for each image, (2, n_images, 3)."""
    drawn = rng.uniform(-1, 1, (6, n_images))
    shift, rotation = distortions.shift * drawn[:2], distortions.rotation * drawn[2]
    shear, zoom = distortions.shear * drawn[3], 1 + distortions.zoom * drawn[4:]
    return affine_coefficients(image_shape, shift, rotation, shear, zoom)


def affine_coefficients(
    image_shape: tuple[int, int], shift: Numbers, rotation: Numbers, shear: Numbers, zoom: Numbers
) -> Floats:
    """Return what rows and columns of the source are made of, (2, n_images, 3).

    The images are zoomed, then sheared, then rotated, each around its center, and moved last;
    from the result back to the source, it is the other way round.

    Parameters
    ----------
    shift : (2, n_images), pixels by which the source lies further down and to the right
    rotation, shear : (n_images,), degrees
    zoom : (2, n_images), factors of height and width
    """
    shifts = np.reshape(image_shape, (2, 1)) / 2 - 0.5 + shift
    angle, (down, right) = np.radians(rotation), zoom
    sin, cos, tan = np.sin(angle), np.cos(angle), np.tan(np.radians(shear))
    rows = [shifts[0], cos / down, sin / down]
    columns = [shifts[1], (tan * cos - sin) / right, (tan * sin + cos) / right]
    return np.array([rows, columns], np.float32).transpose(0, 2, 1)


@lru_cache(2)
def elastic_modes(image_shape: tuple[int, int], sigma: float) -> Floats:
    """Return the patterns of which smooth random fields are sums, (n_modes, n_pixels).

    White noise smoothed by a Gaussian exp(-d^2 / (2 sigma^2)) has the covariance
    exp(-d^2 / (4 sigma^2)) between pixels at a distance d. Its eigenvectors, times the roots of
    their eigenvalues and times independent normal numbers, add up to such a field, here with
    variance 1 at each pixel. Few eigenvalues are not next to 0, which saves nearly all of the
    random numbers and of the smoothing.

    Source: Simard, Steinkraus and Platt, Best practices for convolutional neural networks
    applied to visual document analysis (2003). There, a kernel of sum 1 and uniform noise times
    alpha give a root mean square of alpha / (sigma sqrt(12 pi)) = 0.163 alpha / sigma.
    """
    (row_values, row_vectors), (column_values, column_vectors) = (
        np.linalg.eigh(_covariance(size, sigma)) for size in image_shape
    )
    variances = np.outer(row_values, column_values).ravel()  # they add up to n_pixels
    order = np.argsort(variances)[::-1]
    n_modes = 1 + np.searchsorted(np.cumsum(variances[order]), SHARE_OF_VARIANCE * len(order))
    rows, columns = np.unravel_index(order[:n_modes], image_shape)
    modes = row_vectors.T[rows, :, np.newaxis] * column_vectors.T[columns, np.newaxis]
    modes = modes.reshape(n_modes, -1) * np.sqrt(variances[order[:n_modes], np.newaxis])
    modes /= np.sqrt(np.square(modes).sum(axis=0))  # what was left out is made up for
    patterns: Floats = modes.astype(np.float32)
    patterns.setflags(write=False)
    return patterns


def _covariance(size: int, sigma: float) -> npt.NDArray[np.float64]:
    """Return the covariance of smoothed noise between the pixels of a line, (size, size)."""
    distances = np.subtract.outer(np.arange(size), np.arange(size))
    return np.exp(-np.square(distances) / (4 * sigma**2))


class Interpolation:
    """Reads images between their pixels, where a value is interpolated between the four around.

    Its arrays are used again for the next images: to get new memory would take longer than to
    read.

    Parameters
    ----------
    n_images : how many it reads at once, at most
    image_shape : (height, width)
    """

    def __init__(self, n_images: int, image_shape: tuple[int, int]) -> None:
        height, width = image_shape
        shape = n_images, height * width
        self.padded = np.zeros((n_images, height + 3, width + 3), np.float32)
        self.first = np.arange(n_images)[:, np.newaxis] * (height + 3) * (width + 3)
        self.positions = np.empty((2, *shape), np.float32)
        self.whole = np.empty_like(self.positions)
        self.corner = np.empty(shape, np.intp)
        self.values = np.empty((4, *shape), np.float32)

    def read(self, images: Floats, coefficients: Floats, basis: Floats) -> None:
        """Replace images by their values at positions; outside of an image, these are 0.

        Parameters
        ----------
        images : (n_images, n_pixels)
        coefficients, basis : whose product are the positions; see `draw_positions`
        """
        n, height, width = len(images), *(size - 3 for size in self.padded.shape[1:])
        positions, whole, corner = self.positions[:, :n], self.whole[:, :n], self.corner[:n]
        self.padded[:n, 1:-2, 1:-2] = images.reshape(-1, height, width)
        np.matmul(coefficients, basis, out=positions)
        positions += 1  # for the line of zeros before the first pixels
        np.clip(positions[0], 0, height + 1, out=positions[0])
        np.clip(positions[1], 0, width + 1, out=positions[1])
        np.floor(positions, out=whole)
        positions -= whole  # parts of a pixel
        whole[0] *= width + 3
        whole[0] += whole[1]
        corner[...] = whole[0]
        corner += self.first[:n]
        self._mix(corner, positions, images)

    def _mix(self, corner: npt.NDArray[np.intp], parts: Floats, images: Floats) -> None:
        """Interpolate along the upper line, along the lower line, and between the two."""
        pixels, line, (down, right) = self.padded.ravel(), self.padded.shape[2], parts
        values = self.values[:, : len(corner)]
        for start, out in zip((0, 1, line, line + 1), values, strict=True):
            pixels[start:].take(corner, out=out, mode="clip")
        upper, upper_right, lower, lower_right = values
        for left, right_end in ((upper, upper_right), (lower, lower_right)):
            right_end -= left
            right_end *= right
            left += right_end
        lower -= upper
        lower *= down
        np.add(upper, lower, out=images)


def _draw_rectangles(
    n_images: int, image_shape: tuple[int, int], share: float, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Return which pixels lie in a rectangle, at random in each image, (n_images, n_pixels).

    Its area is up to a share of the image; its sides are half to twice as long as each other.

    Source: Zhong et al., Random erasing data augmentation (2020); there, it is filled with noise.
    """
    area, aspect, *places = rng.random((4, n_images))
    root = 2 ** (aspect - 0.5)
    sides = np.sqrt(share * area) * np.stack([root, 1 / root])  # shares of height and width
    lengths = np.minimum(sides, 1) * np.reshape(image_shape, (2, 1))
    return in_rectangles(image_shape, lengths, np.stack(places))


def in_rectangles(
    image_shape: tuple[int, int], lengths: Numbers, places: Numbers
) -> npt.NDArray[np.bool_]:
    """Return which pixels lie in a rectangle, one in each image, (n_images, n_pixels).

    Parameters
    ----------
    lengths : (2, n_images), height and width in pixels
    places : (2, n_images), from 0, at the upper or left edge, to 1, at the lower or right one
    """
    rows, columns = map(_covered, image_shape, lengths, places)
    covered: npt.NDArray[np.bool_] = rows[:, :, np.newaxis] & columns[:, np.newaxis]
    return covered.reshape(len(covered), rows.shape[1] * columns.shape[1])


def _covered(size: int, length: Numbers, place: Numbers) -> npt.NDArray[np.bool_]:
    """Return which pixels of a line a stretch of it covers, (n_images, size)."""
    centers = np.arange(size) + 0.5
    start = (place * (size - length))[:, np.newaxis]
    inside: npt.NDArray[np.bool_] = (centers >= start) & (centers < start + length[:, np.newaxis])
    return inside
