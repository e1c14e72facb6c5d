"""What a run remembers besides its network, so that it can be continued bit for bit.

It consists of numbers, and of vectors that are as long as the parameters, or as the training
part. All else follows from the settings and the history. Whoever reads it from a file must not
trust it: everything is checked against the run that is to be continued.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from experiments.training.run import Run
from experiments.training.slices import Training
from mlp.optimizers import Adam, Optimizer

Vectors = Mapping[str, npt.NDArray[Any]]
ORDER = "order"  # of the samples, in the epoch under way; the other vectors are the optimizer's
MAX_STATE = 2**128


class GeneratorState(NamedTuple):
    """The state of a PCG64 random generator, as NumPy describes it."""

    state: int
    inc: int
    has_uint32: int
    uinteger: int


class MemoryNumbers(NamedTuple):
    """The numbers of a training between two records, named as in `TrainingState`.

    batches, dropout : of the random generators; None where there is none
    """

    rate_factor: float
    loss_sum: float
    n_correct: int
    limit: float
    batches: GeneratorState | None
    dropout: GeneratorState | None


class TrainingMemory(NamedTuple):
    """What it takes to continue a run.

    vectors : of the optimizer, (n_parameters,) each, by their names there; and during an epoch
        whose samples are shuffled their order, (n_training,)
    """

    numbers: MemoryNumbers
    vectors: Vectors


def memory_of(run: Run) -> TrainingMemory | None:
    """Return what it takes to continue a run; None if it cannot be continued."""
    if not run.can_continue:
        return None
    state = run.training().state
    vectors = dict(_vectors_of(state.optimizer))
    if state.order is not None:
        vectors[ORDER] = state.order.astype(np.int32)
    numbers = MemoryNumbers(
        state.optimizer.rate_factor,
        state.loss_sum,
        state.n_correct,
        state.limit,
        _state_of(state.rng) if state.rng else None,
        _state_of(state.dropout.rng) if state.dropout else None,
    )
    return TrainingMemory(numbers, vectors)


def remember(run: Run, memory: TrainingMemory) -> None:
    """Give a restored run its memory back, so that it can be continued.

    Raises
    ------
    ValueError : if the memory is not one of this run
    """
    training = run.training()
    state, numbers = training.state, memory.numbers
    steps, n_training = run.plan.steps_per_epoch, run.plan.n_training
    steps_in_epoch = run.step - run.epochs_done * steps
    n_seen = min(steps_in_epoch * run.plan.batch_size, n_training)
    _check(0 <= steps_in_epoch <= steps and _are_possible(numbers, n_seen))
    state.epochs_done, state.step, state.n_seen = run.epochs_done, run.step, n_seen
    state.loss_sum, state.n_correct, state.limit = numbers[1:4]
    state.order = _order(training, memory.vectors, n_seen, n_training)
    _fill_optimizer(state.optimizer, memory.vectors)
    state.optimizer.learning_rate, state.optimizer.rate_factor = run.learning_rate, numbers[0]
    if isinstance(state.optimizer, Adam):
        state.optimizer.time = run.step
    dropout = state.dropout.rng if state.dropout else None
    for rng, stored in ((state.rng, numbers.batches), (dropout, numbers.dropout)):
        _set_state(rng, stored)


def _vectors_of(optimizer: Optimizer) -> dict[str, npt.NDArray[Any]]:
    """Return the vectors that an optimizer remembers; the scratch vector means nothing."""
    return {
        name: value
        for name, value in vars(optimizer).items()
        if isinstance(value, np.ndarray) and value.ndim == 1 and name != "scratch"
    }


def _are_possible(numbers: MemoryNumbers, n_seen: int) -> bool:
    return (
        0 <= numbers.rate_factor <= 1
        and math.isfinite(numbers.loss_sum)
        and numbers.n_correct >= 0
        and (numbers.n_correct <= n_seen or n_seen == 0)
        and numbers.limit > 0
    )


def _order(
    training: Training, vectors: Vectors, n_seen: int, n_training: int
) -> npt.NDArray[np.intp] | None:
    """Return the order of the samples in the epoch under way, if they are shuffled."""
    state, stored = training.state, vectors.get(ORDER)
    is_needed = n_seen > 0 and state.rng is not None and state.batch_size < n_training
    if not is_needed:
        _check(stored is None)
        return None
    _check(stored is not None and stored.dtype == np.int32 and stored.shape == (n_training,))
    order = np.asarray(stored, np.intp)
    _check(np.array_equal(np.sort(order), np.arange(n_training)))
    return order


def _fill_optimizer(optimizer: Optimizer, stored: Vectors) -> None:
    vectors = _vectors_of(optimizer)
    _check(vectors.keys() == stored.keys() - {ORDER})
    for name, vector in vectors.items():
        _check(stored[name].shape == vector.shape and stored[name].dtype == vector.dtype)
        _check("square" not in name or bool((stored[name] >= 0).all()))
        vector[...] = stored[name]


def _state_of(rng: np.random.Generator) -> GeneratorState:
    state: Any = rng.bit_generator.state
    return GeneratorState(
        **state["state"], has_uint32=state["has_uint32"], uinteger=state["uinteger"]
    )


def _set_state(rng: np.random.Generator | None, stored: GeneratorState | None) -> None:
    _check((rng is None) == (stored is None))
    if rng is None or stored is None:
        return
    _check(0 <= stored.state < MAX_STATE and 0 < stored.inc < MAX_STATE and stored.inc % 2 == 1)
    _check(stored.has_uint32 in (0, 1) and 0 <= stored.uinteger < 2**32)
    rng.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": stored.state, "inc": stored.inc},
        "has_uint32": stored.has_uint32,
        "uinteger": stored.uinteger,
    }


def _check(is_possible: bool) -> None:
    if not is_possible:
        raise ValueError(
            "What the file remembers of the training does not fit its settings and its history. "
            "The file is damaged: save the model again."
        )
