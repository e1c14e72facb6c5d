"""Images in a folder, or in a zip file, sorted into a sub-folder for each class.

An image of a few hundred bytes can declare millions of pixels. So the sizes of all are
bounded, one image at a time is unpacked, and it is converted piece by piece.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice, product
from pathlib import Path, PurePath, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from data.own.checks import (
    MAX_ENTRIES,
    Content,
    OwnDataError,
    check_bytes,
    check_label,
    check_size,
    open_zip,
    opening,
    parsing,
    read_entry,
)

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "BMP", "GIF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif")
MAX_PIXELS = 2**24  # of an image file: the photo of a phone
MAX_ALL_PIXELS = 2**27  # of all image files: two or three seconds of work
MAX_IMAGE_BYTES = 2**25  # of an image file; the photo of a phone has a tenth of that
SCAN = b"\xff\xda"  # begins each of the passes in which a JPEG gets finer
MAX_SCANS = 20  # ten are usual; a pass of 50 bytes may go over all pixels
MAX_SIDE = 64  # pixels, of an image as the network gets it
PIECE = 1024  # pixels a side, of what is converted to gray at a time

ONE_AT_A_TIME = Lock()
"""Held while an image is unpacked: however many readers give images, one takes its memory."""


class ImageFile(NamedTuple):
    """An image not read yet, its size, and the name of its folder, which is its class."""

    class_name: str
    name: str
    n_bytes: int
    read: Callable[[], bytes]


def read_folder(folder: Path) -> Content:
    """Read the images in the sub-folders of a folder.

    Raises
    ------
    OwnDataError : if there are none, or if one cannot be read
    """
    with opening(folder.name):
        paths = [path for path in islice(folder.glob("*/*"), MAX_ENTRIES) if _is_image(path)]
        sizes = [path.stat().st_size for path in paths]
    check_bytes(sum(sizes))
    return _read(
        [
            ImageFile(path.parent.name, path.name, size, partial(_read_bytes, path))
            for path, size in zip(paths, sizes, strict=True)
        ]
    )


def _read_bytes(path: Path) -> bytes:
    with opening(path.name):
        return path.read_bytes()


def read_zip(data: bytes) -> Content:
    """Read the images in the folders of a zip file, straight from its bytes.

    Raises
    ------
    OwnDataError : if there are none, if one cannot be read, or if the zip file is not valid
    """
    with parsing("The .zip file"), open_zip(data) as archive:
        return _read([file for file in files_in_zip(archive) if file.class_name])


def files_in_zip(archive: zipfile.ZipFile) -> Iterator[ImageFile]:
    """Yield the images in a zip file; one that is in no folder has the class ''.

    Raises
    ------
    OwnDataError : if a name points outside the zip file
    """
    for entry in archive.infolist():
        path = PurePosixPath(entry.filename.replace("\\", "/"))  # as old programs write it
        if path.is_absolute() or ".." in path.parts:
            raise OwnDataError(
                f"'{entry.filename[:80]}' points outside the .zip file. Pack the folders of "
                "the classes again."
            )
        if _is_image(path):
            read = partial(read_entry, archive, entry)
            yield ImageFile(path.parent.name, path.name, entry.file_size, read)


def _is_image(path: PurePath) -> bool:
    is_hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return path.suffix.lower() in SUFFIXES and not is_hidden


def _read(files: Sequence[ImageFile]) -> Content:
    """Read images in shades of gray and bring them to one size.

    That is the size of the first, by class and by name, shrunk to at most MAX_SIDE pixels
    a side. An image of other proportions is stretched.
    """
    if not files:
        raise OwnDataError(
            f"There are no images ({', '.join(SUFFIXES)}) in sub-folders. Put them into one "
            "folder for each class, with the name of the class."
        )
    files = sorted(files, key=lambda file: file[:2])
    with ONE_AT_A_TIME:
        size = _shrunk(read_gray(files[0]).size)
    check_size(len(files), size[0] * size[1])
    labels = [check_label(file.class_name, f"{name_of(file)}, by its folder,") for file in files]
    X = np.empty((len(files), size[0] * size[1]), np.uint8)
    n_pixels = 0
    for file, row in zip(files, X, strict=True):
        row[:], n_stored = _read_pixels(file, size)
        n_pixels += n_stored
        if n_pixels > MAX_ALL_PIXELS:
            raise OwnDataError(
                f"The images have more than {MAX_ALL_PIXELS:,} pixels in all. Make them smaller, "
                f"such as {size[0]} x {size[1]}: the network gets no more of them."
            )
    return Content(X, labels, (size[1], size[0]))


def name_of(file: ImageFile) -> str:
    """Return what an image is called in a message."""
    return f"The image '{file.class_name[:40]}/{file.name[:40]}'"


def _shrunk(size: tuple[int, int]) -> tuple[int, int]:
    """Return a size of the same proportions, at most MAX_SIDE pixels a side."""
    ratio = min(1, MAX_SIDE / max(size))
    return max(1, round(ratio * size[0])), max(1, round(ratio * size[1]))


def _read_pixels(
    file: ImageFile, size: tuple[int, int]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.uint8]], int]:
    """Return an image brought to this width and height, (width x height,), and its own pixels."""
    from PIL.Image import Resampling

    with ONE_AT_A_TIME:
        image = read_gray(file)
        shrunk = image.resize(size, Resampling.BILINEAR)
        return np.asarray(shrunk, np.uint8).reshape(-1), image.width * image.height


def read_gray(file: ImageFile) -> "Image":
    """Return an image in shades of gray, upright, on white where it is transparent.

    Raises
    ------
    OwnDataError : if it is too large, or cannot be read
    """
    from PIL import Image, ImageOps

    name = name_of(file)
    if file.n_bytes > MAX_IMAGE_BYTES:
        raise OwnDataError(
            f"{name} takes {file.n_bytes / 2**20:.1f} MiB; at most {MAX_IMAGE_BYTES / 2**20:.0f} "
            "are possible. Make it smaller."
        )
    with parsing(name, "Save it again as PNG or JPEG."):
        content = file.read()
        try:
            stored = Image.open(io.BytesIO(content), formats=FORMATS)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_many_pixels(name) from None
        with stored:
            if stored.width * stored.height > MAX_PIXELS:
                raise _too_many_pixels(name)
            if stored.format == "JPEG" and content.count(SCAN) > MAX_SCANS:
                raise OwnDataError(
                    f"{name} is a JPEG of more than {MAX_SCANS} passes. Save it again, without "
                    "'progressive', or as PNG."
                )
            if stored.mode.startswith("I"):
                raise OwnDataError(
                    f"{name} has more than 256 shades of gray. Save it with 8 bits a pixel."
                )
            gray = _gray(stored)
            gray.info = stored.info  # says how the camera was held
        return ImageOps.exif_transpose(gray)


def _too_many_pixels(name: str) -> OwnDataError:
    return OwnDataError(
        f"{name} has more than {MAX_PIXELS:,} pixels. Make it smaller: the network gets no more "
        f"than {MAX_SIDE} x {MAX_SIDE} of them."
    )


def _gray(stored: "Image") -> "Image":
    """Return an image in shades of gray, converted in pieces: a copy in color is never made."""
    from PIL import Image

    gray = Image.new("L", stored.size)
    for left, top in product(range(0, stored.width, PIECE), range(0, stored.height, PIECE)):
        right, bottom = min(left + PIECE, stored.width), min(top + PIECE, stored.height)
        piece = stored.crop((left, top, right, bottom))
        if stored.has_transparency_data:
            white = Image.new("RGBA", piece.size, "white")
            piece = Image.alpha_composite(white, piece.convert("RGBA"))
        gray.paste(piece.convert("L"), (left, top))
    return gray
