"""Training is an iterator: each record it yields says what the last step did.

The caller decides when to stop, to pause, or to draw. Pausing means not asking for
the next record: nothing is lost by it, and nothing changes.
"""

import math
from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import dataclass

import numpy as np

from mlp.backprop import Dropout, loss_and_gradient, workspaces_for
from mlp.evaluation import Count, count_correct, evaluate
from mlp.losses import Objective
from mlp.optimizers import Optimizer, limit_norms
from mlp.records import BatchRecord, Diverged, EpochRecord, Record, Score
from mlp.samples import Samples, batches_in_order, check_samples, shuffled_batches
from mlp.schedules import Schedule

DIVERGENCE_FACTOR = 1000.0  # this many times worse than guessing counts as diverged


def train(
    optimizer: Optimizer,
    objective: Objective,
    training: Samples,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator | None,
    validation: Samples | None = None,
    schedule: Schedule | None = None,
    dropout: Dropout | None = None,
    max_norm: float | None = None,
    count: Count = count_correct,
) -> "TrainingLoop":
    """Check the arguments, and return an iterator that trains as records are taken.

    The first record is epoch 0, the untrained network; then comes a BatchRecord after
    each step and an EpochRecord after each epoch. A Diverged record, if any, is the last.

    Parameters
    ----------
    optimizer : made for the network to train
    training, validation : X and targets; validation samples are only evaluated
    epochs : passes over the training samples
    batch_size : samples a step; all of them for full-batch gradient descent
    rng : shuffles the samples in each epoch; with None they keep their order
    schedule : how the learning rate changes from epoch to epoch; None keeps it
    dropout : drops hidden units while training
    max_norm : the longest that the incoming weights of a unit may be, or None
    count : counts the right answers; `count_all_correct` where a sample has several labels

    Raises
    ------
    ValueError : for arrays that do not fit the network or hold NaN, for epochs or a batch
        size out of range, or a max_norm that is not positive
    """
    for samples in (training, validation):
        if samples is not None:
            check_samples(samples, optimizer.network)
    if epochs < 1:
        raise ValueError(f"Training takes 1 epoch or more, not {epochs}.")
    n_samples = len(training.X)
    if not 1 <= batch_size <= n_samples:
        raise ValueError(
            f"The batch size {batch_size} does not fit {n_samples} training samples. "
            f"Choose 1 to {n_samples}, or the full batch."
        )
    if max_norm is not None and not max_norm > 0:
        raise ValueError(f"max_norm must be a positive number or None, not {max_norm}.")
    return TrainingLoop(
        optimizer,
        objective,
        training,
        validation,
        epochs,
        dropout=dropout,
        max_norm=max_norm,
        batch_size=batch_size,
        rng=rng,
        schedule=schedule or Schedule(),
        count=count,
    )


@dataclass
class TrainingLoop:
    """An iterator of records that trains one step at a time; see `train` for the fields.

    Between two records, the learning rate of the optimizer and the number of epochs may be
    changed. Once all epochs are made, there are no more records; with more epochs it goes
    on from where it ended, with the same optimizer and the same random generator.

    Attributes
    ----------
    epoch, step : the epoch under way, and how many steps the optimizer has made
    loss_sum, n_correct : over the samples that this epoch has seen so far
    limit : a loss above it counts as diverged
    last_gradient : (n_parameters,), that of the last step, until the next one
    """

    optimizer: Optimizer
    objective: Objective
    training: Samples
    validation: Samples | None
    epochs: int
    batch_size: int
    rng: np.random.Generator | None
    schedule: Schedule
    dropout: Dropout | None
    max_norm: float | None
    count: Count

    def __post_init__(self) -> None:
        self.network = self.optimizer.network
        n_samples = len(self.training.X)
        self.workspaces = workspaces_for(self.network, n_samples, self.batch_size, self.dropout)
        self.epoch = self.step = self.n_correct = 0
        self.loss_sum, self.limit = 0.0, math.inf
        self.last_gradient = self.workspaces[min(self.workspaces)].gradient
        self._records = self._run()
        self.quiet = copy_context()  # NumPy's warnings are off in it: the loss says more
        self.quiet.run(np.seterr, all="ignore")

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        record = next(self._records, None)
        if record is None:
            self._records = self._run()  # in case there will be more epochs
            raise StopIteration
        return record

    def _run(self) -> Iterator[Record]:
        """Train, and yield a record of each step and each epoch."""
        if self.epoch == 0:
            yield self._first_record()
        while self.epoch < self.epochs:
            self.epoch += 1
            self.optimizer.rate_factor = self.schedule.factor(self.epoch, self.epochs)
            self.loss_sum, self.n_correct = 0.0, 0
            for batch in self._batches():
                loss = self.quiet.run(self._learn, batch)  # quicker than np.errstate
                if not math.isfinite(loss):
                    yield self._diverged(self.epoch)
                    return
                yield BatchRecord(self.epoch, self.step, loss)
            record = self._end_epoch(self.epoch)
            yield record
            if isinstance(record, Diverged):
                return

    def _first_record(self) -> EpochRecord:
        """Measure the untrained network; from its loss follows what counts as diverged."""
        self.optimizer.rate_factor = self.schedule.factor(1, self.epochs)
        untrained = self._score(self.training)
        self.limit = DIVERGENCE_FACTOR * max(untrained.loss, self._loss_of_guessing())
        if self.training.weights is not None:  # a batch may hold the heaviest samples alone
            self.limit *= max(1.0, float(self.training.weights.max()))
        return EpochRecord(0, 0, untrained, self._validate(), self.optimizer.eta)

    def _batches(self) -> Iterator[Samples]:
        if self.rng is None:
            return batches_in_order(self.training, self.batch_size)
        return shuffled_batches(self.training, self.batch_size, self.rng)

    def _learn(self, batch: Samples) -> float:
        """Make a step with one batch, and return the loss before it.

        A loss above the limit is returned as infinity, and no step is made.
        """
        self.step += 1
        X, targets, weights = batch
        network, workspace = self.network, self.workspaces[len(X)]
        loss, penalty = loss_and_gradient(network, self.objective, X, targets, workspace, weights)
        loss += penalty
        if not loss <= self.limit:  # NaN, too
            return math.inf
        self.last_gradient = workspace.gradient
        self.optimizer.step(workspace.gradient)
        if self.max_norm is not None:
            limit_norms(network, self.max_norm)
        self.loss_sum += loss * len(X)
        self.n_correct += self.count(workspace.zs[-1], targets, network.output)
        return loss

    def _end_epoch(self, epoch: int) -> EpochRecord | Diverged:
        """Return the record of an epoch, or Diverged if its last step went too far."""
        n_samples, validation = len(self.training.X), self._validate()
        validation_loss = validation.loss if validation else 0.0
        if not (validation_loss <= self.limit and np.isfinite(self.network.parameters).all()):
            return self._diverged(epoch)
        mean = Score(self.loss_sum / n_samples, self.n_correct / n_samples)
        return EpochRecord(epoch, self.step, mean, validation, self.optimizer.eta)

    def _diverged(self, epoch: int) -> Diverged:
        return Diverged(epoch, self.step, self.optimizer.eta)

    def _score(self, samples: Samples) -> Score:
        return evaluate(self.network, self.objective, samples, self.count)

    def _validate(self) -> Score | None:
        return None if self.validation is None else self._score(self.validation)

    def _loss_of_guessing(self) -> float:
        """Return the loss with all logits at 0: the same answer for every sample."""
        _, targets, weights = self.training
        return self.objective.loss.value(
            np.zeros_like(targets), targets, self.network.output, weights
        )
