import numpy as np
import pytest

from dashboard.charts.projections import groups_by_class, point_at, scatter, split_by_part

EVIL = "<b>[x](http://evil)</b>"


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
