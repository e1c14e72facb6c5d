"""The reader's own data: a table, arrays, or images sorted into a folder for each class.

    .csv      a row for each sample, its features as numbers; the label is in the column
              `label`, `class`, `target` or `y`, or else in the last; a header is optional
    .npz      features, (n, features) or images (n, height, width), as `X`, `x`, `data`,
              `pixels` or `images`; labels, (n,), as `y`, `labels` or `target`
    folder    or .zip: images (PNG, JPEG, BMP, GIF), in one sub-folder for each class

Images of dark ink on a light background are inverted, so that ink is high, as in MNIST.

Files from outside are not trusted: sizes are checked before anything is unpacked, nothing
is unpickled, and nothing is written to the disk.
"""

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from data.datasets import Dataset, RowOrder
from data.own.arrays import read_npz
from data.own.checks import (
    MAX_LABEL_CHARACTERS,
    Content,
    OwnDataError,
    check_bytes,
    check_classes,
    check_size,
    opening,
)
from data.own.images import read_folder, read_zip
from data.own.polarity import inverted, is_dark_on_light
from data.own.table import read_csv

__all__ = ["OWN_ROW_ORDER", "READERS", "OwnDataError", "inverted", "load_own"]

READERS: dict[str, Callable[[bytes], Content]] = {
    ".csv": read_csv,
    ".npz": read_npz,
    ".zip": read_zip,
}
OWN_ROW_ORDER = RowOrder(
    has_blocks=True,
    reason="Only you know whether the rows of your file came in blocks, from one person, day or "
    "device after the other. If they did, blocks are the honest split.",
)


def load_own(source: Path | tuple[str, bytes], *, to_learn: bool = True) -> Dataset:
    """Return the reader's own data as a dataset; pixels stay bytes, all else is float32.

    Images of dark ink on a light background are inverted, so that ink is high.

    Parameters
    ----------
    source : a file or a folder, or the name and the content of a file
    to_learn : whether to train a network with them; to evaluate a trained one, a few samples
        of one class are enough

    Raises
    ------
    OwnDataError : if it cannot be read, is too large, or cannot be used for training
    """
    name = source.name if isinstance(source, Path) else source[0]
    if isinstance(source, Path) and source.is_dir():
        return _as_dataset(name, read_folder(source), to_learn)
    suffix = Path(name).suffix.lower()
    if suffix not in READERS:
        raise OwnDataError(
            f"'{name[:80]}' is not of a kind that can be read. "
            f"Take a file that ends in {', '.join(READERS)}, or a folder of images."
        )
    return _as_dataset(name, READERS[suffix](_content_of(source)), to_learn)


def _content_of(source: Path | tuple[str, bytes]) -> bytes:
    """Return the bytes of a file that is neither too large nor empty."""
    if isinstance(source, tuple):
        data = source[1]
        check_bytes(len(data))
    else:
        with opening(source.name):
            check_bytes(source.stat().st_size)
            data = source.read_bytes()
    if not data:
        raise OwnDataError("The file is empty. Save it again.")
    return data


def _as_dataset(name: str, content: Content, to_learn: bool) -> Dataset:
    """Number the classes, and check what a reader cannot."""
    X, labels, image_shape, feature_names = content
    check_size(*X.shape)
    if to_learn:
        check_classes(Counter(labels))
    class_names = tuple(sorted(set(labels), key=_numbers_first))
    index = {class_name: i for i, class_name in enumerate(class_names)}
    dataset = Dataset(
        name="own",
        title=Path(name).stem[:80],
        X=X,
        labels=np.array([index[label] for label in labels], np.intp),
        class_names=class_names,
        image_shape=image_shape,
        maximum=max(abs(float(X.min())), abs(float(X.max()))) or 1.0,
        unit="brightness" if image_shape else "value",
        source="your own data",
        feature_names=tuple(map(_printable, feature_names)),
    )
    is_negative = image_shape is not None and is_dark_on_light(X, image_shape)
    return inverted(dataset) if is_negative else dataset


def _printable(name: str) -> str:
    """Return the name of a column as it can be shown."""
    return "".join(filter(str.isprintable, name))[:MAX_LABEL_CHARACTERS]


def _numbers_first(class_name: str) -> tuple[bool, float, str]:
    """Sort 2 before 10, and numbers before words."""
    try:
        number = float(class_name)
    except ValueError:
        number = math.inf
    return (not math.isfinite(number), number if math.isfinite(number) else 0.0, class_name)
