import numpy as np

from dashboard.charts.ablation import classes_figure, place_in_ranking, ranking_figure

LAYERS = [2, 1, 1, 2]


def test_each_layer_has_its_bars_and_a_click_finds_the_unit() -> None:
    names, off = ["2.1", "1.7", "1.2", "2.3"], [False, True, False, False]
    points, losses = np.array([5.0, 3, 0, -1]), np.array([0.1, np.inf, 0, 0])
    figure = ranking_figure(names, LAYERS, points, losses, is_off=off, title="T")
    first, second = figure.data
    assert (list(first.x), list(second.x)) == (["1.7", "1.2"], ["2.1", "2.3"])
    assert list(first.customdata) == [["1.7", "∞"], ["1.2", "+0"]]
    assert list(first.marker.line.width) == [3, 0]
    assert figure.layout.xaxis.categoryarray == tuple(names)
    assert [place_in_ranking(LAYERS, *click) for click in ((0, (1,)), (1, (1,)))] == [2, 3]
    assert [place_in_ranking(LAYERS, *click) for click in ((0, (2,)), (2, (0,)))] == [None, None]


def test_nothing_measured_yet_is_an_empty_titled_figure() -> None:
    figure = ranking_figure([], [], np.empty(0), np.empty(0), is_off=[], title="T")
    assert not figure.data
    assert figure.layout.title.text == "T"


def test_a_class_without_samples_leaves_a_gap() -> None:
    before, after = classes_figure(
        np.array([1, np.nan]), np.array([0.5, np.nan]), ["<a>", "b"], title="T"
    ).data
    assert (before.y[0], after.y[0]) == (1, 0.5)
    assert np.isnan(after.y[1])
