"""The predictions of a network for the samples of a part, at any step of its training."""

from dataclasses import dataclass
from functools import cached_property
from threading import Condition
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache, cached

from data.datasets import Labels
from data.split import Rows
from experiments.training.run import Run
from mlp.arrays import Array
from mlp.evaluation import logits_of
from mlp.network import Network

CACHE_BYTES = 60_000_000  # MNIST's 10,000 test samples take 0.6 MB a step


class OutputMeaning(NamedTuple):
    """What the outputs of a network mean.

    noun : what one output is called
    are_shares : whether each lies between 0 and 1 and is the probability of a class
    remark : a caution for the reader
    """

    noun: str
    are_shares: bool
    remark: str


NO_PROBABILITY = (
    "The outputs of this network are not probabilities: they can be below 0 or above 1. The class "
    "with the largest output is predicted, and that output is taken as the confidence."
)
OUTPUT_MEANINGS: dict[str, OutputMeaning] = {
    "softmax": OutputMeaning("probability", True, ""),
    "sigmoid": OutputMeaning(
        "output",
        True,
        "With sigmoid, each output says how probable its class is, independently of the others: "
        "they need not add up to 100 %. The class with the largest output is predicted, and that "
        "output is its confidence.",
    ),
    "tanh": OutputMeaning("output", False, NO_PROBABILITY.replace("below 0 or above 1", "below 0")),
    "identity": OutputMeaning("output", False, NO_PROBABILITY),
}
"""By the name of the output function."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a network predicts for some samples, and their labels.

    Attributes
    ----------
    rows : (n_samples,), the rows of the samples in their dataset
    labels : (n_samples,), the true classes
    outputs : (n_samples, n_classes), the outputs of the network; probabilities with softmax
    predicted : (n_samples,), the class with the largest logit; after rounding, two outputs may
        be equal although their logits differ
    class_names : the name of each class
    """

    rows: Rows
    labels: Labels
    outputs: Array
    predicted: Labels
    class_names: tuple[str, ...]

    @cached_property
    def confidence(self) -> Array:
        """The largest output, (n_samples,): with softmax, the probability of that class."""
        confidence: Array = self.outputs.max(axis=1)
        return confidence

    @cached_property
    def margin(self) -> Array:
        """The largest output minus the second largest, (n_samples,)."""
        second, largest = np.partition(self.outputs, -2, axis=1)[:, -2:].T
        margin: Array = largest - second
        return margin

    @cached_property
    def is_right(self) -> npt.NDArray[np.bool_]:
        """Which predictions are right, (n_samples,)."""
        is_right: npt.NDArray[np.bool_] = self.predicted == self.labels
        return is_right

    @property
    def n_correct(self) -> int:
        """How many predictions are right."""
        return int(np.count_nonzero(self.is_right))

    @property
    def are_finite(self) -> bool:
        """Whether all outputs are finite; after a run has diverged, some may not be."""
        return bool(np.isfinite(self.outputs).all())

    @property
    def n_bytes(self) -> int:
        """How much memory the arrays take."""
        arrays = (self.rows, self.labels, self.outputs, self.predicted)
        return sum(array.nbytes for array in arrays)

    def position_of(self, row: int) -> int:
        """Return the position of a row of the dataset among these samples.

        Raises
        ------
        ValueError : if it is not one of them
        """
        found = np.flatnonzero(self.rows == row)
        if not len(found):
            raise ValueError(
                f"Row {row} is not among these {len(self.rows):,} samples. Choose another row, "
                "or the part 'all'."
            )
        return int(found[0])


def predict_now(run: Run, part: str) -> Predictions:
    """Return what the network of a run predicts now; nothing for an empty part.

    Parameters
    ----------
    part : training, validation or test
    """
    return _predict(run.network, run, part)


def _predict(network: Network, run: Run, part: str) -> Predictions:
    """Return what a network predicts for a part of the samples of a run."""
    prepared = run.prepared_data()
    rows, samples = prepared.split.rows(part), prepared.samples(part)
    logits = np.empty((0, network.sizes[-1]), np.float32)
    with np.errstate(all="ignore"):  # a diverged network has infinite outputs, or NaN
        if samples:
            logits = logits_of(network, samples.X)
        outputs = network.output.value(logits)
    labels, names = prepared.dataset.labels[rows], prepared.dataset.class_names
    return Predictions(rows, labels, outputs, logits.argmax(axis=1), names)


@cached(
    LRUCache(CACHE_BYTES, getsizeof=lambda predictions: predictions.n_bytes),
    key=lambda run, step, part: (run.id, run.snapshots.nearest(step), part),
    condition=Condition(),  # simultaneous calls compute once
)
def predictions_at(run: Run, step: int, part: str) -> Predictions:
    """Return what the network of a run predicted after a step; the arrays are cached.

    Parameters
    ----------
    step : of a snapshot, or else the snapshot nearest to it is used
    part : training, validation or test

    Raises
    ------
    LookupError : if there are no snapshots yet
    ValueError : if no samples were held out for that part
    """
    if run.prepared_data().samples(part) is None:
        raise ValueError(f"No samples were held out for the {part} part. Choose another part.")
    predictions = _predict(run.network_at(step), run, part)
    for array in (predictions.labels, predictions.outputs, predictions.predicted):
        array.setflags(write=False)
    return predictions


def last_finite_step(run: Run, step: int, part: str) -> int | None:
    """Return the last step with finite outputs, among the snapshots up to a step; or None."""
    earlier = [kept for kept in run.snapshots.steps if kept <= step]
    return next((s for s in reversed(earlier) if predictions_at(run, s, part).are_finite), None)
