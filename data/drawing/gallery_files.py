"""A gallery as a file: as arrays (.npz), or as images in a folder for each digit (.zip).

    .npz  `images` (n, height, width), uint8, 0 blank to 255 full ink; `labels` (n,), integers, -1
          for a drawing without a label. If the strokes are known: `points` (n_points, 3), each
          [x, y, width]; `stroke_ends`, for each stroke the number of points up to its end;
          `drawing_ends` (n,), for each drawing the number of strokes up to its end; `pads` (n, 2),
          height and width of its pad. A drawing without strokes is its image
    .zip  PNG images; the name of the folder is the digit, and one in no folder has no label

Images of dark ink on a light background, in a .zip file, are inverted. It can be loaded as one's
own data as well. A file may come from anyone: sizes are checked before anything is unpacked, and
nothing is unpickled.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL.Image import Resampling

from data.drawing.gallery import (
    IMAGE_SIDE,
    N_LABELS,
    KeptDrawing,
    as_png,
    check_label,
    check_number,
)
from data.drawing.ink import DrawingError, Ink
from data.drawing.strokes import MAX_POINTS, Stroke, read_strokes
from data.own.arrays import StoredArray, read_header, read_values
from data.own.checks import OwnDataError, check_bytes, open_zip, parsing
from data.own.images import (
    MAX_ALL_PIXELS,
    ONE_AT_A_TIME,
    ImageFile,
    files_in_zip,
    name_of,
    read_gray,
)
from data.own.polarity import WHITE, is_dark_on_light

Arrays = Mapping[str, npt.NDArray[Any]]

NO_LABEL = -1
MAX_ALL_POINTS = 200_000  # of a file: more than a gallery has room for
MIN_PAD, MAX_PAD = 1e-3, 1e5  # units


def to_npz(drawings: Sequence[KeptDrawing]) -> bytes:
    """Return drawings as the content of an .npz file, from which they come back as they are."""
    strokes = [stroke for drawing in drawings for stroke in drawing.strokes]
    file = io.BytesIO()
    np.savez_compressed(
        file,
        images=np.array([drawing.ink for drawing in drawings], np.uint8).reshape(
            -1, IMAGE_SIDE, IMAGE_SIDE
        ),
        labels=np.array([_number_of(drawing.label) for drawing in drawings], np.int64),
        points=np.concatenate([np.empty((0, 3)), *strokes]),
        stroke_ends=np.cumsum([len(stroke) for stroke in strokes], dtype=np.int64),
        drawing_ends=np.cumsum([len(drawing.strokes) for drawing in drawings], dtype=np.int64),
        pads=np.array([drawing.pad for drawing in drawings], np.float64).reshape(-1, 2),
    )
    return file.getvalue()


def to_zip(drawings: Sequence[KeptDrawing]) -> bytes:
    """Return drawings as the content of a .zip file of PNG images, a folder for each digit."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:  # PNG is compressed already
        for i, drawing in enumerate(drawings, 1):
            folder = "" if drawing.label is None else f"{drawing.label}/"
            archive.writestr(f"{folder}drawing-{i:03}.png", as_png(drawing.ink))
    return file.getvalue()


def _number_of(label: int | None) -> int:
    return NO_LABEL if label is None else label


def read_gallery(name: str, content: bytes) -> list[KeptDrawing]:
    """Read drawings from a file that anyone may have made.

    Parameters
    ----------
    name : of the file; its end says of which kind it is

    Raises
    ------
    DrawingError : if it cannot be read, is too large, or holds something else
    """
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        raise DrawingError(
            f"'{name[:80]}' is no gallery. Take a file that ends in {' or '.join(READERS)}, such "
            "as one that was downloaded here."
        )
    with _as_drawing_error():
        check_bytes(len(content))
        return READERS[suffix](content)


@contextmanager
def _as_drawing_error() -> Iterator[None]:
    try:
        yield
    except OwnDataError as error:
        raise DrawingError(str(error)) from error


