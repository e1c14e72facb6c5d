"""How a run ended, and how a run that was trained before is restored."""

from collections.abc import Sequence
from typing import NamedTuple

from experiments.training.changes import Change
from experiments.training.run import CurrentEpoch, Run
from mlp.arrays import Array
from mlp.records import EarlyStopped, EpochRecord


class RunEnding(NamedTuple):
    """How a run ended, apart from its history.

    step : the last one
    first_epochs : how many epochs it set out for
    best_epoch, has_stopped_early, changes, n_results : as in `Run`
    """

    step: int
    first_epochs: int
    best_epoch: int | None
    has_stopped_early: bool
    changes: tuple[Change, ...]
    n_results: int


def ending_of(run: Run) -> RunEnding:
    """Return how a run ended, apart from its history."""
    return RunEnding(
        run.step,
        run.initial_config.epochs,
        run.best_epoch,
        run.early_stopped is not None,
        tuple(run.changes),
        run.n_results,
    )


def restore(run: Run, parameters: Array, history: Sequence[EpochRecord], record: RunEnding) -> None:
    """Make a new run the one that was trained before; it is evaluated again.

    Parameters
    ----------
    run : has not made a step yet
    parameters : (n_parameters,), at its end
    """
    run.network.parameters[...] = parameters
    run.history, run.changes = list(history), list(record.changes)
    run.epoch, run.step, run.best_epoch = run.epochs_done, record.step, record.best_epoch
    run.current_epoch = CurrentEpoch(run.epoch, [])
    run.initial_config = run.config.model_copy(update={"epochs": record.first_epochs})
    if record.has_stopped_early:
        run.early_stopped = EarlyStopped(run.epoch, run.step, record.best_epoch or 0)
    run.conclude()
    run.n_results = max(record.n_results, 1)
