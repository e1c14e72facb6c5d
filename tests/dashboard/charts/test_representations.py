import numpy as np

from dashboard.charts.projections import groups_by_class
from dashboard.charts.representations import MOST_NAMED, plane_figure, untangling_figure
from experiments.inspection.representations import Estimate, LayerMeasures

POINTS = np.array([[0, 0], [1, 1], [2, 0]], np.float32)
LABELS = np.array([0, 0, 1])
WORDS = {"title": "Layer 1", "below": "b", "beside": "c"}
RIGHT = np.zeros(0, bool)


def measured(value: float) -> LayerMeasures:
    estimate = Estimate(value, value - 0.1, value + 0.05)
    return LayerMeasures(estimate, estimate, RIGHT)


def test_each_class_has_its_points_and_its_name_in_their_middle() -> None:
    figure = plane_figure(POINTS, groups_by_class(LABELS, ["a", "b"]), np.arange(3), **WORDS)
    first, second, names = figure.data
    np.testing.assert_array_equal(first.x, [0, 1])
    np.testing.assert_array_equal(second.customdata, [2])
    assert first.marker.symbol != second.marker.symbol
    assert names.text == ("a", "b")
    np.testing.assert_allclose(np.stack([names.x, names.y]), [[0.5, 2], [0.5, 0]])
    assert figure.layout.yaxis.scaleanchor == "x"
    assert tuple(figure.layout.xaxis.range) == tuple(figure.layout.yaxis.range)


def test_where_there_is_nothing_to_draw_the_plane_says_why() -> None:
    groups = groups_by_class(LABELS, ["a", "b"])
    figure = plane_figure(POINTS, groups, np.arange(3), **WORDS, problem="not finite")
    assert not figure.data
    assert figure.layout.annotations[0].text == "not finite"


def test_many_classes_have_no_names_among_the_points() -> None:
    n = MOST_NAMED + 1
    groups = groups_by_class(np.arange(n), [f"class {i}" for i in range(n)])
    points = np.zeros((n, 2), np.float32)
    assert not plane_figure(points, groups, np.arange(n), **WORDS).data[-1].text


def test_the_numbers_of_each_layer_stand_beside_those_of_the_untrained_network() -> None:
    layers, untrained = [measured(0.8), measured(0.9)], [measured(0.8), measured(0.4)]
    figure = untangling_figure(layers, untrained, remark="luck")
    before, now, _, _ = figure.data
    assert now.name == "straight cuts"
    np.testing.assert_allclose(now.y, [0.8, 0.9])
    np.testing.assert_allclose(now.error_y.arrayminus, [0.1, 0.1])
    np.testing.assert_allclose(before.y, [0.8, 0.4])
    assert figure.layout.xaxis.ticktext == ("input", "layer 1")
    assert figure.layout.yaxis.range[0] < 0.3
    assert "luck" in figure.layout.xaxis.title.text


def test_layers_without_numbers_leave_a_gap() -> None:
    nothing = [LayerMeasures(None, None, RIGHT)]
    figure = untangling_figure([measured(0.8), *nothing], nothing * 2)
    assert np.isnan(figure.data[1].y[1])
