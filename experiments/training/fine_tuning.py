"""Fine-tuning: a trained network goes on learning, with further samples among its own.

A network that learns from new samples alone forgets the old ones, as nothing keeps its
parameters where those need them. So samples that it has learned from are rehearsed beside the
new ones, of which there are few: each of them comes several times in an epoch.

Source: M. McCloskey and N. J. Cohen, Catastrophic interference in connectionist networks,
Psychology of Learning and Motivation 24 (1989); A. Robins, Catastrophic forgetting, rehearsal and
pseudorehearsal, Connection Science 7 (1995).
"""

import weakref
from dataclasses import dataclass
from threading import Condition
from typing import NamedTuple

import numpy as np
from cachetools import TTLCache, cached
from pydantic import ValidationError

from data.datasets import Dataset, Features, Labels
from data.split import Rows
from experiments.config import RunConfig, explain
from experiments.training.prepared_data import (
    N_GENERATORS,
    OWN_BYTES,
    OWN_SECONDS,
    SHARING,
    PreparedData,
    balanced_weights,
    freeze,
    prepare,
    scaled_samples,
)
from experiments.training.shared_files import (
    FineTuningFiles,
    Parts,
    SampleFiles,
    map_samples,
    remove,
    write_samples,
)
from mlp.arrays import Array
from mlp.samples import Samples

MAX_REHEARSED = 10_000  # of MNIST, 31 MB: each reader has a copy of their own
MAX_NEW = 200
MAX_REPEATS = 200
MAX_NEW_ROWS = MAX_REHEARSED  # so that the new samples take no more memory than the others


@dataclass(frozen=True, eq=False)
class FineTuning:
    """From where a run goes on, and with which further samples.

    Attributes
    ----------
    start : (n_parameters,), of the network that has been trained before
    X : (n_new, n_features), the new samples, as recorded
    labels : (n_new,), their classes
    repeats : how often each new sample comes in an epoch
    n_rehearsed : how many of the training samples come beside them, once an epoch each; the most
        are MAX_REHEARSED
    n_results : how many times the network has been evaluated before

    Raises
    ------
    ValueError : if one of these is impossible, or more than a server can give
    """

    start: Array
    X: Features
    labels: Labels
    repeats: int = 10
    n_rehearsed: int = MAX_REHEARSED
    n_results: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len(self.X) <= MAX_NEW:
            raise ValueError(
                f"There are {len(self.X):,} labeled drawings; it takes 1 to {MAX_NEW}. Keep and "
                "label some first."
            )
        if not 1 <= self.repeats <= MAX_REPEATS:
            raise ValueError(
                f"A drawing can come 1 to {MAX_REPEATS} times in an epoch, not {self.repeats}."
            )
        if self.repeats * len(self.X) > MAX_NEW_ROWS:
            raise ValueError(
                f"{len(self.X)} drawings, {self.repeats} times each, are more than "
                f"{MAX_NEW_ROWS:,} in an epoch. Repeat them less often."
            )
        if not 0 <= self.n_rehearsed <= MAX_REHEARSED:
            raise ValueError(
                f"Of the training samples, 0 to {MAX_REHEARSED:,} can be rehearsed, not "
                f"{self.n_rehearsed:,}."
            )

    def n_samples(self, n_training: int) -> int:
        """Return how many samples come in an epoch, of a run that has so many to rehearse."""
        return min(n_training, self.n_rehearsed) + self.repeats * len(self.X)


@dataclass(eq=False)
class LearnedSamples:
    """The samples that a network is fine-tuned with.

    Attributes
    ----------
    files : where worker processes find them, once they are shared
    """

    samples: Samples
    files: SampleFiles | None = None

    def share(self) -> SampleFiles:
        """Put the samples into files that all processes can map; see `PreparedData.share`."""
        with SHARING:
            if self.files is None:
                self.files = write_samples(Parts(self.samples, None, None))
                weakref.finalize(self, remove, self.files)
                self.samples = map_samples(self.files).training
            return self.files


class FineTuningData(NamedTuple):
    """What a run learns from when it fine-tunes a network: in place of the training part.

    The validation and the test part are those of the prepared data.
    """

    prepared: PreparedData
    learned: LearnedSamples

    def parts(self) -> Parts:
        """Return the samples, part by part."""
        return self.prepared.parts()._replace(training=self.learned.samples)

    def share(self) -> FineTuningFiles:
        """Put the samples into files that all processes can map.

        Raises
        ------
        OSError : if there is no room for the files
        """
        return FineTuningFiles(self.prepared.share(), self.learned.share())


def samples_to_learn(
    config: RunConfig, own: Dataset | None, fine_tuning: FineTuning | None
) -> PreparedData | FineTuningData:
    """Return what a run learns from, and is evaluated on; the arrays are cached for a while.

    Takes and raises what `prepare` does.
    """
    prepared = prepare(config, own)
    if fine_tuning is None:
        return prepared
    return FineTuningData(prepared, _learned(config, prepared, fine_tuning))


@cached(
    TTLCache(OWN_BYTES, ttl=OWN_SECONDS, getsizeof=lambda learned: learned.samples.X.nbytes),
    key=lambda config, prepared, fine_tuning: fine_tuning,
    condition=Condition(),
)
def _learned(config: RunConfig, prepared: PreparedData, fine_tuning: FineTuning) -> LearnedSamples:
    """Put the rehearsed samples and the repeated new ones below each other, read-only."""
    dataset, training = prepared.dataset, prepared.training
    rehearsed = rehearsed_rows(len(training.X), fine_tuning.n_rehearsed, seed=config.seed)
    new = scaled_samples(
        fine_tuning.X, fine_tuning.labels, dataset.n_classes, prepared.scaler
    ).each(lambda part: part.repeat(fine_tuning.repeats, axis=0))
    samples = Samples(
        np.concatenate([training.X[rehearsed], new.X]),
        np.concatenate([training.targets[rehearsed], new.targets]),
    )
    if config.class_weight == "balanced":
        samples = samples._replace(weights=balanced_weights(samples.targets.argmax(axis=1)))
    samples.each(freeze)
    return LearnedSamples(samples)


def fine_tuned_config(config: RunConfig, epochs: int, n_samples: int) -> RunConfig:
    """Return the settings with which a run goes on.

    There is no warm-up again, and no early end: where the validation loss only rises, the best
    epoch would be the one before all of them.

    Parameters
    ----------
    config : of the run so far
    epochs : so many more
    n_samples : in each of them; a batch has no more

    Raises
    ------
    ValueError : for an impossible number of epochs
    """
    changes = {
        "epochs": epochs,
        "batch_size": min(config.batch_size, n_samples),
        "warmup_epochs": 0,
        "early_stopping": False,
    }
    try:
        return RunConfig.model_validate(config.model_dump() | changes)
    except ValidationError as error:
        raise ValueError(" ".join(explain(error))) from None


def rehearsed_rows(n_training: int, n_rehearsed: int, *, seed: int) -> Rows:
    """Return which of the training samples to rehearse, (at most n_rehearsed,), in rising order.

    They are drawn independently of all else that the seed decides on.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed).spawn(N_GENERATORS + 1)[-1])
    return np.sort(rng.permutation(n_training)[:n_rehearsed])
