from dataclasses import replace

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.feature_values import (
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
from dashboard.charts.forward_pass import input_figure
from dashboard.charts.style import DIVERGING, feature_names, readable_on
from dashboard.charts.weights import weight_figure
from data.datasets import Dataset
from experiments.exploration.statistics import Histogram, statistics_of

EVIL = "<b>[x](http://evil)</b>"


def table(n_features: int = 8, names: tuple[str, ...] = ("a", EVIL)) -> Dataset:
    X = np.arange(4 * n_features, dtype=np.float32).reshape(4, n_features)
    return Dataset("own", "T", X, np.array([0, 1, 0, 1]), names, None, X.max(), "value", "here")


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
    statistics, columns = statistics_of(own), own.feature_names
    return [
        feature_ranges(statistics, unit="value", columns=columns),
        feature_values(own.X[0], title="T", unit="value", columns=columns),
        class_profiles(statistics, own.class_names, columns),
        weight_figure(own.X, None, columns=columns),
        input_figure(own.X[0], None, maximum=1.0, unit="value", columns=columns),
    ]


def test_figures_of_tables_have_titles_and_axes() -> None:
    for figure in figures_of(table()):
        assert figure.layout.title.text
        assert "feature" in figure.layout.xaxis.title.text
        assert figure.layout.yaxis.title.text


def test_features_are_counted_from_1_in_every_chart() -> None:
    ranges, values, by_class, *_ = figures_of(table())
    for trace in (*ranges.data, *values.data):
        assert list(trace.x) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert (by_class.data[0].x0, by_class.data[0].dx) == (1, 1)


def test_the_features_of_a_point_are_called_as_in_the_plane() -> None:
    for figure in figures_of(table(n_features=2)):
        axis = figure.layout.xaxis
        assert (axis.tickvals, axis.ticktext) == ((1, 2), ("x₁", "x₂"))
    assert feature_names(2) == ["x₁", "x₂"]
    assert feature_names(3) == ["feature 1", "feature 2", "feature 3"]


def test_columns_of_a_table_are_called_by_their_names_in_every_chart() -> None:
    columns = ("age", "<b>income</b> $x$", "a name that is far too long")
    own = replace(table(n_features=3), feature_names=columns)
    for figure in figures_of(own):
        axis = figure.layout.xaxis
        assert axis.tickvals == (1, 2, 3)
        assert axis.ticktext == ("age", "&lt;b&gt;income&lt;/b&gt; &#36;…", "a name that is …")
    assert feature_names(2, ("age", "")) == ["age", "feature 2"]


def test_more_names_than_can_be_read_are_numbers() -> None:
    columns = tuple(f"column {i}" for i in range(41))
    assert figures_of(replace(table(n_features=41), feature_names=columns))[0].layout.xaxis == (
        figures_of(table(n_features=41))[0].layout.xaxis
    )
