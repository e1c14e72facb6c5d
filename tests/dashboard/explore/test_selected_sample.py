import numpy as np

from dashboard.explore.selected_sample import position_in, row_at, sample_at
from experiments.config import RunConfig
from experiments.training.prepared_data import prepare


def test_a_sample_has_a_label_a_part_and_both_values() -> None:
    prepared = prepare(RunConfig(split="blocks"))
    sample = sample_at(prepared, 1796)
    assert (sample.label, sample.part, sample.row) == ("8", "test", 1796)
    np.testing.assert_allclose(sample.scaled, sample.recorded / 16)


def test_positions_and_rows_that_are_not_there_are_none() -> None:
    rows = np.array([5, 7])
    assert (position_in(rows, 7), position_in(rows, 6)) == (1, None)
    assert (row_at(rows, 1), row_at(rows, 2), row_at(rows, None)) == (7, None, None)
