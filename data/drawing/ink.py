"""A drawing is ink on a pad: a gray picture in which 0 is blank and 255 is full ink."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from data.own.checks import OwnDataError

Ink: TypeAlias = npt.NDArray[np.uint8]

FULL_INK = 255
MAX_SIDE = 2048  # pixels, of a drawing: the photo of a page is no drawing
SPECK = 0.2  # of the darkest pixel; chosen with training images of MNIST that were enlarged


class DrawingError(OwnDataError):
    """A drawing that cannot be used; the message says why, and what to do."""


def check_ink(picture: npt.NDArray[Any]) -> Ink:
    """Return a picture as it came, if it can be a drawing.

    Raises
    ------
    DrawingError : unless it is (height, width) uint8, with 1 to MAX_SIDE pixels a side
    """
    if picture.ndim != 2 or picture.dtype != np.uint8:
        raise DrawingError(
            "A drawing is a gray picture, (height, width) in uint8, in which 0 is blank and 255 is "
            f"full ink; this one is {picture.dtype} of shape {picture.shape}. Convert it first."
        )
    if not 1 <= min(picture.shape) <= max(picture.shape) <= MAX_SIDE:
        raise DrawingError(
            f"A drawing has 1 to {MAX_SIDE:,} pixels a side; this one has {picture.shape[1]:,} x "
            f"{picture.shape[0]:,}. Make it smaller, or draw on a smaller pad."
        )
    return picture


def cropped(ink: Ink) -> Ink:
    """Return the smallest rectangle with all the ink in it; a blank picture stays as it is.

    Specks, which are paler than a fifth of the darkest pixel, do not count. So the blurred edge
    of a picture that was enlarged does not, either.
    """
    is_ink = ink > SPECK * int(ink.max())
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    if not len(rows):
        return ink
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def resized(ink: Ink, shape: tuple[int, int], filter: Image.Resampling) -> Ink:
    """Return a picture stretched to (height, width); shrinking takes the mean of what it covers."""
    height, width = shape
    image = Image.fromarray(np.ascontiguousarray(ink)).resize((width, height), filter)
    return np.asarray(image)


def fitted(ink: Ink, side: int) -> Ink:
    """Return a picture whose longer side has so many pixels, with its proportions kept."""
    ratio = side / max(ink.shape)
    height, width = (max(1, round(ratio * length)) for length in ink.shape)
    return resized(ink, (height, width), Image.Resampling.BICUBIC)


def placed(ink: Ink, side: int, top: int, left: int) -> Ink:
    """Return a square field with a picture in it, as near to that place as it has room for."""
    height, width = ink.shape
    top, left = min(max(top, 0), side - height), min(max(left, 0), side - width)
    field: Ink = np.zeros((side, side), np.uint8)
    field[top : top + height, left : left + width] = ink
    return field


def in_the_middle(ink: Ink, side: int) -> Ink:
    """Return a square field with a picture in the middle of it."""
    height, width = ink.shape
    return placed(ink, side, (side - height) // 2, (side - width) // 2)
