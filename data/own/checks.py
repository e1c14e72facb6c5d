"""The limits of the reader's own data, and the one error for all that is wrong with them."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from data.datasets import Features

MAX_BYTES = 64 * 2**20  # of a file: a browser uploads as much in a moment
MAX_UNPACKED_BYTES = 128 * 2**20  # of all that is in a packed file
MAX_VALUES = 8 * 2**20  # samples x features: 32 MiB for each of fifty on one server
MAX_SAMPLES = 100_000  # more than MNIST has; an epoch still takes seconds
MAX_FEATURES = 4096  # an image of 64 x 64 pixels
MAX_MAGNITUDE = 1e30  # of a feature: what is computed from it must be finite in float32, too
MAX_LABEL_CHARACTERS = 80  # more is a text, not a name
MAX_CLASSES = 100  # more than a confusion matrix can show
MIN_OF_A_CLASS = 3  # one each for training, validation and test

DIRECTORY_MARK = b"PK\x01\x02"  # begins each entry in the directory of a zip file
IS_LOCKED = 1  # among the flags of such an entry
MAX_ENTRIES = 2 * MAX_SAMPLES  # folders and other files among the samples


class OwnDataError(ValueError):
    """Data that cannot be used; the message says why, and what to do."""


class Content(NamedTuple):
    """What was read from a file.

    X : (n_samples, n_features)
    labels : one a sample, as text
    image_shape : (height, width), or None for a table
    feature_names : one a column, if the file names them; else empty
    """

    X: Features
    labels: Sequence[str]
    image_shape: tuple[int, int] | None
    feature_names: Sequence[str] = ()


def check_bytes(n_bytes: int) -> None:
    """Refuse a file that is too large."""
    if n_bytes > MAX_BYTES:
        raise OwnDataError(
            f"The data have {n_bytes / 2**20:,.1f} MiB; at most {MAX_BYTES / 2**20:.0f} are "
            "possible. Take fewer samples."
        )


def check_unpacked_bytes(n_bytes: int) -> None:
    """Refuse a file that is too large once it is unpacked."""
    if n_bytes > MAX_UNPACKED_BYTES:
        raise OwnDataError(
            f"Unpacked, the data would have {n_bytes / 2**20:,.1f} MiB; at most "
            f"{MAX_UNPACKED_BYTES / 2**20:.0f} are possible. Take fewer samples."
        )


def check_size(n_samples: int, n_features: int) -> None:
    """Refuse too few or too many samples and features."""
    if not 1 <= n_samples <= MAX_SAMPLES:
        raise OwnDataError(f"There are {n_samples:,} samples; 1 to {MAX_SAMPLES:,} are possible.")
    if not 1 <= n_features <= MAX_FEATURES:
        raise OwnDataError(
            f"A sample has {n_features:,} features; 1 to {MAX_FEATURES:,} are possible."
        )
    if n_samples * n_features > MAX_VALUES:
        raise OwnDataError(
            f"{n_samples:,} samples of {n_features:,} features are more than {MAX_VALUES:,} "
            "numbers. Take fewer samples, or smaller images."
        )


def check_classes(counts: Counter[str]) -> None:
    """Refuse one class alone, too many, and classes too small to be in every part."""
    if len(counts) < 2:
        raise OwnDataError(
            f"All samples belong to one class, '{next(iter(counts))[:40]}', but two or more are "
            "needed. Are the labels in the right place?"
        )
    if len(counts) > MAX_CLASSES:
        raise OwnDataError(
            f"The labels have {len(counts):,} different values, but at most {MAX_CLASSES} classes "
            "are possible. Are the labels in the right place?"
        )
    rarest, count = min(counts.items(), key=lambda item: item[1])
    if count < MIN_OF_A_CLASS:
        raise OwnDataError(
            f"Class '{rarest[:40]}' has too few samples, {count}; every class needs "
            f"{MIN_OF_A_CLASS}, one each for training, validation and test. Add some, or leave "
            "the class out."
        )


def check_label(text: str, where: str) -> str:
    """Return a label without the space around it; refuse a missing one."""
    label = text.strip()
    if label.lower() in ("", "nan"):
        raise OwnDataError(f"{where} has no label. Give it one, or leave the sample out.")
    if len(label) > MAX_LABEL_CHARACTERS or not label.isprintable():
        raise OwnDataError(
            f"{where} has the label {label[:40]!r}, but a label is a name of at most "
            f"{MAX_LABEL_CHARACTERS} characters that can be printed. Is it in the right place?"
        )
    return label


def first_unusable(X: Features) -> tuple[int, int] | None:
    """Return row and column of the first value that is NaN, infinite or too large, if any is."""
    are_usable = (X >= -MAX_MAGNITUDE) & (X <= MAX_MAGNITUDE)
    if are_usable.all():
        return None
    row, column = divmod(int(are_usable.argmin()), X.shape[1])
    return row, column


@contextmanager
def parsing(what: str, advice: str = "Save it again.") -> Iterator[None]:
    """Turn any error of a parser into an OwnDataError of one sentence.

    What the parser says is for those who wrote it; it stays in the cause of the error.
    """
    try:
        yield
    except OwnDataError:
        raise
    except Exception as error:  # parsers raise errors of all kinds
        raise OwnDataError(
            f"{what} cannot be read; it is damaged, or not of the type that its name says. {advice}"
        ) from error


@contextmanager
def opening(name: str) -> Iterator[None]:
    """Turn an error of the disk into an OwnDataError."""
    try:
        yield
    except OSError as error:
        raise OwnDataError(
            f"'{name}' cannot be read: {error.strerror}. Is it the right file or folder?"
        ) from error


def open_zip(data: bytes) -> zipfile.ZipFile:
    """Open a zip file, unless its directory declares too much."""
    n_entries = data.count(DIRECTORY_MARK)  # before an object is made of each
    if n_entries > MAX_ENTRIES:
        raise OwnDataError(
            f"The file has {n_entries:,} entries; at most {MAX_SAMPLES:,} samples are possible."
        )
    archive = zipfile.ZipFile(io.BytesIO(data))
    check_unpacked_bytes(sum(entry.file_size for entry in archive.infolist()))
    for entry in archive.infolist():
        if entry.flag_bits & IS_LOCKED:
            raise OwnDataError(
                f"'{entry.filename[:80]}' is locked with a password. Pack it without one."
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise OwnDataError(
                f"'{entry.filename[:80]}' is packed in an unusual way, but 'deflate' was "
                "expected. Pack it as an ordinary zip file."
            )
    return archive


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return the content of an entry, never more than it declares."""
    with archive.open(entry) as stream:
        return stream.read(entry.file_size)  # all, without a size, would be unpacked unchecked
