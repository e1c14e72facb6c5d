"""Arrays as numpy.savez stores them: a zip file with a header before the values of each.

Both headers are checked before any value is unpacked, and the values are unpacked piece by
piece into the array that is kept: a small file cannot become much larger than its limits.
"""

import io
import math
import zipfile
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from data.own.checks import (
    MAX_LABEL_CHARACTERS,
    MAX_MAGNITUDE,
    Content,
    OwnDataError,
    check_label,
    check_size,
    first_unusable,
    open_zip,
    parsing,
)

FEATURE_ARRAYS = ("X", "x", "data", "pixels", "images")
LABEL_ARRAYS = ("y", "labels", "target")
KINDS = "buifSU"  # Booleans, integers, floating-point numbers, text
MAX_HEADER = 2**14  # bytes; NumPy itself refuses more than 10,000 characters
PIECE = 2**16  # values unpacked at a time


class StoredArray(NamedTuple):
    """What the header of an array says, and where its values begin."""

    entry: zipfile.ZipInfo
    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype[Any]
    start: int


def read_npz(data: bytes) -> Content:
    """Read features and labels; images are flattened.

    Raises
    ------
    OwnDataError : if they are not there, not numbers, or do not belong together
    """
    with parsing("The .npz file"), open_zip(data) as archive:
        X = _find(archive, "features", FEATURE_ARRAYS)
        y = _find(archive, "labels", LABEL_ARRAYS)
        _check_both(X, y)
        are_bytes = X.dtype in (np.uint8, np.bool_)
        values = read_values(archive, X, np.dtype(np.uint8 if are_bytes else np.float32))
        labels = read_values(archive, y, y.dtype)
    features = values.reshape(len(values), -1)
    if place := first_unusable(features):
        raise OwnDataError(
            f"Sample {place[0]}, feature {place[1]}, counted from 0, is {features[place]:g}, but a "
            f"feature must be a finite number, {MAX_MAGNITUDE:g} at most. Correct it, or leave the "
            "sample out."
        )
    image_shape = (X.shape[1], X.shape[2]) if len(X.shape) == 3 else None
    return Content(features, _as_text(labels), image_shape)


def _find(archive: zipfile.ZipFile, what: str, names: Sequence[str]) -> StoredArray:
    """Return the first array with one of the names, once its header is right."""
    entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
    name = next((name for name in names if name in entries), None)
    if name is None:
        there = ", ".join(filter(str.isprintable, entries))[:80]
        raise OwnDataError(
            f"The .npz file has no {what}: an array named {' or '.join(names)} was expected, but "
            f"there are {there or 'none'}. Rename it."
        )
    stored = read_header(archive, entries[name])
    if stored.dtype.kind not in KINDS:
        raise OwnDataError(
            f"The array '{name}' is of the type {str(stored.dtype)[:40]}, but numbers were "
            "expected, or text for labels; Python objects are never unpickled. Convert it with "
            "astype."
        )
    if min(stored.shape, default=1) < 1:
        raise OwnDataError(
            f"The array '{name}' is empty, its shape is {stored.shape}. Save it again."
        )
    return stored


def read_header(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> StoredArray:
    """Return what the header of an array says, of which nothing has been checked."""
    with archive.open(entry) as stream:
        head = io.BytesIO(stream.read(MAX_HEADER))
    if np.lib.format.read_magic(head) == (1, 0):
        shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(head)
    else:
        shape, is_fortran, dtype = np.lib.format.read_array_header_2_0(head)
    return StoredArray(entry, shape, is_fortran, dtype, head.tell())


def _check_both(X: StoredArray, y: StoredArray) -> None:
    """Refuse arrays that do not belong together, or would be too large."""
    if len(X.shape) not in (2, 3) or y.shape != X.shape[:1]:
        raise OwnDataError(
            "The features should have the shape (samples, features) or (samples, height, width) "
            f"and the labels (samples,), but these have {X.shape} and {y.shape}. Reshape them."
        )
    check_size(X.shape[0], math.prod(X.shape[1:]))
    if X.dtype.kind in "SU":
        raise OwnDataError("The features are text, but numbers were expected. Convert them first.")
    width = y.dtype.itemsize // (4 if y.dtype.kind == "U" else 1)
    if y.dtype.kind in "SU" and width > MAX_LABEL_CHARACTERS:
        raise OwnDataError(
            f"The labels are texts of up to {width:,} characters, but a label is a name of at "
            f"most {MAX_LABEL_CHARACTERS}. Are they the labels?"
        )


def read_values(
    archive: zipfile.ZipFile, stored: StoredArray, dtype: np.dtype[Any]
) -> npt.NDArray[Any]:
    """Return the values of an array, converted to a type; too large a number is infinite."""
    values = np.empty(math.prod(stored.shape), dtype)
    with archive.open(stored.entry) as stream, np.errstate(over="ignore"):
        stream.seek(stored.start)
        for first in range(0, len(values), PIECE):
            piece = values[first : first + PIECE]
            packed = stream.read(len(piece) * stored.dtype.itemsize)
            piece[:] = np.frombuffer(packed, stored.dtype, len(piece))
    return values.reshape(stored.shape, order="F" if stored.is_fortran else "C")


def _as_text(y: npt.NDArray[Any]) -> list[str]:
    """Return labels as text; 3 and 3.0 are both '3'."""
    if y.dtype.kind == "S":
        y = np.char.decode(y, "latin-1")
    labels = y.tolist()
    if y.dtype.kind == "f":
        labels = [int(label) if label.is_integer() else label for label in labels]
    return [
        check_label(str(label), f"Sample {i}, counted from 0,") for i, label in enumerate(labels)
    ]
