"""A checkpoint of a run: what it takes, besides its network, to continue it bit for bit.

It consists of a few numbers, the optimizer state, and during an epoch the order of its samples.
All else follows from the settings and the history. Whoever reads a checkpoint from a file must
not trust it: everything is checked against the run that is to be continued.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from experiments.training.run import Run
from experiments.training.slices import Training
from mlp.optimizers import Optimizer
from mlp.training import TrainingState

Arrays = Mapping[str, npt.NDArray[Any]]
ORDER = "order"  # what the order of the samples is called among the arrays
OPTIMIZER = "optimizer."  # what the names of the optimizer state begin with there
MAX_GENERATOR_STATE = 2**128


class GeneratorState(NamedTuple):
    """The state of a PCG64 random generator, as NumPy describes it.

    state, inc : where it is in its sequence, and which sequence; of 128 bits, `inc` odd
    has_uint32 : 1 if half of the last 64 bits drawn is still to be used, else 0
    uinteger : this half, of 32 bits
    """

    state: int
    inc: int
    has_uint32: int
    uinteger: int


class CheckpointNumbers(NamedTuple):
    """The numbers of a training between two records, named as in `TrainingState`.

    rate_factor : what the schedule makes of the learning rate, from 0 to 1
    loss_sum : over the samples that the epoch under way has learned from
    n_correct : how many of these the network got right
    limit : a loss above it counts as diverged
    batches : of the generator that shuffles the samples; None if they are not shuffled
    dropout : of the generator that drops units; None without dropout
    """

    rate_factor: float
    loss_sum: float
    n_correct: int
    limit: float
    batches: GeneratorState | None
    dropout: GeneratorState | None


class Checkpoint(NamedTuple):
    """What it takes to continue a run.

    arrays : the optimizer state, its names after `OPTIMIZER`; and during an epoch whose samples
        are shuffled their `ORDER`, (n_training,), int32
    """

    numbers: CheckpointNumbers
    arrays: Arrays


def checkpoint_of(run: Run) -> Checkpoint | None:
    """Return what it takes to continue a run; None if it cannot be continued.

    A run with frozen parameters cannot: a file does not say which they are.
    """
    if not run.can_continue or run.frozen:
        return None
    state = run.training().state
    arrays = {OPTIMIZER + name: array for name, array in state.optimizer.state().items()}
    if state.order is not None:
        arrays[ORDER] = state.order.astype(np.int32)
    numbers = CheckpointNumbers(
        rate_factor=state.optimizer.rate_factor,
        loss_sum=state.loss_sum,
        n_correct=state.n_correct,
        limit=state.limit,
        batches=_generator_state(state.rng) if state.rng else None,
        dropout=_generator_state(state.dropout.rng) if state.dropout else None,
    )
    return Checkpoint(numbers, arrays)


def restore_checkpoint(run: Run, checkpoint: Checkpoint) -> None:
    """Prepare a restored run to be continued from a checkpoint.

    Raises
    ------
    ValueError : if the checkpoint is not one of this run; the message says which part is not
    """
    training = run.training()
    state, numbers = training.state, checkpoint.numbers
    n_seen = _samples_seen(run)
    _check_numbers(numbers, n_seen)
    state.epochs_done, state.step, state.n_seen = run.epochs_done, run.step, n_seen
    state.loss_sum, state.n_correct = numbers.loss_sum, numbers.n_correct
    state.limit = numbers.limit
    state.order = _order(training, checkpoint.arrays, n_seen, run.plan.n_training)
    state.optimizer.learning_rate = run.learning_rate
    state.optimizer.rate_factor = numbers.rate_factor
    _restore_optimizer(state.optimizer, checkpoint.arrays)
    _restore_generators(state, numbers)


def _samples_seen(run: Run) -> int:
    """Return how many samples the epoch under way has learned from."""
    steps_in_epoch = run.step - run.epochs_done * run.plan.steps_per_epoch
    _check("step", 0 <= steps_in_epoch <= run.plan.steps_per_epoch)
    return min(steps_in_epoch * run.plan.batch_size, run.plan.n_training)


def _check_numbers(numbers: CheckpointNumbers, n_seen: int) -> None:
    most_correct = n_seen or math.inf  # between two epochs, it is still that of the last one
    _check("factor of the learning rate", 0 <= numbers.rate_factor <= 1)
    _check("sum of the losses", math.isfinite(numbers.loss_sum))
    _check("number of right answers", 0 <= numbers.n_correct <= most_correct)
    _check("loss that counts as diverged", numbers.limit > 0)


def _order(
    training: Training, arrays: Arrays, n_seen: int, n_training: int
) -> npt.NDArray[np.intp] | None:
    """Return the order of the samples in the epoch under way, if they are shuffled."""
    state, stored = training.state, arrays.get(ORDER)
    is_needed = n_seen > 0 and state.rng is not None and state.batch_size < n_training
    part = "order of the samples"
    _check(part, (stored is not None) == is_needed)
    if stored is None:
        return None
    _check(part, stored.dtype == np.int32 and stored.shape == (n_training,))
    order = np.asarray(stored, np.intp)
    _check(part, np.array_equal(np.sort(order), np.arange(n_training)))
    return order


def _restore_optimizer(optimizer: Optimizer, arrays: Arrays) -> None:
    names = sorted(arrays.keys() - {ORDER})
    _check("names of its arrays", all(name.startswith(OPTIMIZER) for name in names))
    try:
        optimizer.restore({name.removeprefix(OPTIMIZER): arrays[name] for name in names})
    except ValueError as error:
        raise ValueError(_misfit(f"optimizer state. {error}")) from error


def _generator_state(rng: np.random.Generator) -> GeneratorState:
    state: Any = rng.bit_generator.state
    return GeneratorState(
        **state["state"], has_uint32=state["has_uint32"], uinteger=state["uinteger"]
    )


def _restore_generators(state: TrainingState, numbers: CheckpointNumbers) -> None:
    dropout = state.dropout.rng if state.dropout else None
    _restore_generator("random generator of the batches", state.rng, numbers.batches)
    _restore_generator("random generator of dropout", dropout, numbers.dropout)


def _restore_generator(
    part: str, rng: np.random.Generator | None, stored: GeneratorState | None
) -> None:
    _check(part, (rng is None) == (stored is None))
    if rng is None or stored is None:
        return
    _check(part, 0 <= stored.state < MAX_GENERATOR_STATE)
    _check(part, 0 < stored.inc < MAX_GENERATOR_STATE and stored.inc % 2 == 1)
    _check(part, stored.has_uint32 in (0, 1) and 0 <= stored.uinteger < 2**32)
    rng.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": stored.state, "inc": stored.inc},
        "has_uint32": stored.has_uint32,
        "uinteger": stored.uinteger,
    }


def _check(part: str, is_possible: bool) -> None:
    if not is_possible:
        raise ValueError(_misfit(f"{part}."))


def _misfit(part_and_why: str) -> str:
    return (
        "A part of the checkpoint does not fit the settings and the history of the run: the "
        f"{part_and_why} The file is damaged: save the model again."
    )
