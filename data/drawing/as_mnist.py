"""As MNIST was made: the ink 20 pixels long, with its center of mass in the middle of 28 x 28.

The steps are told by its authors, in section III.A of the paper and on the page of the
dataset. What they leave open was read off the 10,000 test images: the rectangle around the ink
of 9,997 of them is 20 pixels long, the darkest pixel of each is 254 or 255, and each center
of mass is within half a pixel of row 14 and column 14, counted from 0.
"""

from functools import partial

import numpy as np

from data.drawing.ink import FULL_INK, Ink, cropped, fitted, in_the_middle, placed
from data.drawing.preparation import Preparation, Step

SIDE, INK_SIDE = 28, 20  # pixels
CENTER = 14  # row and column of the center of mass

PAPER = (
    "Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to document "
    "recognition, Proceedings of the IEEE 86 (1998), section III.A"
)
PAGE = "Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database, its page (1998)"
MEASURED = "measured: the darkest pixel of each of the 10,000 test images is 254 or 255"


def scale(ink: Ink) -> Ink:
    """Make the longer side 20 pixels, with the proportions kept and grays along the edges.

    A line keeps at least one pixel of width. Source: LeCun et al. (1998), section III.A.
    """
    return fitted(ink, INK_SIDE)


def raise_contrast(ink: Ink) -> Ink:
    """Make the darkest pixel full ink, and all others in proportion: x 255 / max x.

    A thin pen leaves only gray once it is shrunk; no image of MNIST is that pale.
    """
    darkest = int(ink.max())
    return ink if darkest in (0, FULL_INK) else np.rint(ink * (FULL_INK / darkest)).astype(np.uint8)


def center(ink: Ink) -> Ink:
    """Put the center of mass on row 14 and column 14 of 28 x 28, to the nearest pixel.

    With ink a_rc, the center of mass is sum r a_rc / sum a_rc, and the same with c. Where ink
    would be lost outside the field, the picture is moved less far, which happens to no image of
    MNIST. Source: the page of MNIST.
    """
    total = float(ink.sum(dtype=np.int64))
    if not total:
        return in_the_middle(ink, SIDE)
    row = ink.sum(axis=1, dtype=np.int64) @ np.arange(len(ink)) / total
    column = ink.sum(axis=0, dtype=np.int64) @ np.arange(ink.shape[1]) / total
    return placed(ink, SIDE, round(CENTER - row), round(CENTER - column))


AS_MNIST = Preparation(
    "mnist",
    "As MNIST was made",
    (SIDE, SIDE),
    FULL_INK,
    (
        Step(
            "crop",
            "Crop",
            "Keep the smallest rectangle with all the ink in it, so that it does not matter where "
            "on the pad you draw.",
            PAPER,
            cropped,
        ),
        Step(
            "scale",
            "Scale to 20 pixels",
            "Make the longer side 20 pixels and keep the proportions, so that it does not matter "
            "how large you draw. Without it, the picture fills the field.",
            PAPER,
            scale,
            instead=partial(fitted, side=SIDE),
        ),
        Step(
            "contrast",
            "Raise the contrast",
            "Make the darkest pixel full ink, so that a thin pen is as dark as a thick one.",
            MEASURED,
            raise_contrast,
        ),
        Step(
            "center",
            "Center of mass",
            "Place it so that its center of mass is in the middle of 28 x 28 pixels. Without it, "
            "the middle of the rectangle is.",
            PAGE,
            center,
            instead=partial(in_the_middle, side=SIDE),
        ),
    ),
)
