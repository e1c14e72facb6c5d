"""Samples, and what happened to them: what a run needs once it has left the lab."""

import gzip
import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data.datasets import Features, Labels
from experiments.training.run_record import Change
from mlp.network import Network
from mlp.records import BatchRecord, EpochRecord, Record, Score
from mlp.training import TrainingLoop


class Recorded(NamedTuple):
    """Samples X, (n_samples, n_features), as they were recorded, and their classes.

    labels : (n_samples,), from 0 to n_classes - 1
    maximum : the largest absolute value that a feature can take
    """

    X: Features
    labels: Labels
    n_classes: int
    maximum: float


def read_digits() -> Recorded:
    """Return the 1,797 digits of 8 x 8 pixels that come with scikit-learn."""
    from sklearn.datasets import load_digits

    X, labels = load_digits(return_X_y=True)
    return Recorded(X.astype(np.uint8), labels.astype(np.intp), 10, 16.0)


def read_idx_folder(folder: Path) -> Recorded:
    """Read the four files of a set made like MNIST: the training rows, then the test rows.

    Raises
    ------
    FileNotFoundError : if they are not there
    """
    try:
        images, labels = (
            [_read_idx(folder / f"{part}-{kind}-ubyte.gz") for part in ("train", "t10k")]
            for kind in ("images-idx3", "labels-idx1")
        )
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"'{error.filename}' is not there. Let the environment variable PERCEPTRON_LAB_DATA "
            f"name the folder that holds '{folder.name}' with its four .gz files."
        ) from None
    X = np.concatenate(images)
    return Recorded(X.reshape(len(X), -1), np.concatenate(labels).astype(np.intp), 10, 255.0)


def _read_idx(path: Path) -> Features:
    """Return the bytes of an IDX file as an array.

    Byte 3 of the file is the number of dimensions; then come the size of each, in 4 bytes
    with the most significant first, and the values.
    """
    content = gzip.decompress(path.read_bytes())
    n_dimensions = content[3]
    shape = np.frombuffer(content, ">u4", n_dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * n_dimensions).reshape(shape)


def read_npz(path: Path) -> Recorded:
    """Read samples that were saved together with this script.

    Raises
    ------
    FileNotFoundError : if they are not there
    """
    if not path.exists():
        raise FileNotFoundError(
            f"'{path}' is not there. Put the samples that were saved with this script beside it, "
            "and run it in that folder."
        )
    with np.load(path) as stored:
        return Recorded(
            stored["X"], stored["labels"], len(stored["class_names"]), float(stored["maximum"])
        )


def take_points(X: Features, labels: Labels) -> Recorded:
    """Take points in the plane as they were drawn."""
    return Recorded(X, labels, int(labels.max()) + 1, float(np.abs(X).max()))


def replay(
    course: TrainingLoop,
    records: Iterable[Record],
    changes: Iterable[Change],
    until_step: int | None = None,
) -> Iterator[Record]:
    """Train as it was done once, with what was changed on the way.

    A change acts after the last record of its step; so does the end.

    Parameters
    ----------
    records : those of the course
    changes : in the order of their steps
    until_step : training was stopped by hand after this step; None if it was not
    """
    left, steps_per_epoch = deque(changes), -(-len(course.training.X) // course.batch_size)
    for record in records:
        yield record
        if isinstance(record, BatchRecord) and record.step % steps_per_epoch == 0:
            continue  # the record of the whole epoch follows, with the same step
        if record.step == until_step:
            return
        while left and left[0].step <= record.step:
            _make(left.popleft(), course)


def _make(change: Change, course: TrainingLoop) -> None:
    if change.setting == "epochs":
        course.epochs = int(change.value)
    else:
        course.optimizer.learning_rate = change.value


def tell(record: Record) -> None:
    """Print how an epoch went, or how training ended; a batch is not worth a line."""
    if isinstance(record, EpochRecord):
        parts = {"training": record.training, "validation": record.validation}
        scores = (describe(name, score) for name, score in parts.items() if score)
        print(f"epoch {record.epoch:4}  {'  '.join(scores)}")
    elif not isinstance(record, BatchRecord):
        print(record)


def describe(part: str, score: Score) -> str:
    """Say how well the network does on a part of the samples."""
    return f"{part}: loss {score.loss:.4f}, {100 * score.accuracy:.2f} % right"


def fingerprint(network: Network) -> str:
    """Return the SHA-256 of all parameters: the same only if every bit of them is."""
    return hashlib.sha256(network.parameters.tobytes()).hexdigest()
