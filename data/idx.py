"""Read IDX, the file format of MNIST.

A file is a magic number, the size of each dimension, and the values, one byte each:

    00 00 | type | d        type 08 means unsigned bytes, d is the number of dimensions
    size_1, ..., size_d     4 bytes each, the most significant first
    values                  size_1 x ... x size_d bytes, the last dimension running fastest

The sizes that a file declares are not trusted: memory is allocated only for the values that
are really there.

Source: Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of handwritten digits.
"""

import gzip
import io
import math
import zlib
from pathlib import Path
from typing import IO, TypeAlias

import numpy as np
import numpy.typing as npt

Bytes: TypeAlias = npt.NDArray[np.uint8]
Stream: TypeAlias = IO[bytes] | gzip.GzipFile

UNSIGNED_BYTES = 0x08
OTHER_TYPES = {
    0x09: "signed bytes",
    0x0B: "16-bit integers",
    0x0C: "32-bit integers",
    0x0D: "32-bit floating-point numbers",
    0x0E: "64-bit floating-point numbers",
}
GZIP_START = b"\x1f\x8b"
MAX_DIMENSIONS = 4  # samples, height, width, color
MAX_BYTES = 64 * 2**20  # the training images of MNIST take 45 MiB
CHUNK = 2**18  # bytes unpacked at a time


class IdxError(ValueError):
    """A file that is not valid IDX; the message says what is wrong with it."""


def read_idx(source: Path | bytes, *, max_bytes: int = MAX_BYTES) -> Bytes:
    """Return the values of an IDX file, compressed with gzip or not.

    Parameters
    ----------
    source : the file, or its content; its first bytes show whether it is compressed
    max_bytes : the most values to accept

    Returns
    -------
    values : (size_1, ..., size_d) uint8, read-only

    Raises
    ------
    IdxError : if the file cannot be read, is damaged, or holds anything else
    """
    name = "The IDX data" if isinstance(source, bytes) else f"'{source.name}'"
    try:
        with _open(source) as stored, _unpack(stored) as stream:
            return _read_values(stream, _read_shape(stream, name, max_bytes), name)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise IdxError(
            f"{name} cannot be unpacked, it is damaged or was cut short ({error}). "
            "Remove it and download it again."
        ) from error
    except OSError as error:
        raise IdxError(f"{name} cannot be read: {error.strerror}.") from error


def read_labeled_images(images: Path | bytes, labels: Path | bytes) -> tuple[Bytes, Bytes]:
    """Return images, (n_samples, height, width), and the label of each, (n_samples,).

    Raises
    ------
    IdxError : if one cannot be read, or if they do not belong together
    """
    pixels, classes = read_idx(images), read_idx(labels)
    if (pixels.ndim, classes.ndim) != (3, 1):
        raise IdxError(
            "Images have 3 dimensions and labels have 1; "
            f"these have {pixels.ndim} and {classes.ndim}. Are the files in the right places?"
        )
    if len(pixels) != len(classes):
        raise IdxError(
            f"There are {len(pixels):,} images but {len(classes):,} labels. "
            "Take both files from the same set."
        )
    return pixels, classes


def _open(source: Path | bytes) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _unpack(stored: IO[bytes]) -> Stream:
    """Return the stream of what is stored, unpacked if it begins like gzip."""
    is_packed = stored.read(len(GZIP_START)) == GZIP_START
    stored.seek(0)
    return gzip.GzipFile(fileobj=stored) if is_packed else stored


def _read_shape(stream: Stream, name: str, max_bytes: int) -> tuple[int, ...]:
    """Read the magic number and the size of each dimension, and check both."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0":
        raise IdxError(
            f"{name} is not an IDX file: it begins with '{magic.hex(' ')}', "
            "but '00 00 08' and the number of dimensions was expected. Is it the right file?"
        )
    _check_magic(magic[2], magic[3], name)
    sizes = stream.read(4 * magic[3])
    if len(sizes) < 4 * magic[3]:
        raise IdxError(
            f"{name} ends before its values begin: {magic[3]} sizes of 4 bytes each were "
            f"expected, {len(sizes)} bytes came. Download it again."
        )
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    if not 0 < math.prod(shape) <= max_bytes:
        raise IdxError(
            f"{name} declares {_product(shape)} values; 1 to {max_bytes:,} were expected. "
            "Is it the right file?"
        )
    return shape


def _check_magic(type_code: int, n_dimensions: int, name: str) -> None:
    """Refuse values other than unsigned bytes, and a number of dimensions out of range."""
    if type_code in OTHER_TYPES:
        raise IdxError(
            f"{name} holds {OTHER_TYPES[type_code]} (type {type_code:02x}); only unsigned bytes "
            f"(type {UNSIGNED_BYTES:02x}) can be read. Convert it first."
        )
    if type_code != UNSIGNED_BYTES:
        raise IdxError(
            f"{name} names a type of values that IDX does not know, {type_code:02x}; "
            f"{UNSIGNED_BYTES:02x} was expected. Is it the right file?"
        )
    if not 1 <= n_dimensions <= MAX_DIMENSIONS:
        raise IdxError(
            f"{name} declares {n_dimensions} dimensions; 1 to {MAX_DIMENSIONS} were expected. "
            "Is it the right file?"
        )


def _read_values(stream: Stream, shape: tuple[int, ...], name: str) -> Bytes:
    n_values = math.prod(shape)
    values = _read_up_to(stream, n_values + 1)  # one more makes gzip verify its checksum, too
    if len(values) != n_values:
        came = f"only {len(values):,}" if len(values) < n_values else "more"
        raise IdxError(
            f"{name} declares {_product(shape)} values, but has {came}. Download it again."
        )
    array = np.frombuffer(values, np.uint8).reshape(shape)
    array.setflags(write=False)
    return array


def _read_up_to(stream: Stream, n_bytes: int) -> bytearray:
    """Return the next bytes, fewer at the end; memory grows with what is read."""
    data = bytearray()
    while chunk := stream.read(min(CHUNK, n_bytes - len(data))):
        data += chunk
    return data


def _product(shape: tuple[int, ...]) -> str:
    """Write 60,000 x 28 x 28 = 47,040,000."""
    total = f"{math.prod(shape):,}"
    return f"{' x '.join(f'{size:,}' for size in shape)} = {total}" if len(shape) > 1 else total
