"""Arrays as numpy.savez stores them: a zip file with a header before the values of each."""

import math
import zipfile
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from data.datasets import Features
from data.own.checks import (
    Content,
    OwnDataError,
    check_label,
    check_size,
    check_unpacked_bytes,
    first_not_finite,
    open_zip,
    parsing,
)

FEATURE_ARRAYS = ("X", "x", "data", "pixels", "images")
LABEL_ARRAYS = ("y", "labels", "target")
KINDS = "buifSU"  # Booleans, integers, floating-point numbers, text


def read_npz(data: bytes) -> Content:
    """Read features and labels; images are flattened.

    Raises
    ------
    OwnDataError : if they are not there, not numbers, or do not belong together
    """
    with parsing("The .npz file"), open_zip(data) as archive:
        X = _read_array(archive, "features", FEATURE_ARRAYS)
        y = _read_array(archive, "labels", LABEL_ARRAYS)
    if X.ndim not in (2, 3) or y.shape != X.shape[:1]:
        raise OwnDataError(
            "The features should have the shape (samples, features) or (samples, height, width) "
            f"and the labels (samples,), but these have {X.shape} and {y.shape}. Reshape them."
        )
    image_shape = (X.shape[1], X.shape[2]) if X.ndim == 3 else None
    features = _as_features(X.reshape(len(X), -1))
    if place := first_not_finite(features):
        raise OwnDataError(
            f"Sample {place[0]}, feature {place[1]}, counted from 0, is {features[place]}, but a "
            "feature must be a finite number. Correct it, or leave the sample out."
        )
    return Content(features, _as_text(y), image_shape)


def _read_array(archive: zipfile.ZipFile, what: str, names: Sequence[str]) -> npt.NDArray[Any]:
    """Read the first array with one of the names; its values only if its header is right."""
    entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
    name = next((name for name in names if name in entries), None)
    if name is None:
        raise OwnDataError(
            f"The .npz file has no {what}: an array named {' or '.join(names)} was expected, but "
            f"there are {', '.join(entries)[:80] or 'none'}. Rename it."
        )
    with archive.open(entries[name]) as stream:
        shape, is_fortran, dtype = _read_header(stream)
        _check_array(name, shape, dtype)
        values = stream.read(math.prod(shape) * dtype.itemsize)
    return np.frombuffer(values, dtype).reshape(shape, order="F" if is_fortran else "C")


def _read_header(stream: Any) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(stream)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(stream)
    return np.lib.format.read_array_header_2_0(stream)


def _check_array(name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    if dtype.kind not in KINDS:
        raise OwnDataError(
            f"The array '{name}' is of the type {dtype}, but numbers were expected, or text for "
            "labels; Python objects are never unpickled. Convert it with astype."
        )
    if min(shape, default=1) < 1:
        raise OwnDataError(f"The array '{name}' is empty, its shape is {shape}. Save it again.")
    check_unpacked_bytes(math.prod(shape) * dtype.itemsize)


def _as_features(X: npt.NDArray[Any]) -> Features:
    """Return bytes as they are, and all other numbers as float32."""
    if X.dtype.kind in "SU":
        raise OwnDataError("The features are text, but numbers were expected. Convert them first.")
    check_size(*X.shape)
    if X.dtype in (np.uint8, np.bool_):
        return X.astype(np.uint8)
    with np.errstate(over="ignore"):  # too large a number becomes infinite, and is refused
        return X.astype(np.float32)


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
