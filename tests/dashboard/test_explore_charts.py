"""The numbers behind the pictures of the Explore page, and how they are drawn."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.charts.balance import class_axis, class_balance
from dashboard.charts.images import (
    corners,
    grid_height,
    image_at,
    image_grid,
    letter_size,
    mosaic,
    shortened,
)
from dashboard.charts.images import gaps as gaps_of
from dashboard.charts.pixels import (
    LARGEST_WRITTEN,
    class_profiles,
    decimals,
    feature_ranges,
    feature_values,
    number_size,
    pixel_values,
    profiles,
    value_histogram,
)
from dashboard.charts.projection import groups_by_class, point_at, scatter, split_by_part
from dashboard.charts.splits import split_scores
from dashboard.charts.style import DIVERGING, feature_names, readable_on, whole_numbers
from dashboard.samples import (
    Look,
    axes_of,
    largest,
    look_at,
    neighbour_captions,
    of_classes,
    place_in,
    row_at,
    table_of,
    words_on_constants,
    words_on_map,
    words_on_neighbours,
    words_on_splits,
)
from data.datasets import Dataset, load
from experiments.comparison.split_effect import Measured
from experiments.config import RunConfig
from experiments.exploration.neighbors import Neighbours
from experiments.exploration.projections import projection_of
from experiments.exploration.statistics import Histogram, statistics_of
from experiments.training.prepared_data import prepare

EVIL = "<b>[x](http://evil)</b>"


def table(n_features: int = 8, names: tuple[str, ...] = ("a", EVIL)) -> Dataset:
    X = np.arange(4 * n_features, dtype=np.float32).reshape(4, n_features)
    return Dataset("own", "T", X, np.array([0, 1, 0, 1]), names, None, X.max(), "value", "here")


# Images ----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(8, 8), (5, 7), (28, 28), (1, 1)])
@pytest.mark.parametrize("columns", [1, 3])
def test_a_click_anywhere_on_an_image_finds_it(shape: tuple[int, int], columns: int) -> None:
    images = np.ones((5, *shape)) * np.arange(5)[:, np.newaxis, np.newaxis]
    picture = mosaic(images, columns, gaps_of(*shape))
    for place in np.argwhere(np.isfinite(picture)):
        assert image_at(tuple(place), shape, columns) == picture[tuple(place)]


@pytest.mark.parametrize("shape", [(8, 8), (5, 7), (1, 1)])
def test_an_image_begins_at_its_corner(shape: tuple[int, int]) -> None:
    picture = mosaic(
        np.arange(5)[:, np.newaxis, np.newaxis] * np.ones((5, *shape)), 3, gaps_of(*shape)
    )
    found = [picture[at.y, at.x] for at in corners(5, 3, shape)]
    assert found == [0, 1, 2, 3, 4]
    assert corners(0, 3, shape) == []


def test_a_grid_is_as_high_as_its_rows() -> None:
    empty, one, three, four = (grid_height(n, 3, 100) for n in (0, 1, 3, 4))
    assert one == three == empty + 100
    assert four == three + 100


@pytest.mark.parametrize("index", [(3,), (0, 999)])
def test_a_click_beyond_the_columns_finds_nothing(index: tuple[int, ...]) -> None:
    assert image_at(index, (8, 8), 3) is None


def test_the_chosen_image_has_a_frame_and_captions_are_words_only() -> None:
    figure = image_grid(
        np.zeros((2, 8, 8)), ["a", EVIL], columns=2, title="T", maximum=1, unit="ink", chosen=1
    )
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (9.5, 17.5, -0.5, 7.5)
    assert [note.text for note in figure.layout.annotations] == ["a", "&lt;b&gt;[x](http…"]
    assert figure.layout.coloraxis.cmax == 1


def test_long_names_are_written_smaller_and_cut() -> None:
    assert shortened("Ankle boot") == "Ankle boot"
    assert len(shortened("a" * 80)) == 12
    assert letter_size(["3"]) > letter_size(["T-shirt/top"]) >= 9
    assert letter_size([]) == letter_size(["3"])


# One sample ------------------------------------------------------------------------------


def test_whole_values_are_written_without_decimals() -> None:
    assert decimals(np.array([[0, 16]], np.uint8)) == 0
    assert decimals(np.array([[0.5, 1]])) == 2


def test_every_pixel_has_its_value_in_a_color_that_can_be_read() -> None:
    figure = pixel_values(np.array([[0, 16], [4, 12]]), title="T", limit=16, unit="ink")
    numbers = figure.data[1]
    assert list(numbers.text) == ["0", "16", "4", "12"]
    assert list(numbers.textfont.color) == [readable_on(share) for share in (0, 1, 0.25, 0.75)]
    assert list(zip(numbers.x, numbers.y, strict=True)) == [(1, 1), (2, 1), (1, 2), (2, 2)]


def test_pixels_are_counted_from_1_under_the_mouse_and_framed() -> None:
    figure = pixel_values(np.zeros((2, 3)), title="T", limit=1, unit="ink")
    picture, (frame,) = figure.data[0], figure.layout.shapes
    assert (picture.x0, picture.y0) == (1, 1)
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (0.5, 3.5, 0.5, 2.5)


def test_numbers_are_as_large_as_their_cells_allow() -> None:
    sizes = [number_size(np.zeros((side, side))) for side in (2, 12, 16, 100)]
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (16, 6)
    assert number_size(np.full((16, 16), 0.5)) < number_size(np.zeros((16, 16)))


def test_negative_values_are_measured_from_zero_both_ways() -> None:
    figure = pixel_values(np.array([[-2.0, 1]]), title="T", limit=2, unit="", is_signed=True)
    assert figure.data[0].coloraxis == "coloraxis2"
    assert (figure.layout.coloraxis2.cmin, figure.layout.coloraxis2.cmax) == (-2, 2)
    assert list(figure.data[1].textfont.color) == [
        readable_on(share, DIVERGING) for share in (0, 0.75)
    ]


def test_where_there_is_no_room_values_are_left_to_the_mouse() -> None:
    side = LARGEST_WRITTEN + 1
    (picture,) = pixel_values(np.zeros((side, side)), title="T", limit=1, unit="ink").data
    assert "ink" in picture.hovertemplate


def test_a_look_knows_label_part_and_both_values() -> None:
    material = prepare(RunConfig(split="blocks"))
    look = look_at(material, 1796)
    assert (look.label, look.part, look.row) == ("8", "test", 1796)
    np.testing.assert_allclose(look.scaled, look.recorded / 16)


# All samples -----------------------------------------------------------------------------


def test_a_histogram_is_in_percent_and_its_bars_stand_where_the_values_are() -> None:
    whole = value_histogram(Histogram(np.arange(3.0), np.array([3, 1])), unit="ink").data[0]
    assert (list(whole.x), list(whole.y)) == ([0, 1], [75, 25])
    wide = value_histogram(Histogram(np.array([0.0, 8, 16]), np.array([1, 1])), unit="ink").data[0]
    assert list(wide.x) == [4, 12]


def test_profiles_are_in_standard_deviations_and_a_constant_feature_has_none() -> None:
    X = np.array([[0, 5], [0, 5], [2, 5], [2, 5]], np.float32)
    own = Dataset("own", "T", X, np.array([0, 0, 1, 1]), ("a", "b"), None, 5.0, "value", "here")
    np.testing.assert_allclose(profiles(statistics_of(own)), [[-1, 0], [1, 0]])


def figures_of(own: Dataset) -> list[go.Figure]:
    statistics = statistics_of(own)
    return [
        feature_ranges(statistics, unit="value"),
        feature_values(own.X[0], title="T", unit="value"),
        class_profiles(statistics, own.class_names),
    ]


def test_figures_of_tables_have_titles_and_axes() -> None:
    for figure in figures_of(table()):
        assert figure.layout.title.text
        assert "feature" in figure.layout.xaxis.title.text
        assert figure.layout.yaxis.title.text


def test_features_are_counted_from_1_in_every_chart() -> None:
    ranges, values, by_class = figures_of(table())
    for trace in (*ranges.data, *values.data):
        assert list(trace.x) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert (by_class.data[0].x0, by_class.data[0].dx) == (1, 1)


def test_the_features_of_a_point_are_called_as_in_the_plane() -> None:
    for figure in figures_of(table(n_features=2)):
        axis = figure.layout.xaxis
        assert (axis.tickvals, axis.ticktext) == ((1, 2), ("x₁", "x₂"))
    assert feature_names(2) == ["x₁", "x₂"]
    assert feature_names(3) == ["feature 1", "feature 2", "feature 3"]


def test_few_things_have_a_tick_each_and_none_between_them() -> None:
    assert whole_numbers(16) == {"dtick": 1}
    assert whole_numbers(17) == {}


def test_the_axis_of_a_hundred_classes_names_as_many_as_there_is_room_for() -> None:
    axis = class_axis([f"{i}" for i in range(100)])
    assert axis["tickvals"] == list(range(0, 100, 3))
    assert class_axis([EVIL])["ticktext"] == ["&lt;b&gt;[x](http://evil)&lt;"]
    assert list(class_balance({"training": np.array([2, 3])}, "ab").data[0].x) == [0, 1]


# Points ----------------------------------------------------------------------------------


def test_each_class_has_its_color_and_shape() -> None:
    labels = np.array([1, 0, 1, 11])
    groups = groups_by_class(labels, [f"{i}" for i in range(12)])
    assert [list(group.places) for group in groups[:2]] == [[1], [0, 2]]
    looks = [(group.color, group.symbol) for group in groups]
    assert len(set(looks)) == 12


def test_each_part_has_its_shape_and_keeps_the_color_of_the_class() -> None:
    rows = np.array([3, 5, 8])
    groups = groups_by_class(np.array([0, 0, 1]), ["a", "b"])
    parts = {"training": np.array([5, 8]), "validation": np.array([3]), "test": np.array([1])}
    divided = split_by_part(groups, rows, parts)
    assert [(group.name, list(group.places), group.color) for group in divided] == [
        ("a, training", [1], 0),
        ("a, validation", [0], 0),
        ("b, training", [2], 1),
    ]
    assert divided[0].symbol == divided[2].symbol != divided[1].symbol


def test_a_click_on_a_point_finds_it() -> None:
    groups = groups_by_class(np.array([1, 0, 1]), ["a", "b"])
    assert point_at(groups, 1, (1,)) == 2
    assert point_at(groups, 1, (2,)) is None
    assert point_at(groups, 2, (0,)) is None  # the ring around the chosen one
    assert point_at(groups, 1, (0, 0)) is None


@pytest.mark.parametrize("n_axes", [2, 3])
def test_points_are_drawn_with_their_rows_and_a_ring(n_axes: int) -> None:
    points = np.arange(9, dtype=np.float32).reshape(3, 3)
    groups = groups_by_class(np.array([1, 0, 1]), ["a", EVIL])
    rows = np.array([10, 20, 30])
    figure = scatter(points, groups, rows, title="T", axes=("x", "y", "z")[:n_axes], chosen=2)
    assert list(figure.data[1].customdata) == [10, 30]
    assert list(figure.data[1].x) == [0, 6]
    assert list(figure.data[2].x) == [6]
    assert "<b>" not in figure.data[1].name + figure.data[1].hovertemplate
    assert (figure.data[0].type == "scatter3d") is (n_axes == 3)


def test_no_points_give_an_empty_titled_figure() -> None:
    groups = groups_by_class(np.array([], int), ["a"])
    figure = scatter(np.zeros((0, 2)), groups, np.array([], int), title="T", axes=("x", "y"))
    assert figure.layout.title.text == "T"


def test_the_axes_of_a_projection_say_how_much_they_show() -> None:
    first, second = axes_of(projection_of(prepare(RunConfig())), 2)
    assert first.startswith("component 1 (1")
    assert second.endswith("% of variance)")
    assert len(axes_of(projection_of(prepare(RunConfig())), 3)) == 3


# The split -------------------------------------------------------------------------------


def test_every_seed_is_a_point_and_the_mean_a_line() -> None:
    results = [
        Measured("Single layer", split, seed, accuracy, 50)
        for split, accuracies in (("random", (0.9, 1.0)), ("blocks", (0.8, 0.8)))
        for seed, accuracy in enumerate(accuracies)
    ]
    figure = split_scores(results)
    assert [list(trace.y) for trace in figure.data] == [
        [0.9, 1.0],
        [pytest.approx(0.95)],
        [0.8, 0.8],
        [pytest.approx(0.8)],
    ]
    assert len({place for trace in figure.data for place in trace.x}) == 2
    assert split_scores([]).layout.title.text


def test_a_thinned_dataset_is_said_to_be_thinned() -> None:
    results = [Measured("Single layer", "random", 0, 0.9, 50)]
    digits = load("digits")
    assert "evenly spaced" not in words_on_splits(digits, results, "V.")
    large = replace(digits, X=np.tile(digits.X, (3, 1)), labels=np.tile(digits.labels, 3))
    assert "only 1,797 evenly spaced rows" in words_on_splits(large, results, "V.")


# Words and choices -----------------------------------------------------------------------


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


def test_constant_features_are_counted_in_words() -> None:
    own = table()
    assert words_on_constants(own, statistics_of(own)).startswith("None of the 8 features")
    digits = load("digits")
    assert words_on_constants(digits, statistics_of(digits)).startswith("**3 of 64** pixels")


def test_the_words_on_a_map_say_which_samples_it_shows() -> None:
    material = prepare(RunConfig())
    assert "all 1,079" in words_on_map(material, 1079)
    assert "1,000, drawn at random, of the 1,079" in words_on_map(material, 1000)


def test_neighbours_are_compared_in_words() -> None:
    own = table()
    look = Look(0, "a", "training", "value", None, own.X[0], own.X[0])
    same = words_on_neighbours(own, look, Neighbours(np.array([2, 1]), np.array([1.0, 2.0])))
    assert "number 2, has the **same label**. Of the 2 nearest, 1 have" in same
    other = words_on_neighbours(own, look, Neighbours(np.array([1]), np.array([1.0])))
    assert "**another label, " in other
    assert "](http" not in other
    nobody = Neighbours(np.array([], int), np.array([]))
    assert "no other training sample" in words_on_neighbours(own, look, nobody)
    assert neighbour_captions(own, Neighbours(np.array([2]), np.array([1.234]))) == ["a · 1.23"]
