"""What a network answers to the samples of a part, at a moment of its training."""

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
from mlp.samples import Samples

CACHE_BYTES = 60_000_000  # MNIST's 10,000 test samples take 0.6 MB a moment


class OutputMeaning(NamedTuple):
    """What the outputs of a network are, and what they are not.

    noun : what one output is called
    are_shares : whether they lie between 0 and 1 and say how probable a class is
    remark : what to keep in mind when reading them
    """

    noun: str
    are_shares: bool
    remark: str


NO_PROBABILITY = (
    "The outputs of this network are no probabilities: they can be below 0 or above 1. The largest "
    "one is the answer, and stands in for its confidence."
)
OUTPUT_MEANINGS: dict[str, OutputMeaning] = {
    "softmax": OutputMeaning("probability", True, ""),
    "sigmoid": OutputMeaning(
        "output",
        True,
        "With sigmoid, each output says how probable its class is, without regard to the others: "
        "they need not add up to 100 %. The largest one is the answer, and its confidence.",
    ),
    "tanh": OutputMeaning("output", False, NO_PROBABILITY.replace("below 0 or above 1", "below 0")),
    "identity": OutputMeaning("output", False, NO_PROBABILITY),
}
"""By the name of the output function."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a network says to some samples, and what would be right.

    Attributes
    ----------
    rows : (n_samples,), where the samples stand in their dataset
    labels : (n_samples,), the right answers
    outputs : (n_samples, n_classes), what the network says; probabilities with softmax
    predicted : (n_samples,), the class with the largest logit; two outputs may be the same
        by rounding where their logits differ
    class_names : what the answers mean
    """

    rows: Rows
    labels: Labels
    outputs: Array
    predicted: Labels
    class_names: tuple[str, ...]

    @cached_property
    def confidence(self) -> Array:
        """The largest output, (n_samples,): with softmax, how probable the answer is."""
        confidence: Array = self.outputs.max(axis=1)
        return confidence

    @cached_property
    def margin(self) -> Array:
        """How far the second largest output is below the largest, (n_samples,)."""
        second, largest = np.partition(self.outputs, -2, axis=1)[:, -2:].T
        margin: Array = largest - second
        return margin

    @cached_property
    def is_right(self) -> npt.NDArray[np.bool_]:
        """Which answers are right, (n_samples,)."""
        is_right: npt.NDArray[np.bool_] = self.predicted == self.labels
        return is_right

    @property
    def n_correct(self) -> int:
        """How many answers are right."""
        return int(np.count_nonzero(self.is_right))

    @property
    def are_finite(self) -> bool:
        """Whether all outputs are numbers; those of a run that has diverged may not be."""
        return bool(np.isfinite(self.outputs).all())

    @property
    def n_bytes(self) -> int:
        """How much memory the answers take."""
        arrays = (self.rows, self.labels, self.outputs, self.predicted)
        return sum(array.nbytes for array in arrays)

    def position_of(self, row: int) -> int:
        """Return which of the samples a row of the dataset is.

        Raises
        ------
        ValueError : if it is not in this part
        """
        found = np.flatnonzero(self.rows == row)
        if not len(found):
            raise ValueError(
                f"Row {row} is not among these {len(self.rows):,} samples. Take another row, or "
                "the part 'all'."
            )
        return int(found[0])


def predict_now(run: Run, part: str) -> Predictions:
    """Ask the network of a run, as it is now, about a part; no answers if that is empty.

    Parameters
    ----------
    part : training, validation or test
    """
    return _predict(run.network, run, part)


def _predict(network: Network, run: Run, part: str) -> Predictions:
    prepared = run.prepared_data()
    rows: Rows = getattr(prepared.split, part)
    samples: Samples | None = getattr(prepared, part)
    logits = np.empty((0, network.sizes[-1]), np.float32)
    with np.errstate(all="ignore"):  # what went wrong shows in the outputs
        if samples:
            logits = logits_of(network, samples.X)
        outputs = network.output.value(logits)
    labels, names = prepared.dataset.labels[rows], prepared.dataset.class_names
    return Predictions(rows, labels, outputs, logits.argmax(axis=1), names)


@cached(
    LRUCache(CACHE_BYTES, getsizeof=lambda predictions: predictions.n_bytes),
    key=lambda run, step, part: (run.id, run.snapshots.nearest(step), part),
    condition=Condition(),  # two who ask at once do the work once
)
def predictions_at(run: Run, step: int, part: str) -> Predictions:
    """Return what a network answered after a step; asked again, the same arrays.

    Parameters
    ----------
    step : of a snapshot; another one gives the answers of the snapshot next to it
    part : training, validation or test

    Raises
    ------
    LookupError : if there are no snapshots yet
    ValueError : if no samples were held out for that part
    """
    if getattr(run.prepared_data(), part) is None:
        raise ValueError(f"No samples were held out for the {part} part. Choose another part.")
    predictions = _predict(run.network_at(step), run, part)
    for array in (predictions.labels, predictions.outputs, predictions.predicted):
        array.setflags(write=False)
    return predictions


def last_finite_step(run: Run, step: int, part: str) -> int | None:
    """Return the latest snapshot, not after a step, whose answers are all finite; or None."""
    kept = [earlier for earlier in run.snapshots.steps if earlier <= step]
    return next((s for s in reversed(kept) if predictions_at(run, s, part).are_finite), None)
