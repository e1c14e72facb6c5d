import numpy as np
import pytest

from dashboard.charts.decision_regions import class_areas, decision_regions_figure
from experiments.config import RunConfig
from experiments.evaluation.decision_regions import DecisionRegions


def decision_regions(classes: list[list[int]]) -> DecisionRegions:
    grid = np.array(classes)
    x, y = (np.arange(n, dtype=np.float32) for n in grid.shape[::-1])
    points = np.array([[0.0, 1.0], [1.0, 0.0]], np.float32)
    names = ("a", "<b>b")
    return DecisionRegions(RunConfig(), 0.5, "", x, y, grid, points, np.array([0, 1]), names)


def test_neighbors_in_a_row_make_one_rectangle() -> None:
    xs, ys = class_areas(decision_regions([[0, 1, 1, 0], [1, 0, 0, 1]]), 1)
    rectangles = np.split(xs.reshape(-1, 6), 3)
    assert [each[0, :2].tolist() for each in rectangles] == [[0.5, 2.5], [-0.5, 0.5], [2.5, 3.5]]
    assert np.isnan(xs[5::6]).all()
    assert np.isnan(ys[5::6]).all()
    np.testing.assert_allclose(ys[:5], [-0.52, -0.52, 0.52, 0.52, -0.52], rtol=1e-6)
    assert ys[6] == pytest.approx(0.48)


def test_a_class_that_is_never_predicted_has_no_area() -> None:
    xs, ys = class_areas(decision_regions([[0, 0], [0, 0]]), 1)
    assert len(xs) == len(ys) == 0


def test_areas_lie_below_points_and_have_their_color() -> None:
    figure = decision_regions_figure(decision_regions([[0, 1], [0, 1]]), "title")
    areas, points = figure.data[:2], figure.data[2:]
    assert [area.fillcolor for area in areas] == [dots.marker.color for dots in points]
    assert (list(points[1].x), list(points[1].y)) == ([1.0], [0.0])
    assert points[1].name == "&lt;b&gt;b"


def test_a_hundred_classes_have_symbols_and_the_same_color_seldom_the_same_one() -> None:
    grid, points = np.zeros((2, 2), np.intp), np.zeros((100, 2), np.float32)
    ends, labels = np.array([0, 1], np.float32), np.arange(100)
    names = tuple(f"class {i}" for i in labels)
    many = DecisionRegions(RunConfig(), 0.5, "", ends, ends, grid, points, labels, names)
    markers = [dots.marker for dots in decision_regions_figure(many, "title").data[100:]]
    assert len({(marker.color, marker.symbol) for marker in markers[:50]}) == 50
    assert len({marker.symbol for marker in markers[:5]}) == 5
