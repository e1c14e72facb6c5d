"""Images in a folder, or in a zip file, sorted into a sub-folder for each class."""

import io
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from data.own.checks import (
    MAX_ENTRIES,
    Content,
    OwnDataError,
    check_bytes,
    check_size,
    open_zip,
    parsing,
    read_entry,
)

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "BMP", "GIF")
SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".gif")
MAX_PIXELS = 2**24  # of an image file: the photo of a phone
MAX_ALL_PIXELS = 2**28  # of all image files: some seconds of work
MAX_SIDE = 64  # pixels, of an image as the network gets it


class ImageFile(NamedTuple):
    """An image not read yet, and the name of its folder, which is its class."""

    class_name: str
    name: str
    read: Callable[[], bytes]


def read_folder(folder: Path) -> Content:
    """Read the images in the sub-folders of a folder.

    Raises
    ------
    OwnDataError : if there are none, or if one cannot be read
    """
    try:
        paths = [path for path in islice(folder.glob("*/*"), MAX_ENTRIES) if _is_image(path)]
        check_bytes(sum(path.stat().st_size for path in paths))
    except OSError as error:
        raise OwnDataError(
            f"'{folder.name}' cannot be read: {error.strerror}. Is it the right folder?"
        ) from error
    return _read([ImageFile(path.parent.name, path.name, path.read_bytes) for path in paths])


def read_zip(data: bytes) -> Content:
    """Read the images in the folders of a zip file, straight from its bytes.

    Raises
    ------
    OwnDataError : if there are none, if one cannot be read, or if the zip file is not valid
    """
    files = []
    with parsing("The .zip file"), open_zip(data) as archive:
        for entry in archive.infolist():
            path = PurePosixPath(entry.filename)
            if path.is_absolute() or ".." in path.parts:
                raise OwnDataError(
                    f"'{entry.filename[:80]}' points outside the .zip file. Pack the folders of "
                    "the classes again."
                )
            if _is_image(path) and path.parent.name:
                read = partial(read_entry, archive, entry)
                files.append(ImageFile(path.parent.name, path.name, read))
        return _read(files)


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
    size = _shrunk(_read_gray(files[0]).size)
    check_size(len(files), size[0] * size[1])
    X = np.empty((len(files), size[0] * size[1]), np.uint8)
    n_pixels = 0
    for file, row in zip(files, X, strict=True):
        image = _read_gray(file)
        n_pixels += image.width * image.height
        if n_pixels > MAX_ALL_PIXELS:
            raise OwnDataError(
                f"The images have more than {MAX_ALL_PIXELS:,} pixels in all. Make them smaller, "
                f"such as {size[0]} x {size[1]}: the network gets no more of them."
            )
        row[:] = _pixels(image, size)
    return Content(X, [file.class_name for file in files], (size[1], size[0]))


def _shrunk(size: tuple[int, int]) -> tuple[int, int]:
    """Return a size of the same proportions, at most MAX_SIDE pixels a side."""
    ratio = min(1, MAX_SIDE / max(size))
    return max(1, round(ratio * size[0])), max(1, round(ratio * size[1]))


def _pixels(image: "Image", size: tuple[int, int]) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Return an image brought to this width and height, row by row, (width x height,)."""
    from PIL.Image import Resampling

    return np.asarray(image.resize(size, Resampling.BILINEAR), np.uint8).reshape(-1)


def _read_gray(file: ImageFile) -> "Image":
    """Return an image in shades of gray, upright, on white where it is transparent."""
    from PIL import Image, ImageOps

    what = f"The image '{file.class_name[:40]}/{file.name[:40]}'"
    with parsing(what), Image.open(io.BytesIO(file.read()), formats=FORMATS) as stored:
        if stored.width * stored.height > MAX_PIXELS:
            raise OwnDataError(
                f"{what} has {stored.width:,} x {stored.height:,} pixels; at most {MAX_PIXELS:,} "
                "are possible. Make it smaller."
            )
        if stored.mode.startswith("I"):
            raise OwnDataError(
                f"{what} has more than 256 shades of gray. Save it with 8 bits a pixel."
            )
        image = ImageOps.exif_transpose(stored)
        if image.has_transparency_data:
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image.convert("RGBA"))
        return image.convert("L")
