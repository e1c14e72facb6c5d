"""Points that the reader places in the plane by hand, each with a class.

They come from a browser or out of a link, and are checked whichever way they came.
"""

import base64
import binascii
import string
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeGuard
from uuid import uuid4

import numpy as np

from data.datasets import Dataset
from data.own.checks import OwnDataError

Place: TypeAlias = tuple[float, float]
"""x₁ and x₂."""

Point: TypeAlias = tuple[float, float, int]
"""x₁, x₂ and the class."""

LIMIT = 1.2  # of a coordinate, either way: the toy sets lie within about as much
DIGITS = 3  # after the point, of a coordinate
CLASS_NAMES = ("A", "B", "C", "D", "E")
MAX_POINTS = 1000
MAX_LINKED_POINTS = 300  # of a link, about 2,000 letters: every browser copes with those
MIN_OF_A_CLASS = 4  # one each for validation and test, and two to train with
CURVE_POINTS = 300  # at random, on both sides of a curve
CURVE_SEED = 0

CHECK_BYTES = 4  # at the end of a text, to tell whether it is whole
RECORD = np.dtype([("x", "<i2"), ("y", "<i2"), ("label", "u1")])
"""A point in a text; the coordinates are multiples of the last digit."""
LETTERS = {*string.ascii_letters, *string.digits, *"-_"}


@dataclass(frozen=True)
class PlacedPoints:
    """Points in the plane, in the order in which they were placed.

    Attributes
    ----------
    points : of each x₁ and x₂, from -LIMIT to LIMIT with DIGITS digits, and its class, an index
        into CLASS_NAMES
    id : tells the editor whether it knows these points; they are equal without it
    """

    points: tuple[Point, ...] = ()
    id: str = field(default_factory=lambda: uuid4().hex, compare=False)

    def dataset(self) -> Dataset:
        """Return the points as the reader's own data, a row each.

        Raises
        ------
        OwnDataError : if there are too few points or classes to train with
        """
        labels = np.array([label for _, _, label in self.points], np.intp)
        _check_classes(Counter(labels.tolist()))
        X = np.array([(x, y) for x, y, _ in self.points], np.float32)  # (n_samples, 2)
        return Dataset(
            name="own",
            title="Points placed by hand",
            X=X,
            labels=labels,
            class_names=CLASS_NAMES[: labels.max() + 1],
            image_shape=None,
            maximum=float(np.abs(X).max()) or 1.0,
            unit="position",
            source="placed by hand",
            feature_names=("x₁", "x₂"),
        )

    def to_text(self) -> str:
        """Return the points as letters that a link can hold: base64url.

        Each point takes the five bytes of a RECORD; the CRC-32 of all comes after them.

        Raises
        ------
        OwnDataError : if there are more than MAX_LINKED_POINTS
        """
        surplus = len(self.points) - MAX_LINKED_POINTS
        if surplus > 0:
            raise OwnDataError(
                f"There are {len(self.points):,} points, but a link holds at most "
                f"{MAX_LINKED_POINTS}. Erase {surplus:,} of them to share the rest."
            )
        unit = 10**DIGITS
        rows = [(round(x * unit), round(y * unit), label) for x, y, label in self.points]
        content = np.array(rows, RECORD).tobytes()
        return base64.urlsafe_b64encode(content + _check_of(content)).decode("ascii").rstrip("=")

    @classmethod
    def from_text(cls, text: str) -> "PlacedPoints":
        """Return the points that `to_text` has written.

        Raises
        ------
        OwnDataError : if the text is damaged, or its points cannot have been placed
        """
        decoded = _decoded(text)
        content, check = decoded[:-CHECK_BYTES], decoded[-CHECK_BYTES:]
        if check != _check_of(content) or len(content) % RECORD.itemsize:
            raise _damaged("a part of them is missing or was changed")
        unit = 10**DIGITS
        rows = np.frombuffer(content, RECORD).tolist()
        return cls(_read_points([[x / unit, y / unit, label] for x, y, label in rows]))


def read_points(message: object) -> PlacedPoints:
    """Return what a browser says was placed, which nobody has checked.

    Parameters
    ----------
    message : {"id", "points"}, each point [x₁, x₂, class]; or {"id", "curve"}, places [x₁, x₂]
        from left to right, which stand for random points above and below

    Raises
    ------
    OwnDataError : if it is anything else, too long, or outside the plane
    """
    match message:
        case {"id": str(id), "points": list(points)}:
            return PlacedPoints(_read_points(points), id)
        case {"id": str(), "curve": list(curve)}:
            return points_beside(_read_curve(curve))
    raise OwnDataError(
        "Points were expected, but something else came from the browser. Load the page again."
    )


