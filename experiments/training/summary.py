"""A run in one row: its config, how it ended, and its scores."""

from typing import Any, TypeAlias

from threadpoolctl import threadpool_limits

from data.datasets import Dataset
from experiments.config import RunConfig
from experiments.training.run import Run
from mlp.records import Score

Summary: TypeAlias = dict[str, Any]


def status_of(run: Run) -> str:
    """Return 'finished', 'early-stopped', 'diverged' or, for a run cut short, 'interrupted'."""
    if run.diverged:
        return "diverged"
    if run.early_stopped:
        return "early-stopped"
    return "finished" if run.epochs_done == run.config.epochs else "interrupted"


def summarize(run: Run, *, preset: str | None = None) -> Summary:
    """Return a run as plain values, fit for JSON; a score that there is not is None.

    The accuracies are shares from 0 to 1. `seconds` counts the training, with a look at the
    validation part in each epoch, and not the loading of the data.
    """
    training, validation, test = run.result or (None, None, None)
    return {
        "preset": preset,
        "config": run.config.model_dump(mode="json"),
        "status": status_of(run),
        "epochs": run.epochs_done,
        "train_accuracy": _accuracy(training),
        "validation_accuracy": _accuracy(validation),
        "test_accuracy": _accuracy(test),
        "test_loss": test.loss if test else None,
        "seconds": run.seconds,
        "parameters": run.plan.n_parameters,
    }


def train_and_summarize(config: RunConfig, own: Dataset | None = None) -> Summary:
    """Train from beginning to end on one core, and return the summary.

    Many runs side by side use the cores better than one run on all of them.
    """
    with threadpool_limits(1):
        run = Run(config, own)
        run.complete()
        return summarize(run)


def _accuracy(score: Score | None) -> float | None:
    return score.accuracy if score else None
