"""Training is an iterator: each record it yields says what the last step did.

Whoever takes the records decides when to stop, to pause, or to draw. Pausing means
not asking for the next record; nothing is lost by it, and nothing changes.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mlp.activations import Output
from mlp.arrays import Array
from mlp.backprop import Workspace, forward, loss_and_gradient
from mlp.losses import Objective
from mlp.network import Network
from mlp.optimizers import Optimizer

EVALUATION_ROWS = 2048  # rows evaluated at once: enough for full speed, little memory
EXPLOSION = 1000.0  # this many times worse than knowing nothing counts as diverged


class Samples(NamedTuple):
    """Inputs X, (n_samples, n_0), and targets, (n_samples, n_L), row by row."""

    X: Array
    targets: Array


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
    """

    epoch: int
    step: int
    training: Score
    validation: Score | None


class Diverged(NamedTuple):
    """The end of a run whose numbers have left the range of sense."""

    epoch: int
    step: int
    learning_rate: float

    def __str__(self) -> str:
        return (
            f"Diverged at step {self.step} in epoch {self.epoch}, with learning rate "
            f"{self.learning_rate:g}: the steps are so long that each one makes the network "
            f"worse. Try a learning rate of {min(self.learning_rate / 10, 0.1):g} or less."
        )


Record = BatchRecord | EpochRecord | Diverged


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
        return int(np.count_nonzero((output.value(logits) > 0.5) == (targets > 0.5)))
    return int(np.count_nonzero(logits.argmax(axis=1) == targets.argmax(axis=1)))


@np.errstate(all="ignore")  # a loss that is not finite speaks for itself
def evaluate(network: Network, objective: Objective, samples: Samples) -> Score:
    """Score a network on samples without changing it."""
    n_samples = len(samples.X)
    workspaces = workspaces_for(network, n_samples, min(n_samples, EVALUATION_ROWS))
    total, correct = 0.0, 0
    for start in range(0, n_samples, EVALUATION_ROWS):
        X = samples.X[start : start + EVALUATION_ROWS]
        targets = samples.targets[start : start + EVALUATION_ROWS]
        logits = forward(network, X, workspaces[len(X)])
        total += objective.loss.value(logits, targets, network.output) * len(X)
        correct += count_correct(logits, targets, network.output)
    penalty = objective.penalty(network.all_weights)
    return Score(total / n_samples + penalty, correct / n_samples)


def workspaces_for(network: Network, n_samples: int, batch_size: int) -> dict[int, Workspace]:
    """Return a workspace for each size of batch: the usual one, and that of the last batch."""
    sizes = {batch_size, n_samples % batch_size} - {0}
    return {size: Workspace(network, size) for size in sizes}


def batches(samples: Samples, batch_size: int, rng: np.random.Generator) -> Iterator[Samples]:
    """Yield the samples batch by batch in random order, each once.

    The arrays of a batch are used again for the next one. The whole set as one batch
    comes as it lies there: the mean over all samples knows no order.
    """
    n_samples = len(samples.X)
    if batch_size == n_samples:
        yield samples
        return
    order = rng.permutation(n_samples)
    X, targets = (np.empty((batch_size, part.shape[1]), part.dtype) for part in samples)
    for start in range(0, n_samples, batch_size):
        rows = order[start : start + batch_size]
        batch = Samples(X[: len(rows)], targets[: len(rows)])
        for part, out in zip(samples, batch, strict=True):
            part.take(rows, axis=0, out=out, mode="clip")  # other modes copy twice
        yield batch


def train(
    optimizer: Optimizer,
    objective: Objective,
    training: Samples,
    *,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    validation: Samples | None = None,
) -> Iterator[Record]:
    """Check the arguments, and return an iterator that trains as records are taken.

    The first record is epoch 0, the untrained network; then comes a BatchRecord after
    each step and an EpochRecord after each epoch. A Diverged record, if any, is the last.

    Parameters
    ----------
    optimizer : knows the network that it trains
    training, validation : X and targets; the validation samples only measure
    epochs : passes over the training samples
    batch_size : samples a step; all of them for gradient descent without chance
    rng : shuffles the samples anew in each epoch

    Raises
    ------
    ValueError : for arrays that do not fit the network or hold NaN, or a batch size out
        of range
    """
    for samples in (training, validation):
        if samples is not None:
            _check(samples, optimizer.network)
    n_samples = len(training.X)
    if not 1 <= batch_size <= n_samples:
        raise ValueError(
            f"The batch size {batch_size} does not fit {n_samples} training samples. "
            f"Choose 1 to {n_samples}, or the full batch."
        )
    return _records(optimizer, objective, training, validation, epochs, batch_size, rng)


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
    if any(part.dtype != dtype for part in samples):
        raise ValueError(
            f"X and targets are {samples.X.dtype} and {samples.targets.dtype}, the network is "
            f"{dtype}. Convert them with .astype(np.{dtype})."
        )
    if not all(np.isfinite(part).all() for part in samples):
        raise ValueError("X or targets hold NaN or infinity. Remove or replace those values.")


def _records(
    optimizer: Optimizer,
    objective: Objective,
    training: Samples,
    validation: Samples | None,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
) -> Iterator[Record]:
    network, n_samples, step = optimizer.network, len(training.X), 0
    workspaces = workspaces_for(network, n_samples, batch_size)
    untrained = evaluate(network, objective, training)
    limit = EXPLOSION * max(untrained.loss, _loss_of_guessing(network, objective, training))
    yield EpochRecord(0, 0, untrained, _validate(network, objective, validation))
    for epoch in range(1, epochs + 1):
        total, correct = 0.0, 0
        for batch in batches(training, batch_size, rng):
            step += 1
            loss, n_correct = _step(optimizer, objective, batch, workspaces[len(batch.X)], limit)
            if not math.isfinite(loss):
                yield Diverged(epoch, step, optimizer.learning_rate)
                return
            total, correct = total + loss * len(batch.X), correct + n_correct
            yield BatchRecord(epoch, step, loss)
        mean = Score(total / n_samples, correct / n_samples)
        record = EpochRecord(epoch, step, mean, _validate(network, objective, validation))
        if not _is_sane(network, record, limit):
            yield Diverged(epoch, step, optimizer.learning_rate)
            return
        yield record


@np.errstate(all="ignore")  # whoever calls looks at the loss, which tells more
def _step(
    optimizer: Optimizer, objective: Objective, batch: Samples, workspace: Workspace, limit: float
) -> tuple[float, int]:
    """Learn from one batch; return the loss and how many were right before.

    A loss beyond the limit is returned as infinity, and nothing is learned from it.
    """
    network = optimizer.network
    loss = sum(loss_and_gradient(network, objective, batch.X, batch.targets, workspace))
    if not loss <= limit:  # so that NaN counts, too
        return math.inf, 0
    optimizer.step(workspace.gradient)
    return loss, count_correct(workspace.zs[-1], batch.targets, network.output)


def _validate(network: Network, objective: Objective, validation: Samples | None) -> Score | None:
    return None if validation is None else evaluate(network, objective, validation)


def _loss_of_guessing(network: Network, objective: Objective, samples: Samples) -> float:
    """Return the loss of all logits at 0: the same answer to every question."""
    logits = np.zeros_like(samples.targets)
    return objective.loss.value(logits, samples.targets, network.output)


def _is_sane(network: Network, record: EpochRecord, limit: float) -> bool:
    """Say whether the last step of an epoch has left numbers with sense."""
    validation_loss = record.validation.loss if record.validation else 0.0
    return validation_loss <= limit and bool(np.isfinite(network.parameters).all())
