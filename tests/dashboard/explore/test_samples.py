from dataclasses import replace

import numpy as np

from dashboard.explore.samples import random_rows, rows_of_classes, rows_of_part, samples_table
from dashboard.settings import PARTS
from data.datasets import Dataset
from data.split import Split

EVIL = "<b>[x](http://evil)</b>"
SPLIT = Split(np.array([0, 1, 4]), np.array([2]), np.array([3, 5]))
LABELS = np.array([0, 1, 1, 0, 2, 2])


def table(n_features: int = 8, names: tuple[str, ...] = ("a", EVIL)) -> Dataset:
    X = np.arange(4 * n_features, dtype=np.float32).reshape(4, n_features)
    return Dataset("own", "T", X, np.array([0, 1, 0, 1]), names, None, X.max(), "value", "here")


def test_rows_of_the_parts() -> None:
    assert {part: list(rows_of_part(SPLIT, part)) for part in PARTS} == {
        "all": [0, 1, 2, 3, 4, 5],
        "training": [0, 1, 4],
        "validation": [2],
        "test": [3, 5],
    }


def random_rows_of_classes(rows: np.ndarray, classes: list[int], max_rows: int) -> np.ndarray:
    of_classes = rows_of_classes(LABELS, rows, classes)
    return random_rows(of_classes, max_rows, rng=np.random.default_rng(0))


def test_random_rows_are_of_the_chosen_classes() -> None:
    rows = np.arange(6)
    assert set(random_rows_of_classes(rows, [1], 10)) == {1, 2}
    assert set(random_rows_of_classes(rows, [], 10)) == set(range(6))
    assert len(random_rows_of_classes(rows, [], 4)) == 4
    assert len(random_rows_of_classes(np.array([0]), [2], 4)) == 0


def test_another_seed_gives_other_rows_and_the_same_seed_the_same() -> None:
    rows = np.arange(500)
    first, again, other = (
        random_rows(rows, 20, rng=np.random.default_rng(seed)) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_filtering_by_class_keeps_all_where_none_is_chosen() -> None:
    labels, rows = np.array([0, 1, 1]), np.arange(3)
    assert list(rows_of_classes(labels, rows, [1])) == [1, 2]
    assert list(rows_of_classes(labels, rows, [])) == [0, 1, 2]


def test_a_table_shows_a_few_features_and_escapes_names() -> None:
    lines = samples_table(table(), np.array([0, 1]), np.array([1.0, 2.0])).splitlines()
    assert lines[0] == "| Sample | Label | Distance | feature 1 | feature 2 | … |"
    assert lines[2].startswith("| 0 | a | 1 | 0 | 1 | … |")
    assert "](http" not in lines[3]
    assert samples_table(table(), np.array([0])).splitlines()[0].count("| feature") == 4
    named = replace(table(n_features=2), feature_names=("age", "a|b"))
    assert samples_table(named, np.array([0])).startswith("| Sample | Label | age | a\\|b |")
    plane = samples_table(table(n_features=2), np.array([0])).splitlines()
    assert plane[0] == "| Sample | Label | x₁ | x₂ |"
    assert plane[2] == "| 0 | a | 0 | 1 |"
