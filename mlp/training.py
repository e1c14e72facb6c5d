"""Training is an iterator: each record it yields says what the last step did.

The caller decides when to stop, to pause, or to draw. Pausing means not asking for
the next record: nothing is lost by it, and nothing changes. What training knows between
two records is plain data: it can be stored, or sent to another process and continued there.
"""

import math
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mlp.arrays import Array
from mlp.backprop import Dropout, loss_and_gradient, workspaces_for
from mlp.evaluation import Count, count_correct, evaluate
from mlp.losses import Objective
from mlp.optimizers import Optimizer, limit_norms
from mlp.records import BatchRecord, Diverged, EpochRecord, Record, Score
from mlp.samples import (
    Augment,
    Rows,
    Samples,
    augmented_batches,
    batches_in_order,
    check_samples,
    shuffled_batches,
)
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
    augment: Augment | None = None,
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
    augment : changes the inputs of each batch before the network learns from them, anew in each
        epoch; the training scores are then over these, except for epoch 0

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
    state = TrainingState(
        optimizer,
        objective,
        epochs,
        batch_size,
        rng,
        schedule or Schedule(),
        dropout,
        max_norm,
        count,
        augment,
    )
    return TrainingLoop(state, training, validation)


class FrozenParameters(NamedTuple):
    """Parameters that training leaves as they are.

    They are put back after each step, so that any optimizer, penalty or norm limit may act on
    the whole vector; the gradient stays that of the loss in all parameters.

    places : (n_frozen,), in the flat vector
    values : (n_frozen,), what they keep
    """

    places: Rows
    values: Array

    def restore(self, parameters: Array) -> None:
        """Put the values back, in place, into parameters, (n_parameters,)."""
        parameters[self.places] = self.values


@dataclass
class TrainingState:
    """All that training knows between two records, apart from the samples: plain data.

    Pickled, stored, and continued in another process by a `TrainingLoop` with the same
    samples, it makes the same steps, bit for bit. See `train` for the first ten fields.

    Attributes
    ----------
    epochs_done : how many epochs have had their record; -1 before that of epoch 0
    step : how many steps the optimizer has made
    order : (n_samples,), in which the epoch under way takes the samples; None for theirs
    n_seen : how many samples of that epoch training has learned from
    loss_sum, n_correct : over these samples
    limit : a loss above it counts as diverged
    has_diverged : whether training has ended so
    frozen : parameters that no step changes; None for none
    """

    optimizer: Optimizer
    objective: Objective
    epochs: int
    batch_size: int
    rng: np.random.Generator | None
    schedule: Schedule
    dropout: Dropout | None
    max_norm: float | None
    count: Count
    augment: Augment | None
    epochs_done: int = -1
    step: int = 0
    order: Rows | None = None
    n_seen: int = 0
    loss_sum: float = 0.0
    n_correct: int = 0
    limit: float = math.inf
    has_diverged: bool = False
    frozen: FrozenParameters | None = None


