from dataclasses import replace

import numpy as np

from dashboard.explore.samples import (
    Look,
    axes_of,
    largest,
    look_at,
    neighbor_captions,
    of_classes,
    place_in,
    row_at,
    table_of,
    words_on_map,
    words_on_neighbors,
    words_on_splits,
)
from data.datasets import Dataset, load
from experiments.comparison.split_effect import SplitScore
from experiments.config import RunConfig
from experiments.exploration.neighbors import Neighbors
from experiments.exploration.projections import projection_of
from experiments.training.prepared_data import prepare

EVIL = "<b>[x](http://evil)</b>"


def table(n_features: int = 8, names: tuple[str, ...] = ("a", EVIL)) -> Dataset:
    X = np.arange(4 * n_features, dtype=np.float32).reshape(4, n_features)
    return Dataset("own", "T", X, np.array([0, 1, 0, 1]), names, None, X.max(), "value", "here")


def test_a_look_knows_label_part_and_both_values() -> None:
    prepared = prepare(RunConfig(split="blocks"))
    look = look_at(prepared, 1796)
    assert (look.label, look.part, look.row) == ("8", "test", 1796)
    np.testing.assert_allclose(look.scaled, look.recorded / 16)


def test_the_axes_of_a_projection_say_how_much_they_show() -> None:
    first, second = axes_of(projection_of(prepare(RunConfig())), 2)
    assert first.startswith("component 1 (1")
    assert second.endswith("% of variance)")
    assert len(axes_of(projection_of(prepare(RunConfig())), 3)) == 3


def test_a_thinned_dataset_is_said_to_be_thinned() -> None:
    results = [SplitScore("Single layer", "random", 0, 0.9, 50)]
    digits = load("digits")
    assert "evenly spaced" not in words_on_splits(digits, results, "V.")
    large = replace(digits, X=np.tile(digits.X, (3, 1)), labels=np.tile(digits.labels, 3))
    assert "only 1,797 evenly spaced rows" in words_on_splits(large, results, "V.")


def test_places_and_items_that_are_not_there_are_none() -> None:
    rows = np.array([5, 7])
    assert (place_in(rows, 7), place_in(rows, 6)) == (1, None)
    assert (row_at(rows, 1), row_at(rows, 2), row_at(rows, None)) == (7, None, None)


def test_filtering_by_class_keeps_all_where_none_is_asked_for() -> None:
    labels, rows = np.array([0, 1, 1]), np.arange(3)
    assert list(of_classes(labels, rows, [1])) == [1, 2]
    assert list(of_classes(labels, rows, [])) == [0, 1, 2]


def test_the_largest_value_is_never_zero() -> None:
    assert largest(np.array([-3.0, 2])) == 3
    assert largest(np.zeros(2)) == 1
    assert largest(np.array([np.nan, 2])) == 2


def test_a_table_shows_a_few_features_and_escapes_names() -> None:
    lines = table_of(table(), np.array([0, 1]), np.array([1.0, 2.0])).splitlines()
    assert lines[0] == "| Sample | Label | Distance | feature 1 | feature 2 | … |"
    assert lines[2].startswith("| 0 | a | 1 | 0 | 1 | … |")
    assert "](http" not in lines[3]
    assert table_of(table(), np.array([0])).splitlines()[0].count("| feature") == 4
    plane = table_of(table(n_features=2), np.array([0])).splitlines()
    assert plane[0] == "| Sample | Label | x₁ | x₂ |"
    assert plane[2] == "| 0 | a | 0 | 1 |"


def test_the_words_on_a_map_say_which_samples_it_shows() -> None:
    prepared = prepare(RunConfig())
    assert "all 1,079" in words_on_map(prepared, 1079)
    assert "1,000, drawn at random, of the 1,079" in words_on_map(prepared, 1000)


def test_neighbors_are_compared_in_words() -> None:
    own = table()
    look = Look(0, "a", "training", "value", None, own.X[0], own.X[0])
    same = words_on_neighbors(own, look, Neighbors(np.array([2, 1]), np.array([1.0, 2.0])))
    assert "number 2, has the **same label**. Of the 2 nearest, 1 have" in same
    other = words_on_neighbors(own, look, Neighbors(np.array([1]), np.array([1.0])))
    assert "**another label, " in other
    assert "](http" not in other
    nobody = Neighbors(np.array([], int), np.array([]))
    assert "no other training sample" in words_on_neighbors(own, look, nobody)
    assert neighbor_captions(own, Neighbors(np.array([2]), np.array([1.234]))) == ["a · 1.23"]
