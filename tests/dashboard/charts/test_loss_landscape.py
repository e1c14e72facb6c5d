"""The loss around a network, as a map and as a surface, and on a line."""

import numpy as np
import pytest

from dashboard.charts.loss_landscape import (
    LossMap,
    contour_figure,
    line_step,
    path_color,
    surface_figure,
)
from dashboard.charts.loss_line import LineScores, loss_line_figure
from experiments.inspection.loss_landscape import ProjectedPath


def path(name: str, number: int, coordinates: list) -> ProjectedPath:
    n = len(coordinates)
    return ProjectedPath(
        name, number, np.arange(n), np.array(coordinates, float), np.ones(n), np.full(n, 0.5)
    )


@pytest.fixture
def shown() -> LossMap:
    x, y = np.array([-1.0, 0, 1]), np.array([0.0, 1])
    losses = np.array([[10, 0.1, 1], [np.inf, np.nan, 1]])
    paths = [path("<b>Run 1", 0, [[-1, 0.5], [0.5, 0], [0, 0]]), path("Run 2", 1, [[1, 1]])]
    return LossMap(x, y, losses, np.full((2, 3), 0.25), paths, ("first", "second"))


def test_the_map_has_a_logarithmic_scale_that_names_losses(shown: LossMap) -> None:
    figure = contour_figure(shown, "Loss around it")
    np.testing.assert_allclose(figure.data[0].z, [[1, -1, 0], [1, np.nan, 0]], atol=1e-6)
    scale = figure.layout.coloraxis
    assert (scale.cmin, scale.cmax) == (-1.4, 1)  # the color of the page is none of a loss
    assert scale.colorbar.ticktext == ("0.1", "0.2", "0.5", "1", "2", "5", "10")
    np.testing.assert_allclose(scale.colorbar.tickvals, np.log10([0.1, 0.2, 0.5, 1, 2, 5, 10]))
    assert figure.data[0].customdata[0, 0].tolist() == [10, 25]
    assert figure.layout.title.text == "Loss around it"
    titles = figure.layout.xaxis.title.text, figure.layout.yaxis.title.text
    assert titles == ("first", "second")


def test_each_path_has_its_color_and_its_beginning_and_end_are_marked(shown: LossMap) -> None:
    figure = contour_figure(shown, "")
    first, second = figure.data[2], figure.data[5]
    assert (first.name, second.name) == ("&lt;b&gt;Run 1", "Run 2")
    assert first.line.color == path_color(shown.paths[0]) != path_color(shown.paths[1])
    snapshots, alone = figure.data[3], figure.data[6]
    assert snapshots.marker.symbol == ("circle", "circle", "diamond")
    assert alone.marker.symbol == ("circle",)
    assert "its own loss" in snapshots.hovertemplate
    np.testing.assert_allclose(snapshots.customdata[:, 1], 0.5)
    start, end = figure.data[7:9]
    assert (start.name, start.marker.symbol) == ("start of a path", "circle")
    assert (end.name, end.marker.symbol) == ("end of a path", "diamond")


@pytest.mark.parametrize("losses", [np.full((2, 3), np.nan), np.full((2, 3), np.inf)])
def test_a_map_without_a_finite_loss_can_be_drawn(shown: LossMap, losses: np.ndarray) -> None:
    for draw in (contour_figure, surface_figure):
        assert draw(shown._replace(losses=losses), "Loss").layout.title.text == "Loss"


def test_lines_are_farther_apart_where_losses_differ_more() -> None:
    assert line_step(np.array([[1.0, 1.2]])) < line_step(np.array([[1.0, 1e4]]))
    assert 4 / line_step(np.array([[1.0, 1e4]])) <= 16


def test_the_path_lies_on_the_surface_between_its_points_as_well(shown: LossMap) -> None:
    x, y = np.meshgrid(shown.x, shown.y)
    shown = shown._replace(losses=10 ** (x + y))
    surface, line, points, *_ = surface_figure(shown, "Loss").data
    assert surface.type == "surface"
    np.testing.assert_allclose(points.z, [-0.5, 0.5, 0], atol=0.04)
    np.testing.assert_allclose(line.z, line.x + line.y, atol=0.04)
    assert (line.z > line.x + line.y).all()  # a little above it
    assert (len(points.x), len(line.x)) == (3, 25)  # two steps, each in twelve
    assert (line.x[-1], line.y[-1]) == (0, 0)
    assert points.marker.symbol == ("circle", "circle", "diamond")


def test_the_line_shows_loss_and_accuracy_of_each_part_and_both_ends() -> None:
    t = np.array([-0.5, 0, 1])
    scores = {
        "training": LineScores(np.array([np.inf, 2, 1]), np.array([0.1, 0.5, 0.9])),
        "validation": LineScores(np.full(3, np.nan), np.full(3, np.nan)),
    }
    figure = loss_line_figure(t, scores, ("a & b", "the other"), "On the line")
    losses, accuracies = figure.data[:2]
    np.testing.assert_array_equal(losses.y, [2, 2, 1])
    np.testing.assert_array_equal(accuracies.y, np.float32([0.1, 0.5, 0.9]))
    assert accuracies.yaxis == "y2"
    assert [shape.x0 for shape in figure.layout.shapes] == [0, 1]
    assert [note.text for note in figure.layout.annotations] == ["a &amp; b", "the other"]