# --- Images -----------------------------------------------------------------------------


def _from_zip(content: bytes) -> list[KeptDrawing]:
    with parsing("The .zip file"), open_zip(content) as archive:
        files = sorted(files_in_zip(archive), key=lambda file: file[:2])
        _check_any(len(files))
        check_number(len(files))
        labels = [_label_of_folder(file) for file in files]
        return [
            KeptDrawing(png=as_png(ink), label=label)
            for ink, label in zip(_inks(files), labels, strict=True)
        ]


def _inks(files: Iterable[ImageFile]) -> Iterator[Ink]:
    """Yield the images with ink high, shrunk to at most IMAGE_SIDE pixels a side."""
    n_pixels = 0
    for file in files:
        with ONE_AT_A_TIME:
            image = read_gray(file)
            n_pixels += image.width * image.height
            image.thumbnail((IMAGE_SIDE, IMAGE_SIDE), Resampling.BILINEAR)
        if n_pixels > MAX_ALL_PIXELS:
            raise DrawingError(
                f"The images have more than {MAX_ALL_PIXELS:,} pixels in all. Make them smaller, "
                f"such as {IMAGE_SIDE} x {IMAGE_SIDE}."
            )
        ink = np.asarray(image)
        is_negative = is_dark_on_light(ink.reshape(1, -1), (ink.shape[0], ink.shape[1]))
        yield np.uint8(WHITE) - ink if is_negative else ink


def _label_of_folder(file: ImageFile) -> int | None:
    if file.class_name in ("", *map(str, range(N_LABELS))):
        return int(file.class_name) if file.class_name else None
    raise DrawingError(
        f"{name_of(file)} is in a folder that is no digit. Name the folders 0 to {N_LABELS - 1}; "
        "an image without a label is in no folder."
    )


def _check_any(n_drawings: int) -> None:
    if n_drawings == 0:
        raise DrawingError("There are no drawings in the file. Choose another one.")


# --- Arrays -----------------------------------------------------------------------------


class _Kind(NamedTuple):
    """What an array has to be: letters for its type, the size of each dimension, and its limit.

    A size of None is any size; n_most is of the first dimension.
    """

    letters: str
    shape: tuple[int | None, ...]
    n_most: int
    in_words: str


REQUIRED = {
    "images": _Kind("u", (None, None, None), MAX_ALL_POINTS, "bytes, (n, height, width)"),
    "labels": _Kind("iu", (None,), MAX_ALL_POINTS, "integers, (n,)"),
}
STROKES = {
    "points": _Kind("f", (None, 3), MAX_ALL_POINTS, "floating-point numbers, (n_points, 3)"),
    "stroke_ends": _Kind("iu", (None,), MAX_ALL_POINTS, "integers, (n_strokes,)"),
    "drawing_ends": _Kind("iu", (None,), MAX_ALL_POINTS, "integers, (n,)"),
    "pads": _Kind("f", (None, 2), MAX_ALL_POINTS, "floating-point numbers, (n, 2)"),
}


def _from_npz(content: bytes) -> list[KeptDrawing]:
    with parsing("The .npz file"), open_zip(content) as archive:
        entries = {entry.filename.removesuffix(".npy"): entry for entry in archive.infolist()}
        kinds = REQUIRED | (STROKES if STROKES.keys() & entries.keys() else {})
        if missing := kinds.keys() - entries.keys():
            raise DrawingError(
                f"The .npz file has no array named {' or '.join(sorted(missing))}. Choose a "
                "gallery that was downloaded here."
            )
        stored = {name: read_header(archive, entries[name]) for name in kinds}
        for name, kind in kinds.items():
            _check_array(name, stored[name], kind)
        _check_sizes(stored)
        arrays = {name: read_values(archive, each, each.dtype) for name, each in stored.items()}
    labels = [
        None if label == NO_LABEL else check_label(label) for label in arrays["labels"].tolist()
    ]
    strokes = _strokes_of(arrays, len(labels)) if STROKES.keys() & arrays.keys() else {}
    return [
        KeptDrawing(*strokes[i], label=label)
        if i in strokes
        else KeptDrawing(png=as_png(image), label=label)
        for i, (image, label) in enumerate(zip(arrays["images"], labels, strict=True))
    ]