def points_beside(curve: Sequence[Place]) -> PlacedPoints:
    """Draw points at random in the whole plane: class A above a curve, class B below it.

    Parameters
    ----------
    curve : one place or more, from left to right; before the first and after the last it is level
    """
    rng = np.random.default_rng(CURVE_SEED)
    X = rng.uniform(-LIMIT, LIMIT, (CURVE_POINTS, 2)).round(DIGITS)
    xs, ys = np.transpose(curve)
    is_below = X[:, 1] < np.interp(X[:, 0], xs, ys)
    return PlacedPoints(
        tuple((x, y, int(below)) for (x, y), below in zip(X.tolist(), is_below, strict=True))
    )


def _read_points(points: Sequence[object]) -> tuple[Point, ...]:
    if len(points) > MAX_POINTS:
        raise OwnDataError(
            f"There are {len(points):,} points, but at most {MAX_POINTS:,} are possible. Erase "
            "some of them."
        )
    return tuple(_read_point(number, point) for number, point in enumerate(points, 1))


def _read_point(number: int, point: object) -> Point:
    match point:
        case [x, y, label] if type(label) is int and 0 <= label < len(CLASS_NAMES):
            return *_read_place(f"Point {number}", [x, y]), label
    raise OwnDataError(
        f"Point {number} should be [x₁, x₂, class], with a class from 0 to {len(CLASS_NAMES) - 1}, "
        f"but it is {str(point)[:40]}. Erase it, and place it again."
    )


def _read_curve(curve: Sequence[object]) -> list[Place]:
    if not 0 < len(curve) <= MAX_POINTS:
        raise OwnDataError(
            f"A curve has 1 to {MAX_POINTS:,} places, but this one has {len(curve):,}. Draw it "
            "again from left to right, in one go."
        )
    places = [_read_place(f"Place {i} of the curve", place) for i, place in enumerate(curve, 1)]
    xs = [x for x, _ in places]
    if xs != sorted(xs):
        raise OwnDataError("The curve should go from left to right, but turns back. Draw it again.")
    return places


def _read_place(what: str, place: object) -> Place:
    match place:
        case [x, y] if _is_in_plane(x) and _is_in_plane(y):
            return round(x, DIGITS), round(y, DIGITS)
    raise OwnDataError(
        f"{what} should be [x₁, x₂], two numbers from {-LIMIT} to {LIMIT}, but it is "
        f"{str(place)[:40]}. Place it again, within the plane."
    )


def _is_in_plane(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and type(value) is not bool and abs(value) <= LIMIT


def _check_classes(counts: Counter[int]) -> None:
    """Refuse fewer than two classes, classes left out, and those with too few points."""
    if len(counts) < 2:
        raise OwnDataError(
            f"To train a network, place at least {MIN_OF_A_CLASS} points of each of two classes; "
            f"there are {counts.total()} of {len(counts)} so far."
        )
    for label in range(max(counts) + 1):
        if counts[label] < MIN_OF_A_CLASS:
            raise OwnDataError(_too_few(CLASS_NAMES[label], counts[label]))


def _too_few(name: str, count: int) -> str:
    place = f"place at least {MIN_OF_A_CLASS} of it"
    if not count:
        return (
            f"Class {name} has no points, but a later class has: {place}, or use the classes in "
            "order."
        )
    has = "only 1 point" if count == 1 else f"only {count} points"
    return f"Class {name} has {has}: {place}, so that training, validation and test have some."


def _check_of(content: bytes) -> bytes:
    return zlib.crc32(content).to_bytes(CHECK_BYTES, "little")


def _decoded(text: str) -> bytes:
    longest = -(-4 * (MAX_LINKED_POINTS * RECORD.itemsize + CHECK_BYTES) // 3)
    if len(text) > longest:
        raise _damaged(f"there are {len(text):,} letters, but at most {longest:,} are possible")
    if not set(text) <= LETTERS:
        raise _damaged("only letters, digits, - and _ were expected")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise _damaged("the end is missing") from None


def _damaged(how: str) -> OwnDataError:
    return OwnDataError(
        f"The points in this link cannot be read: {how}. Copy the whole link once more, or place "
        "the points by hand."
    )
