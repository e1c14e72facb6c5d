"""Drawings that were kept, with their labels, in the order in which they were kept."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image

from data.drawing.ink import DrawingError, Ink, check_ink, in_the_middle, resized
from data.drawing.preparation import Preparation
from data.drawing.strokes import RASTER_SIDE, Stroke, rasterize

MAX_DRAWINGS = 200  # more than a class writes in an hour
MAX_BYTES = 5_000_000  # of all strokes and images: for each of fifty on one server
STROKE_BYTES = 128  # of an array, beside its numbers
IMAGE_SIDE = RASTER_SIDE  # pixels, of a drawing as an image
N_LABELS = 10
THUMBNAIL = 32  # pixels a side


@dataclass(eq=False)
class KeptDrawing:
    """A drawing as its strokes, or as an image where only that is known.

    Attributes
    ----------
    strokes : each (n_points, 3), as `data.drawing.strokes` has them; none of an image
    pad : (height, width) of the pad that they were drawn on
    png : the image, as the content of a PNG file; empty for strokes
    label : the digit that it is, or None if nobody has said so
    number : tells it from the other drawings of its gallery
    learned_by : the networks that have learned from it, by what tells them apart
    """

    strokes: Sequence[Stroke] = ()
    pad: tuple[float, float] = (1.0, 1.0)
    png: bytes = b""
    label: int | None = None
    number: int = 0
    learned_by: set[str] = field(default_factory=set)
    _samples: dict[str, Ink] = field(default_factory=dict, repr=False)

    @property
    def ink(self) -> Ink:
        """The drawing in a square, (IMAGE_SIDE, IMAGE_SIDE), 0 blank to 255 full ink."""
        if self.png:
            with Image.open(io.BytesIO(self.png), formats=("PNG",)) as image:
                return in_the_middle(np.asarray(image), IMAGE_SIDE)
        return in_the_middle(rasterize(self.strokes, self.pad), IMAGE_SIDE)

    @cached_property
    def thumbnail(self) -> Ink:
        """The drawing small, (THUMBNAIL, THUMBNAIL)."""
        return resized(self.ink, (THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)

    @property
    def n_bytes(self) -> int:
        """How much memory the strokes or the image take."""
        return sum(STROKE_BYTES + stroke.nbytes for stroke in self.strokes) + len(self.png)

    def sample(self, preparation: Preparation) -> Ink:
        """Return what the steps of a preparation make of it, (n_features,)."""
        if preparation.name not in self._samples:
            self._samples[preparation.name] = preparation.sample(self.ink)
        return self._samples[preparation.name]


def as_png(ink: Ink) -> bytes:
    """Return a picture, (height, width) uint8, as the content of a PNG file.

    Raises
    ------
    DrawingError : if it is no picture of a drawing
    """
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(check_ink(ink))).save(file, "PNG")
    return file.getvalue()


class Gallery:
    """The drawings of one reader; how many, and how much memory they take, is limited.

    Attributes
    ----------
    drawings : from the oldest to the newest
    """

    def __init__(self) -> None:
        self.drawings: list[KeptDrawing] = []
        self._n_added = 0

    def add(self, drawings: Sequence[KeptDrawing]) -> None:
        """Keep drawings, all of them or none; each gets a number.

        Raises
        ------
        DrawingError : if there would be too many, or one is blank, or they take too much memory
        """
        check_number(len(self.drawings) + len(drawings))
        if any(not (drawing.png or drawing.strokes) for drawing in drawings):
            raise DrawingError("There is nothing on the pad. Write a digit first.")
        n_bytes = sum(drawing.n_bytes for drawing in (*self.drawings, *drawings))
        if n_bytes > MAX_BYTES:
            raise DrawingError(
                f"The drawings would take {n_bytes / 1e6:.1f} MB; a gallery has room for "
                f"{MAX_BYTES / 1e6:g}. Delete some, or draw with fewer strokes."
            )
        for drawing in drawings:
            self._n_added += 1
            drawing.number = self._n_added
        self.drawings += drawings

    def remove(self, drawing: KeptDrawing) -> None:
        """Delete a drawing, if it is here."""
        self.drawings = [kept for kept in self.drawings if kept is not drawing]

    def clear(self) -> None:
        """Delete all drawings."""
        self.drawings = []

    @property
    def labeled(self) -> list[KeptDrawing]:
        """The drawings of which somebody has said what they are."""
        return [drawing for drawing in self.drawings if drawing.label is not None]


def check_number(n_drawings: int) -> None:
    """Refuse more drawings than a gallery has room for."""
    if n_drawings > MAX_DRAWINGS:
        raise DrawingError(
            f"A gallery has room for {MAX_DRAWINGS} drawings, and these would be {n_drawings:,}. "
            "Delete some first, or take fewer."
        )


def check_label(label: object) -> int | None:
    """Return a label as it came, if it is a digit, or None for no label.

    Raises
    ------
    DrawingError : for anything else
    """
    if label is None or (type(label) is int and 0 <= label < N_LABELS):
        return label
    raise DrawingError(
        f"A drawing is labeled with a digit, 0 to {N_LABELS - 1}, and not with "
        f"{str(label)[:40]!r}. Correct the label."
    )


def samples_of(
    drawings: Sequence[KeptDrawing], preparation: Preparation, maximum: float
) -> npt.NDArray[np.float32]:
    """Return drawings as samples of a dataset, (n_drawings, n_features).

    Parameters
    ----------
    maximum : what stands for full ink in the dataset, 1 or 255 for example
    """
    X = np.empty((len(drawings), math.prod(preparation.image_shape)), np.float32)
    for row, drawing in zip(X, drawings, strict=True):
        row[:] = drawing.sample(preparation)
    X *= np.float32(maximum / preparation.maximum)
    return X
