import numpy as np
import pytest

from dashboard.charts.gradient_check import (
    LEAST,
    Gradient,
    agreement_figure,
    errors_figure,
    nudge_figure,
    parameter_at,
)
from experiments.inspection.gradient_checks import NUDGES, ChosenParameters, Sweep


@pytest.fixture
def gradient() -> Gradient:
    names, layers = ("W1[0, 0]", "W1[1, 0]", "W2[0, 0]"), np.array([1, 1, 2])
    analytic, right = np.array([1.0, -2.0, 0.5]), np.array([1.0, 2.0, 0.5])
    return Gradient(names, layers, analytic, np.array([1.0, 2.0, 0.5]), right)


def test_each_layer_has_its_points_and_the_diagonal_reaches_over_all(gradient) -> None:
    figure = agreement_figure(gradient, title="Both ways")
    diagonal, right, first, second = figure.data
    assert list(diagonal.x) == list(diagonal.y) == [-2, 2]
    assert (right.name, first.name, second.name) == ("not broken", "1", "2")
    assert list(first.x) == [1, -2]
    assert list(first.y) == [1, 2]
    assert list(second.text) == ["W2[0, 0]"]
    assert first.marker.color != second.marker.color
    plain = agreement_figure(gradient._replace(right=None), title="", parameter=1)
    assert (list(plain.data[3].x), list(plain.data[3].y)) == ([-2], [2])


def test_the_names_of_many_layers_stand_beside_the_chart(gradient) -> None:
    many = gradient._replace(layers=np.array([1, 4, 7]))
    few, beside = (agreement_figure(each, title="") for each in (gradient, many))
    assert (few.layout.legend.orientation, beside.layout.legend.orientation) == ("h", None)
    assert [trace.showlegend for trace in (few.data[1], beside.data[1])] == [True, False]


@pytest.mark.parametrize(
    ("trace", "index", "place"),
    [
        (1, (1,), 1),
        (2, (0,), 2),
        (0, (0,), None),
        (1, (2,), None),
        (3, (0,), None),
        (1, (0, 0), None),
    ],
)
def test_a_click_hits_a_parameter_or_nothing(trace, index, place) -> None:
    assert parameter_at(np.array([1, 1, 2]), trace, index) == place


def test_the_error_of_a_parameter_stands_in_the_column_of_its_layer(gradient) -> None:
    right, first, second = errors_figure(gradient, title="Errors").data
    assert list(first.y) == [LEAST, 1]  # the one agrees to the last digit, the other is opposite
    assert list(right.y) == [LEAST] * 3
    assert [round(x) for x in right.x] == [1, 1, 2]
    assert list(second.x) == [right.x[2]]
    assert len(set(right.x)) == 3


def test_the_v_has_a_line_for_each_precision_and_a_ring_at_the_chosen_nudge() -> None:
    chosen = ChosenParameters(np.array([0]), np.array([1]), ("W1[0, 0]",))
    numeric = 1 + 2 * np.array(NUDGES)[:, np.newaxis]
    sweeps = {
        name: Sweep(chosen, np.array(NUDGES), np.array([1.0]), numeric)
        for name in ("float64", "float32")
    }
    figure = nudge_figure(sweeps, place=2, precision="float32")
    double, single, ring = figure.data
    assert (double.name, single.name) == ("float64", "float32")
    assert single.line.width > double.line.width
    assert list(ring.x) == [NUDGES[2]]
    assert list(ring.y) == [single.y[2]]
    assert figure.layout.shapes[0].x0 == NUDGES[2]
