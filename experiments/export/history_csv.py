"""The history of a run as a table."""

from typing import Any

from experiments.export.csv_writer import csv_of
from experiments.training.run import Run

COLUMNS = (
    "epoch",
    "step",
    "training_loss",
    "training_accuracy",
    "validation_loss",
    "validation_accuracy",
    "learning_rate",
)


def history_to_csv(run: Run) -> str:
    """Return one row an epoch, with every number in full; cells of no value are empty."""
    none: tuple[Any, Any] = (None, None)
    return csv_of(
        COLUMNS,
        (
            (epoch, step, *training, *(validation or none), learning_rate)
            for epoch, step, training, validation, learning_rate in run.history
        ),
    )
