"""Training is an iterator: each record it yields says what the last step did.

Whoever takes the records decides when to stop, to pause, or to draw. Pausing means
not asking for the next record; nothing is lost by it, and nothing changes.
"""

import math
from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mlp.activations import Output
from mlp.arrays import Array
from mlp.backprop import Dropout, Workspace, forward, loss_and_gradient
from mlp.losses import Objective
from mlp.network import Network
from mlp.optimizers import Optimizer, limit_norms
from mlp.schedules import Schedule

EVALUATION_ROWS = 2048  # rows evaluated at once: enough for full speed, little memory
EXPLOSION = 1000.0  # this many times worse than knowing nothing counts as diverged


class Samples(NamedTuple):
    """Inputs X, (n_samples, n_0), and targets, (n_samples, n_L), row by row.

    weights : (n_samples,), how much each counts in the loss, 1 in the mean; None if all
        count the same
    """

    X: Array
    targets: Array
    weights: Array | None = None

    def each(self, change: Callable[[Array], Array]) -> "Samples":
        """Return the samples with the same change made to each of the arrays."""
        weights = None if self.weights is None else change(self.weights)
        return Samples(change(self.X), change(self.targets), weights)


class Score(NamedTuple):
    """How well a network does on some samples.

    loss : the objective, penalties included
    accuracy : share of samples with the right label, 0 to 1
    """

    loss: float
    accuracy: float


class BatchRecord(NamedTuple):
    """One step of the optimizer: the loss of the batch, before the step."""

    epoch: int
    step: int
    loss: float


class EpochRecord(NamedTuple):
    """One pass over the training samples. Epoch 0 is the network before any training.

    training : running mean over the epoch's batches, while the network was changing
    validation : measured at the end of the epoch, or None without validation samples
    learning_rate : of the steps of this epoch; in epoch 0, of those to come
    """

    epoch: int
    step: int
    training: Score
    validation: Score | None
    learning_rate: float


class Diverged(NamedTuple):
    """The end of a run whose numbers have left the range of sense."""

    epoch: int
    step: int
    learning_rate: float

    @property
    def gentler_rate(self) -> float:
        """A learning rate to try instead."""
        return float(f"{min(self.learning_rate / 10, 0.1):.3g}")

    def __str__(self) -> str:
        return (
            f"Diverged at step {self.step} in epoch {self.epoch}, with learning rate "
            f"{self.learning_rate:g}: the steps are so long that each one makes the network "
            f"worse. Try a learning rate of {self.gentler_rate:g} or less."
        )


class EarlyStopped(NamedTuple):
    """The end of a run that did not get better any more.

    epoch, step : the last ones made
    best_epoch : the epoch whose parameters the network has now
    """

    epoch: int
    step: int
    best_epoch: int


Record = BatchRecord | EpochRecord | Diverged | EarlyStopped


def one_hot(labels: npt.NDArray[np.integer], n_classes: int, dtype: npt.DTypeLike) -> Array:
    """Return targets, (n_samples, n_classes): 1 in the column of the label, else 0."""
    targets: Array = np.zeros((len(labels), n_classes), dtype)
    targets[np.arange(len(labels)), labels] = 1
    return targets


def count_correct(logits: Array, targets: Array, output: Output) -> int:
    """Return how many rows have their largest logit where the target is largest.

    A single output says yes where it is above 1/2.
    """
    if logits.shape[1] == 1:
        return count_all_correct(logits, targets, output)
    return int(np.count_nonzero(logits.argmax(axis=1) == targets.argmax(axis=1)))


def count_all_correct(logits: Array, targets: Array, output: Output) -> int:
    """Return how many rows have every output on the right side of 1/2.

    The count for several yes-or-no questions about each sample.
    """
    return int(((output.value(logits) > 0.5) == (targets > 0.5)).all(axis=1).sum())


Count = Callable[[Array, Array, Output], int]


