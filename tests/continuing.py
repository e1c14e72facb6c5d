"""A small training, described by a few numbers, that can be continued in another process."""

import pickle
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from data.augmentation import Augmentation, Distortions
from experiments.training.lookahead import one_ahead
from mlp.backprop import Dropout
from mlp.early_stopping import EarlyStopping
from mlp.losses import CROSS_ENTROPY, Objective
from mlp.network import Network
from mlp.optimizers import OPTIMIZERS
from mlp.records import Record
from mlp.samples import Samples, one_hot
from mlp.schedules import Schedule
from mlp.training import TrainingLoop, TrainingState, train

EPOCHS = 4
AUGMENTATION = Augmentation((2, 2), Distortions(shift=0.5, elastic=0.5, noise=0.2, erasing=0.3))


class Settings(NamedTuple):
    """What a training is made with."""

    optimizer: str
    batch_size: int
    schedule: str
    dropout: float
    max_norm: float | None
    shuffles: bool
    patience: int | None
    learning_rate: float
    augments: bool = False


class Training(NamedTuple):
    """The state of a training, and what early stopping knows."""

    state: TrainingState
    stopping: EarlyStopping | None

    def records(self, ahead: Callable[[Iterator], Iterator] = iter) -> Iterator[Record]:
        """Continue it."""
        loop = TrainingLoop(self.state, samples(0), samples(1), ahead)
        return self.stopping.watch(loop) if self.stopping else loop


def samples(seed: int) -> Samples:
    """Return noise with random labels: what is learned from it soon overfits."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(23, 4)).astype(np.float32)
    return Samples(X, one_hot(rng.integers(0, 3, 23), 3, np.float32))


def begin(settings: Settings) -> Training:
    """Return a training that has not made a step yet."""
    network = Network([4, 6, 3], rng=np.random.default_rng(2))
    loop = train(
        OPTIMIZERS[settings.optimizer](network, settings.learning_rate),
        Objective(CROSS_ENTROPY, l2=0.01),
        samples(0),
        epochs=EPOCHS,
        batch_size=settings.batch_size,
        rng=np.random.default_rng(3) if settings.shuffles else None,
        validation=samples(1),
        schedule=Schedule(settings.schedule, warmup_epochs=1, decay_every=1),
        dropout=Dropout(settings.dropout, np.random.default_rng(4)) if settings.dropout else None,
        max_norm=settings.max_norm,
        augment=AUGMENTATION if settings.augments else None,
    )
    stopping = EarlyStopping(network, settings.patience) if settings.patience else None
    return Training(loop.state, stopping)


def advance(pickled: bytes, n_records: int) -> tuple[bytes, list[Record]]:
    """Take some records of a pickled training; return it, pickled again, and the records."""
    training: Training = pickle.loads(pickled)  # noqa: S301  # the test has pickled it
    records = list(islice(training.records(one_ahead), n_records))
    return pickle.dumps(training), records
