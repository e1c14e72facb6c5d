"""As the digits of 8 x 8 were made: a black-and-white picture of 32 x 32, counted in blocks.

E. Alpaydin and C. Kaynak let the programs of the National Institute of Standards and Technology
(NIST) bring what people wrote on forms to 32 x 32 pixels, black or white, and counted the
black ones of each block of 4 x 4. What those programs do is in the report on them and in their
public source, hsfsys.
"""

import numpy as np
from PIL import Image

from data.drawing.ink import FULL_INK, Ink, cropped, fitted, in_the_middle, resized
from data.drawing.preparation import Preparation, Step

SIDE, WIDTH = 32, 20  # pixels: of the field, and of the ink in it
BLOCK = 4
SCAN_SIDE = 128  # pixels, of a character as NIST's programs get it
DARK_ENOUGH = 0.3  # of the darkest pixel; chosen with training images of MNIST
THICK, VERY_THICK, THIN, VERY_THIN = 412, 560, 256, 108  # pixels of ink, of 1,024
NOISY_ROWS = 2  # at the top and the bottom
LEAST_HEIGHT = 6  # of what can be told to lean

REPORT = (
    "M. D. Garris, J. L. Blue, G. T. Candela, D. L. Dimmick, J. Geist, P. J. Grother, S. A. Janet "
    "and C. L. Wilson, NIST form-based handprint recognition system, NISTIR 5469 (1994), and its "
    "source, hsfsys"
)
DATASET = (
    "E. Alpaydin and C. Kaynak, Optical recognition of handwritten digits, UCI Machine Learning "
    "Repository (1998)"
)


def binarize(ink: Ink) -> Ink:
    """Make each pixel full ink or blank: full if it has 0.3 of the ink of the darkest, or more.

    A picture smaller than a scanned character, 128 pixels, is enlarged before, so that its grays
    become smooth edges. Source: scanned forms are black or white, NISTIR 5469.
    """
    large = fitted(ink, SCAN_SIDE) if max(ink.shape) < SCAN_SIDE else ink
    return _black_and_white(large)


def _black_and_white(ink: Ink) -> Ink:
    is_ink = ink >= max(1, DARK_ENOUGH * int(ink.max()))
    return is_ink.astype(np.uint8) * np.uint8(FULL_INK)


def stretch(ink: Ink) -> Ink:
    """Stretch to 20 wide and 32 high, whatever the proportions were, in the middle of 32 x 32.

    A pixel covers many of a large picture, and has their mean. If the picture was black and white,
    it becomes so again, by the same rule, so that few thin lines break. Source: NISTIR 5469,
    which takes one of those pixels instead of their mean.
    """
    small = resized(ink, (SIDE, WIDTH), Image.Resampling.BOX)
    was_binary = bool(np.isin(ink, (0, FULL_INK)).all())
    return in_the_middle(_black_and_white(small) if was_binary else small, SIDE)


def in_a_square(ink: Ink) -> Ink:
    """Bring the longer side to 32 pixels, with the proportions kept, in the middle of 32 x 32."""
    return in_the_middle(fitted(ink, SIDE), SIDE)


def normalize_stroke_width(ink: Ink) -> Ink:
    """Make thick strokes thinner and thin ones thicker, by the number of pixels with ink.

    Over 560 of them: eroded twice; over 412: once; under 108: dilated twice; under 256: once.
    Source: NISTIR 5469.
    """
    n_ink = np.count_nonzero(ink > FULL_INK / 2)
    if n_ink > THICK:
        return erode(erode(ink)) if n_ink > VERY_THICK else erode(ink)
    if n_ink < THIN:
        return dilate(dilate(ink)) if n_ink < VERY_THIN else dilate(ink)
    return ink


def erode(ink: Ink) -> Ink:
    """Give each pixel the least ink of itself and its four neighbors; outside, all is blank."""
    least: Ink = _with_neighbors(ink).min(axis=0)
    return least


def dilate(ink: Ink) -> Ink:
    """Give each pixel the most ink of itself and its four neighbors."""
    most: Ink = _with_neighbors(ink).max(axis=0)
    return most


