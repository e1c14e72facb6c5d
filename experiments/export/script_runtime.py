"""What an exported script needs besides the network: its samples, and what it prints."""

import gzip
import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data.datasets import Features, Labels
from data.plane_features import plane_features
from data.toy import Points
from experiments.training.changes import Change
from mlp.network import Network
from mlp.records import BatchRecord, EpochRecord, Record, Score
from mlp.training import TrainingLoop


class RawSamples(NamedTuple):
    """Samples before scaling, and their classes.

    X : (n_samples, n_features)
    labels : (n_samples,), from 0 to n_classes - 1
    maximum : the largest absolute value that a feature can have; None where that is not known
    image_shape : (height, width) of a sample in pixels; None if a sample is no image
    """

    X: Features
    labels: Labels
    n_classes: int
    maximum: float | None
    image_shape: tuple[int, int] | None = None


def read_digits() -> RawSamples:
    """Return the 1,797 digits of 8 x 8 pixels that come with scikit-learn."""
    from sklearn.datasets import load_digits

    X, labels = load_digits(return_X_y=True)
    return RawSamples(X.astype(np.uint8), labels.astype(np.intp), 10, 16.0, (8, 8))


def read_idx_folder(folder: Path) -> RawSamples:
    """Read the four files of MNIST or Fashion-MNIST: the training rows, then the test rows.

    Raises
    ------
    FileNotFoundError : if a file is missing
    """
    try:
        images, labels = (
            [_read_idx(folder / f"{part}-{kind}-ubyte.gz") for part in ("train", "t10k")]
            for kind in ("images-idx3", "labels-idx1")
        )
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"'{error.filename}' is not there. Set the environment variable PERCEPTRON_LAB_DATA "
            f"to the folder that holds '{folder.name}' with its four .gz files."
        ) from None
    X = np.concatenate(images)
    _, height, width = X.shape
    pixels = X.reshape(-1, height * width)
    return RawSamples(pixels, np.concatenate(labels).astype(np.intp), 10, 255.0, (height, width))


def _read_idx(path: Path) -> Features:
    """Return the bytes of an IDX file as an array.

    Byte 3 of the file is the number of dimensions. The size of each follows, in 4 bytes with
    the most significant first, and then the values.
    """
    content = gzip.decompress(path.read_bytes())
    n_dimensions = content[3]
    shape = np.frombuffer(content, ">u4", n_dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * n_dimensions).reshape(shape)


def read_npz(path: Path) -> RawSamples:
    """Read the samples that were saved with this script.

    Raises
    ------
    FileNotFoundError : if a file is missing
    """
    if not path.exists():
        raise FileNotFoundError(
            f"'{path}' is not there. Put the samples that were saved with this script beside it, "
            "and run it in that folder."
        )
    with np.load(path) as stored:
        return RawSamples(
            stored["X"],
            stored["labels"],
            len(stored["class_names"]),
            float(stored["maximum"]) or None,
            tuple(stored["image_shape"].tolist()) or None,
        )


def from_points(points: Points, n_classes: int) -> RawSamples:
    """Return points in the plane as samples."""
    return RawSamples(*points, n_classes, None)


def with_plane_features(samples: RawSamples, names: Sequence[str]) -> RawSamples:
    """Return points in the plane, (n_samples, 2), with features in place of their coordinates."""
    X = plane_features(samples.X, names)
    return RawSamples(X, samples.labels, samples.n_classes, None)


def replay(
    loop: TrainingLoop,
    records: Iterable[Record],
    changes: Iterable[Change],
    until_step: int | None = None,
) -> Iterator[Record]:
    """Repeat a training with the changes that were made to it while it ran.

    A change takes effect after the last record of its step; so does stopping.

    Parameters
    ----------
    records : what the training loop yields
    changes : in the order of their steps
    until_step : the step after which training was stopped by hand; None if it was not
    """
    remaining, steps_per_epoch = deque(changes), -(-len(loop.training.X) // loop.state.batch_size)
    for record in records:
        yield record
        if isinstance(record, BatchRecord) and record.step % steps_per_epoch == 0:
            continue  # the record of the epoch follows, with the same step
        if record.step == until_step:
            return
        while remaining and remaining[0].step <= record.step:
            _apply(remaining.popleft(), loop)


def _apply(change: Change, loop: TrainingLoop) -> None:
    if change.setting == "epochs":
        loop.state.epochs = int(change.value)
    else:
        loop.state.optimizer.learning_rate = change.value


def print_record(record: Record) -> None:
    """Print the scores of an epoch, or why training ended early; nothing for a batch."""
    if isinstance(record, EpochRecord):
        parts = {"training": record.training, "validation": record.validation}
        scores = (score_line(name, score) for name, score in parts.items() if score)
        print(f"epoch {record.epoch:4}  {'  '.join(scores)}")
    elif not isinstance(record, BatchRecord):
        print(record)


def score_line(part: str, score: Score) -> str:
    """Return the loss and the accuracy on a part of the samples as text."""
    return f"{part}: loss {score.loss:.4f}, {100 * score.accuracy:.2f} % right"


def parameters_sha256(network: Network) -> str:
    """Return the SHA-256 of all parameters, which differs if a single bit of them does."""
    return hashlib.sha256(network.parameters.tobytes()).hexdigest()
