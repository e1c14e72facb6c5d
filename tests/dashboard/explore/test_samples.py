import numpy as np

from dashboard.explore.samples import PARTS, pick_rows, rows_of
from data.split import Split

SPLIT = Split(np.array([0, 1, 4]), np.array([2]), np.array([3, 5]))


LABELS = np.array([0, 1, 1, 0, 2, 2])


def test_rows_of_the_parts() -> None:
    assert {part: list(rows_of(SPLIT, part)) for part in PARTS} == {
        "all": [0, 1, 2, 3, 4, 5],
        "training": [0, 1, 4],
        "validation": [2],
        "test": [3, 5],
    }


def test_picking_keeps_to_the_classes_asked_for() -> None:
    rows = np.arange(6)
    assert set(pick_rows(LABELS, rows, [1], 10, seed=0)) == {1, 2}
    assert set(pick_rows(LABELS, rows, [], 10, seed=0)) == set(range(6))
    assert len(pick_rows(LABELS, rows, [], 4, seed=0)) == 4
    assert len(pick_rows(LABELS, np.array([0]), [2], 4, seed=0)) == 0


def test_shuffling_gives_others_and_the_same_seed_the_same() -> None:
    rows, labels = np.arange(500), np.zeros(500, int)
    first, again, other = (pick_rows(labels, rows, [], 20, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