def _with_neighbors(ink: Ink) -> Ink:
    """Return five pictures, (5, height, width): itself, and from above, below, left and right."""
    wide = np.pad(ink, 1)
    sides = (wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:])
    return np.stack([ink, *sides])


def shear(ink: Ink) -> Ink:
    """Set a slanted digit upright: move row r by round((r - 16) f) pixels to the right.

    f = (left_top - left_bottom) / (bottom - top), for the leftmost ink of two rows, two rows inside
    the first and the last with ink, where strokes are less ragged. Ink that is moved out of the
    field is lost. A digit less than 6 pixels high stays as it is, and so does one with no ink
    in one of these rows. Source: NISTIR 5469.
    """
    factor = _slant(ink > FULL_INK / 2)
    sheared = np.zeros_like(ink)
    for r, row in enumerate(ink):
        shift = round((r - SIDE // 2) * factor)
        kept = row[max(0, -shift) : SIDE - max(0, shift)]
        start = max(0, shift)
        sheared[r, start : start + len(kept)] = kept
    return sheared


def _slant(is_ink: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> float:
    """Return f, in pixels a row."""
    rows = np.flatnonzero(is_ink.any(axis=1))
    if not len(rows) or rows[-1] - rows[0] + 1 < LEAST_HEIGHT:
        return 0.0
    top, bottom = rows[0] + NOISY_ROWS, rows[-1] - NOISY_ROWS
    if not (is_ink[top].any() and is_ink[bottom].any()):
        return 0.0
    left_top, left_bottom = int(is_ink[top].argmax()), int(is_ink[bottom].argmax())
    return (left_top - left_bottom) / int(bottom - top)


def count_blocks(ink: Ink) -> Ink:
    """Count the ink of each block of 4 x 4 pixels, 0 to 16; gray counts for a part.

    It matters less where in its block a pixel is. Source: Alpaydin and Kaynak (1998).
    """
    blocks = ink.reshape(SIDE // BLOCK, BLOCK, SIDE // BLOCK, BLOCK)
    counts: Ink = np.rint(blocks.sum(axis=(1, 3), dtype=float) / FULL_INK).astype(np.uint8)
    return counts


def one_of_each_block(ink: Ink) -> Ink:
    """Let one pixel stand for its block of 4 x 4, the one right below the block's middle."""
    chosen = ink[BLOCK // 2 :: BLOCK, BLOCK // 2 :: BLOCK]
    shades: Ink = np.rint(chosen * (BLOCK**2 / FULL_INK)).astype(np.uint8)
    return shades


AS_DIGITS = Preparation(
    "digits",
    "As the digits of 8 x 8 were made",
    (SIDE // BLOCK, SIDE // BLOCK),
    BLOCK**2,
    (
        Step(
            "binarize",
            "Black and white",
            "Call each pixel ink or blank, as a scanner for forms does, so that a pale pen counts "
            "as much as a dark one.",
            REPORT,
            binarize,
        ),
        Step(
            "crop",
            "Crop",
            "Keep the smallest rectangle with all the ink in it, so that it does not matter where "
            "on the pad you draw.",
            REPORT,
            cropped,
        ),
        Step(
            "stretch",
            "Stretch to 20 x 32",
            "Make every digit 20 pixels wide and 32 high, whatever its proportions were. Without "
            "it, they are kept, and the longer side has 32 pixels.",
            REPORT,
            stretch,
            instead=in_a_square,
        ),
        Step(
            "stroke width",
            "Even out the stroke width",
            "Take a layer off thick strokes and add one to thin ones, by how many pixels have ink.",
            REPORT,
            normalize_stroke_width,
        ),
        Step(
            "shear",
            "Set upright",
            "Move the rows sideways until the left edge at the top is above that at the bottom.",
            REPORT,
            shear,
        ),
        Step(
            "count",
            "Count blocks",
            "Count the ink of each block of 4 x 4 pixels. Without it, one pixel stands for its "
            "block.",
            DATASET,
            count_blocks,
            instead=one_of_each_block,
        ),
    ),
)
