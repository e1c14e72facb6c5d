"""The history of a run as CSV."""

import csv
import io

from experiments.config import RunConfig
from experiments.export.history_csv import COLUMNS, history_to_csv
from tests.runs import QUICK, finished


def test_the_history_has_a_row_for_each_epoch_with_all_digits() -> None:
    run = finished(RunConfig(**QUICK))
    header, *rows = csv.reader(io.StringIO(history_to_csv(run)))
    assert tuple(header) == COLUMNS
    assert len(rows) == 3
    for row, record in zip(rows, run.history, strict=True):
        values = (*record[:2], *record.training, *record.validation, record.learning_rate)
        assert row == [repr(value) for value in values]


def test_a_history_without_validation_has_empty_cells() -> None:
    run = finished(RunConfig(**QUICK, validation_fraction=0.0))
    rows = list(csv.DictReader(io.StringIO(history_to_csv(run))))
    assert [row["validation_loss"] + row["validation_accuracy"] for row in rows] == [""] * 3