@np.errstate(all="ignore")  # a loss that is not finite speaks for itself
def evaluate(
    network: Network, objective: Objective, samples: Samples, count: Count = count_correct
) -> Score:
    """Score a network on samples without changing it."""
    n_samples = len(samples.X)
    workspaces = workspaces_for(network, n_samples, min(n_samples, EVALUATION_ROWS))
    total, correct = 0.0, 0
    for X, targets, weights in slices(samples, EVALUATION_ROWS):
        logits = forward(network, X, workspaces[len(X)])
        total += objective.loss.value(logits, targets, network.output, weights) * len(X)
        correct += count(logits, targets, network.output)
    penalty = objective.penalty(network.all_weights)
    return Score(total / n_samples + penalty, correct / n_samples)


def logits_of(network: Network, X: Array) -> Array:
    """Return the logits of many samples, (n_samples, n_L), worked out some rows at a time."""
    n_samples = len(X)
    logits = np.empty((n_samples, network.sizes[-1]), network.parameters.dtype)
    workspaces = workspaces_for(network, n_samples, min(n_samples, EVALUATION_ROWS))
    for start in range(0, n_samples, EVALUATION_ROWS):
        rows = X[start : start + EVALUATION_ROWS]
        logits[start : start + len(rows)] = forward(network, rows, workspaces[len(rows)])
    return logits


def workspaces_for(
    network: Network, n_samples: int, batch_size: int, dropout: Dropout | None = None
) -> dict[int, Workspace]:
    """Return a workspace for each size of batch: the usual one, and that of the last batch."""
    sizes = {batch_size, n_samples % batch_size} - {0}
    return {size: Workspace(network, size, dropout) for size in sizes}


def slices(samples: Samples, batch_size: int) -> Iterator[Samples]:
    """Yield the samples batch by batch, in the order in which they lie."""
    for start in range(0, len(samples.X), batch_size):
        rows = slice(start, start + batch_size)
        yield samples.each(itemgetter(rows))


