"""The history of a run as CSV."""

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
    """Return one row for each epoch, with all digits; a missing score is an empty cell."""
    no_score: tuple[Any, Any] = (None, None)
    return csv_of(
        COLUMNS,
        (
            (epoch, step, *training, *(validation or no_score), learning_rate)
            for epoch, step, training, validation, learning_rate in run.history
        ),
    )
