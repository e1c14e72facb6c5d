"""A run that was trained before: what is recorded of it, and how it is restored."""

from collections.abc import Sequence

from experiments.training.run import CurrentEpoch, Run
from experiments.training.run_record import RunRecord
from mlp.arrays import Array
from mlp.records import EarlyStopped, EpochRecord


def record_of(run: Run) -> RunRecord:
    """Return how a run came to its end, beside its history."""
    return RunRecord(
        run.step,
        run.initial_config.epochs,
        run.best_epoch,
        run.early_stopped is not None,
        tuple(run.changes),
        run.n_results,
    )


def restore(run: Run, parameters: Array, history: Sequence[EpochRecord], record: RunRecord) -> None:
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
