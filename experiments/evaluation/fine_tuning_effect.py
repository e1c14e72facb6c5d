"""What fine-tuning has done: to the samples that were new, and to those of before."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache, cached

from data.datasets import Labels
from experiments.evaluation.clopper_pearson import interval
from experiments.training.run import Run
from mlp.arrays import Array
from mlp.evaluation import logits_of
from mlp.network import Network

N_CACHED = 50  # an effect is a few numbers


class Count(NamedTuple):
    """How many of some samples are read right."""

    n_right: int
    n_samples: int

    @property
    def share(self) -> float:
        """The share, from 0 to 1; NaN of no samples."""
        return self.n_right / self.n_samples if self.n_samples else np.nan

    @property
    def limits(self) -> tuple[float, float]:
        """The interval of 95 % of the share; see `clopper_pearson.interval`."""
        return interval(*self)


class BeforeAfter(NamedTuple):
    """The same samples, read by a network before its fine-tuning, and after it.

    newly_right, newly_wrong : how many of them have changed
    """

    before: Count
    after: Count
    newly_right: int
    newly_wrong: int


class FineTuningEffect(NamedTuple):
    """What fine-tuning has done.

    part : whose samples stand for those of before: test, or where none were held out, validation
        or training
    old : over all of them
    old_by_class : over those of each class
    new : over the new samples
    new_answers : (n_new,), what the network says to them after it
    """

    part: str
    old: BeforeAfter
    old_by_class: tuple[BeforeAfter, ...]
    new: BeforeAfter
    new_answers: Labels


@cached(LRUCache(N_CACHED), key=lambda run: (run.id, run.step))
def fine_tuning_effect(run: Run) -> FineTuningEffect:
    """Compare the network of a run that is over with the one from which it went on.

    Raises
    ------
    ValueError : if the run did not fine-tune a network
    """
    fine_tuning, prepared = run.fine_tuning, run.prepared_data()
    if fine_tuning is None:
        raise ValueError("This run began with random weights: there is no network before it.")
    before, after = run.network_at(), run.network_at()
    before.parameters = fine_tuning.start
    part = next(part for part in ("test", "validation", "training") if prepared.samples(part))
    samples = prepared.samples(part) or prepared.training
    labels = prepared.dataset.labels[prepared.split.rows(part)]
    is_right = _is_right(before, samples.X, labels), _is_right(after, samples.X, labels)
    X_new = prepared.scaler.transform(fine_tuning.X)
    return FineTuningEffect(
        part,
        _compare(*is_right),
        tuple(
            _compare(*(right[labels == label] for right in is_right))
            for label in range(prepared.dataset.n_classes)
        ),
        _compare(*(_is_right(network, X_new, fine_tuning.labels) for network in (before, after))),
        _answers(after, X_new),
    )


def _answers(network: Network, X: Array) -> Labels:
    with np.errstate(all="ignore"):  # a network that has diverged
        answers: Labels = logits_of(network, X).argmax(axis=1)
    return answers


def _is_right(network: Network, X: Array, labels: Labels) -> npt.NDArray[np.bool_]:
    is_right: npt.NDArray[np.bool_] = _answers(network, X) == labels
    return is_right


def _compare(before: npt.NDArray[np.bool_], after: npt.NDArray[np.bool_]) -> BeforeAfter:
    return BeforeAfter(
        Count(int(before.sum()), len(before)),
        Count(int(after.sum()), len(after)),
        newly_right=int((after & ~before).sum()),
        newly_wrong=int((before & ~after).sum()),
    )