class TrainingLoop:
    """An iterator of records that trains one step at a time.

    Between two records, the learning rate of the optimizer and the number of epochs may be
    changed in the state. Once all epochs are made, there are no more records; with more
    epochs it goes on from where it ended, with the same optimizer and random generator.

    Parameters
    ----------
    state : as `train` makes it, or as another loop has left it; changed in place
    training, validation : see `train`
    ahead : given the augmented batches of an epoch, yields the same; it may have them made in
        another thread while the network learns

    Attributes
    ----------
    last_gradient : (n_parameters,), that of the last step, until the next one
    """

    def __init__(
        self,
        state: TrainingState,
        training: Samples,
        validation: Samples | None,
        ahead: Callable[[Iterator[Samples]], Iterator[Samples]] = iter,
    ) -> None:
        self.state, self.training, self.validation = state, training, validation
        self.ahead = ahead
        self.network = state.optimizer.network
        self.workspaces = workspaces_for(
            self.network, len(training.X), state.batch_size, state.dropout
        )
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

    @property
    def awaits_epoch_record(self) -> bool:
        """Whether the last batch of an epoch is done, and the next record is that of the epoch."""
        return self.state.n_seen == len(self.training.X)

    def _run(self) -> Iterator[Record]:
        """Train from where the state is, and yield a record of each step and each epoch."""
        state = self.state
        if state.epochs_done < 0:
            yield self._first_record()
        while state.epochs_done < state.epochs and not state.has_diverged:
            if state.n_seen == 0:
                self._begin_epoch()
            for batch in self._batches():
                loss = self.quiet.run(self._learn, batch)  # quicker than np.errstate
                if not math.isfinite(loss):
                    yield self._diverged()
                    return
                yield BatchRecord(state.epochs_done + 1, state.step, loss)
            yield self._end_epoch()

    def _first_record(self) -> EpochRecord:
        """Measure the untrained network; from its loss follows what counts as diverged."""
        state = self.state
        state.optimizer.rate_factor = state.schedule.factor(1, state.epochs)
        untrained = self._score(self.training)
        state.limit = DIVERGENCE_FACTOR * max(untrained.loss, self._loss_of_guessing())
        if self.training.weights is not None:  # a batch may hold the heaviest samples alone
            state.limit *= max(1.0, float(self.training.weights.max()))
        state.epochs_done = 0
        return EpochRecord(0, 0, untrained, self._validate(), state.optimizer.eta)

    def _begin_epoch(self) -> None:
        """Set the learning rate of an epoch, and draw the order of its samples.

        The whole set as one batch is not shuffled: the order does not change a mean over all.
        """
        state, n_samples = self.state, len(self.training.X)
        state.optimizer.rate_factor = state.schedule.factor(state.epochs_done + 1, state.epochs)
        state.loss_sum, state.n_correct = 0.0, 0
        is_shuffled = state.rng is not None and state.batch_size < n_samples
        state.order = state.rng.permutation(n_samples) if state.rng and is_shuffled else None

    def _batches(self) -> Iterator[Samples]:
        """Yield what is left of the epoch."""
        state = self.state
        batches = self._original_batches()
        if state.augment is None:
            return batches
        first, epoch = state.n_seen // state.batch_size, state.epochs_done + 1
        return self.ahead(augmented_batches(batches, state.augment, epoch, first))

    def _original_batches(self) -> Iterator[Samples]:
        state = self.state
        if state.order is None:
            return batches_in_order(self.training, state.batch_size, state.n_seen)
        return shuffled_batches(self.training, state.batch_size, state.order, state.n_seen)

    def _learn(self, batch: Samples) -> float:
        """Make a step with one batch, and return the loss before it.

        A loss above the limit is returned as infinity, and no step is made.
        """
        state = self.state
        state.step += 1
        X, targets, weights = batch
        network, workspace = self.network, self.workspaces[len(X)]
        loss, penalty = loss_and_gradient(network, state.objective, X, targets, workspace, weights)
        loss += penalty
        if not loss <= state.limit:  # NaN, too
            return math.inf
        self.last_gradient = workspace.gradient
        state.optimizer.step(workspace.gradient)
        if state.max_norm is not None:
            limit_norms(network, state.max_norm)
        if state.frozen is not None:
            state.frozen.restore(network.parameters)
        state.loss_sum += loss * len(X)
        state.n_correct += state.count(workspace.zs[-1], targets, network.output)
        state.n_seen += len(X)
        return loss

    def _end_epoch(self) -> EpochRecord | Diverged:
        """Return the record of an epoch, or Diverged if its last step went too far."""
        state, validation = self.state, self._validate()
        validation_loss = validation.loss if validation else 0.0
        if not (validation_loss <= state.limit and np.isfinite(self.network.parameters).all()):
            return self._diverged()
        mean = Score(state.loss_sum / state.n_seen, state.n_correct / state.n_seen)
        state.epochs_done, state.order, state.n_seen = state.epochs_done + 1, None, 0
        return EpochRecord(state.epochs_done, state.step, mean, validation, state.optimizer.eta)

    def _diverged(self) -> Diverged:
        state = self.state
        state.has_diverged = True
        return Diverged(state.epochs_done + 1, state.step, state.optimizer.eta)

    def _score(self, samples: Samples) -> Score:
        return evaluate(self.network, self.state.objective, samples, self.state.count)

    def _validate(self) -> Score | None:
        return None if self.validation is None else self._score(self.validation)

    def _loss_of_guessing(self) -> float:
        """Return the loss with all logits at 0: the same answer for every sample."""
        _, targets, weights = self.training
        return self.state.objective.loss.value(
            np.zeros_like(targets), targets, self.network.output, weights
        )