def _check_array(name: str, stored: StoredArray, kind: _Kind) -> None:
    """Refuse an array of another type or shape, before any of it is unpacked."""
    shape = stored.shape
    is_fit = (
        stored.dtype.kind in kind.letters
        and len(shape) == len(kind.shape)
        and all(wanted in (None, size) for size, wanted in zip(shape, kind.shape, strict=True))
    )
    if name == "images":
        is_fit = is_fit and stored.dtype == np.uint8
    if not is_fit:
        raise DrawingError(
            f"The array '{name}' should be {kind.in_words}, but it is {str(stored.dtype)[:40]} of "
            f"shape {str(shape)[:60]}. Choose a gallery that was downloaded here."
        )
    if shape[0] > kind.n_most:
        raise DrawingError(
            f"The array '{name}' has {shape[0]:,} rows; at most {kind.n_most:,} are possible. Take "
            "fewer drawings."
        )


def _check_sizes(stored: Mapping[str, StoredArray]) -> None:
    """Refuse arrays that do not belong together, or are too large, before they are unpacked."""
    n_drawings, height, width = stored["images"].shape
    _check_any(n_drawings)
    check_number(n_drawings)
    if not 1 <= min(height, width) <= max(height, width) <= IMAGE_SIDE:
        raise DrawingError(
            f"The images have {width:,} x {height:,} pixels; 1 to {IMAGE_SIDE} a side are "
            "possible. Make them smaller."
        )
    for name in ("labels", "drawing_ends", "pads"):
        if name in stored and stored[name].shape[0] != n_drawings:
            raise DrawingError(
                f"There are {n_drawings} images, but '{name}' has {stored[name].shape[0]:,} rows. "
                "Choose a gallery that was downloaded here."
            )


def _strokes_of(
    arrays: Arrays, n_drawings: int
) -> dict[int, tuple[list[Stroke], tuple[float, float]]]:
    """Return the strokes and the pad of each drawing that has strokes, by its place."""
    points, pads = arrays["points"], arrays["pads"].tolist()
    stroke_ends = _ends(arrays, "stroke_ends", len(points))
    drawing_ends = _ends(arrays, "drawing_ends", len(stroke_ends) - 1)
    found = {}
    for i, (first, last) in enumerate(pairwise(drawing_ends)):
        if first == last:
            continue
        height, width = pads[i]
        if not (MIN_PAD <= height <= MAX_PAD and MIN_PAD <= width <= MAX_PAD):
            raise DrawingError(
                f"The pad of drawing {i}, counted from 0, has the size {width:g} x {height:g}, but "
                f"each side must be from {MIN_PAD:g} to {MAX_PAD:,.0f}. Leave the drawing out."
            )
        ends = stroke_ends[first : last + 1]
        if ends[-1] - ends[0] > MAX_POINTS:
            raise DrawingError(
                f"Drawing {i}, counted from 0, has {ends[-1] - ends[0]:,} points; at most "
                f"{MAX_POINTS:,} are possible. Leave it out."
            )
        lists = [points[start:end].tolist() for start, end in pairwise(ends)]
        if strokes := read_strokes(lists, (height, width)):
            found[i] = strokes, (height, width)
    return found


def _ends(arrays: Arrays, name: str, total: int) -> list[int]:
    """Return where each group ends, after a 0 for where the first begins."""
    ends = [0, *arrays[name].tolist()]
    if ends[-1] != total or any(end < start for start, end in pairwise(ends)):
        raise DrawingError(
            f"The numbers in '{name}' should rise up to {total:,}, and they do not. The file is "
            "damaged: save the gallery again."
        )
    return ends


READERS = {".npz": _from_npz, ".zip": _from_zip}