def shuffled_batches(
    samples: Samples, batch_size: int, rng: np.random.Generator
) -> Iterator[Samples]:
    """Yield the samples batch by batch in random order, each once.

    The arrays of a batch are used again for the next one. The whole set as one batch
    comes as it lies there: the mean over all samples knows no order.
    """
    n_samples = len(samples.X)
    if batch_size == n_samples:
        yield samples
        return
    order = rng.permutation(n_samples)
    whole = samples.each(lambda part: np.empty_like(part[:batch_size]))
    last = whole.each(lambda part: part[: n_samples % batch_size])
    for start in range(0, n_samples, batch_size):
        rows = order[start : start + batch_size]
        batch = whole if len(rows) == batch_size else last
        for part, out in zip(samples, batch, strict=True):
            if part is not None:
                part.take(rows, axis=0, out=out, mode="clip")  # other modes copy twice
        yield batch


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
) -> "Course":
    """Check the arguments, and return an iterator that trains as records are taken.

    The first record is epoch 0, the untrained network; then comes a BatchRecord after
    each step and an EpochRecord after each epoch. A Diverged record, if any, is the last.

    Parameters
    ----------
    optimizer : knows the network that it trains
    training, validation : X and targets; the validation samples only measure
    epochs : passes over the training samples
    batch_size : samples a step; all of them for gradient descent without chance
    rng : shuffles the samples anew in each epoch; with None they keep their order
    schedule : how the learning rate changes from epoch to epoch; None keeps it
    dropout : silences hidden units while training
    max_norm : the longest that the incoming weights of a unit may be, or None
    count : says how many answers are right; see `count_all_correct` for several at a time

    Raises
    ------
    ValueError : for arrays that do not fit the network or hold NaN, for epochs or a batch
        size out of range, or a max_norm that is not positive
    """
    for samples in (training, validation):
        if samples is not None:
            _check(samples, optimizer.network)
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
    return Course(
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


def _check(samples: Samples, network: Network) -> None:
    n_samples = len(samples.X)
    expected = (n_samples, network.sizes[0]), (n_samples, network.sizes[-1])
    given = samples.X.shape, samples.targets.shape
    if given != expected or n_samples == 0:
        raise ValueError(
            f"X and targets have the shapes {given[0]} and {given[1]}; this network needs "
            f"(n_samples, {network.sizes[0]}) and (n_samples, {network.sizes[-1]}), "
            "with at least one sample."
        )
    dtype = network.parameters.dtype
    if any(part.dtype != dtype for part in samples[:2]):
        raise ValueError(
            f"X and targets are {samples.X.dtype} and {samples.targets.dtype}, the network is "
            f"{dtype}. Convert them with .astype(np.{dtype})."
        )
    if not all(_is_finite(part) for part in samples[:2]):
        raise ValueError("X or targets hold NaN or infinity. Remove or replace those values.")
    if samples.weights is not None:
        _check_weights(samples.weights, n_samples, dtype)


def _is_finite(array: Array) -> bool:
    """Say whether all numbers are finite; their sum tells it quickly, if it does not overflow."""
    return bool(np.isfinite(array.sum(dtype=np.float64)) or np.isfinite(array).all())


def _check_weights(weights: Array, n_samples: int, dtype: np.dtype[Any]) -> None:
    is_fit = weights.shape == (n_samples,) and weights.dtype == dtype
    if not (is_fit and np.isfinite(weights).all() and (weights >= 0).all()):
        raise ValueError(
            f"The weights must be {n_samples} numbers in {dtype}, none of them negative; "
            f"given were {weights.dtype} of shape {weights.shape}."
        )


@dataclass
class Course:
    """A training on its way, an iterator of records; see `train` for the fields.

    Between two records, the learning rate of the optimizer and the number of epochs may be
    changed. Once all epochs are made, there are no more records; give it more epochs, and
    there are again, from where it ended, with the same optimizer and the same chance.

    Attributes
    ----------
    epoch, step : the epoch under way, and how many steps the optimizer has made
    loss_sum, n_correct : over the samples that this epoch has seen so far
    limit : a loss above it means that the numbers have left the range of sense
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
        self._records = self._go_on()
        self.quiet = copy_context()  # NumPy keeps still in it: the loss tells more
        self.quiet.run(np.seterr, all="ignore")

    def __iter__(self) -> Iterator[Record]:
        return self

    def __next__(self) -> Record:
        record = next(self._records, None)
        if record is None:
            self._records = self._go_on()  # in case that there will be more epochs
            raise StopIteration
        return record

    def _go_on(self) -> Iterator[Record]:
        """Train, and yield what happened."""
        if self.epoch == 0:
            yield self._before()
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
            record = self._sum_up(self.epoch)
            yield record
            if isinstance(record, Diverged):
                return

    def _before(self) -> EpochRecord:
        """Measure the untrained network; from its loss follows what counts as diverged."""
        self.optimizer.rate_factor = self.schedule.factor(1, self.epochs)
        untrained = self._score(self.training)
        self.limit = EXPLOSION * max(untrained.loss, self._loss_of_guessing())
        if self.training.weights is not None:  # a batch may hold the heaviest samples alone
            self.limit *= max(1.0, float(self.training.weights.max()))
        return EpochRecord(0, 0, untrained, self._validate(), self.optimizer.eta)

    def _batches(self) -> Iterator[Samples]:
        if self.rng is None:
            return slices(self.training, self.batch_size)
        return shuffled_batches(self.training, self.batch_size, self.rng)

    def _learn(self, batch: Samples) -> float:
        """Make a step with one batch, and return the loss before it.

        A loss beyond the limit is returned as infinity, and nothing is learned from it.
        """
        self.step += 1
        X, targets, weights = batch
        network, workspace = self.network, self.workspaces[len(X)]
        loss, penalty = loss_and_gradient(network, self.objective, X, targets, workspace, weights)
        loss += penalty
        if not loss <= self.limit:  # so that NaN counts, too
            return math.inf
        self.last_gradient = workspace.gradient
        self.optimizer.step(workspace.gradient)
        if self.max_norm is not None:
            limit_norms(network, self.max_norm)
        self.loss_sum += loss * len(X)
        self.n_correct += self.count(workspace.zs[-1], targets, network.output)
        return loss

    def _sum_up(self, epoch: int) -> EpochRecord | Diverged:
        """Return the record of an epoch, if its last step has left numbers with sense."""
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
        """Return the loss of all logits at 0: the same answer to every question."""
        _, targets, weights = self.training
        return self.objective.loss.value(
            np.zeros_like(targets), targets, self.network.output, weights
        )
