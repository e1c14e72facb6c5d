"""The numbers and the drawing of gradients, steps, units and the weights into layer 1."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.charts.curves import MAX_POINTS, thinned
from dashboard.charts.image_grid import corners
from dashboard.charts.layer_diagnostics import (
    USUAL_RATIO,
    gradient_figure,
    layer_lines,
    ratio_figure,
    unit_activity_figure,
)
from dashboard.charts.learning_rate import learning_rate_figure
from dashboard.charts.style import DIVERGING, color
from dashboard.charts.weights import (
    MAX_UNITS,
    shown_units,
    units_per_page,
    weight_figure,
)
from experiments.training.layer_diagnostics import StepDiagnostics, UnitActivity
from mlp.records import EpochRecord, Score


def step_diagnostics(n: int) -> list[StepDiagnostics]:
    return [
        StepDiagnostics(i, 34 * i, (1.0 * i, 2.0 * i), (1e-3 * i, 0.0)) for i in range(1, n + 1)
    ]


def history(n: int) -> list[EpochRecord]:
    return [EpochRecord(i, 34 * i, Score(1.0, 0.5), None, 0.1 / (1 + i)) for i in range(n + 1)]


def test_each_layer_has_a_line_over_the_epochs() -> None:
    first, second = layer_lines(step_diagnostics(3), "gradient_norms")
    assert (first.name, second.name) == ("layer 1", "layer 2")
    np.testing.assert_array_equal(first.epochs, [1, 2, 3])
    np.testing.assert_array_equal(second.values, [2, 4, 6])


def test_a_layer_that_does_not_move_is_nan_and_labeled_0() -> None:
    moving, still = layer_lines(step_diagnostics(3), "update_ratios")
    np.testing.assert_allclose(moving.values, [1e-3, 2e-3, 3e-3])
    assert still.name == "layer 2 (0)"
    assert np.isnan(still.values).all()


@pytest.mark.parametrize("n", [0, 1, 2, MAX_POINTS, MAX_POINTS + 1, 2500, 10_000])
def test_long_lines_are_thinned_and_keep_their_last_point(n: int) -> None:
    kept = list(range(n))[thinned(n)]
    assert len(kept) <= MAX_POINTS
    assert kept[-1:] == list(range(n))[-1:]
    assert len(set(np.diff(kept))) <= 1
    assert all(
        len(line.values) == len(kept) for line in layer_lines(step_diagnostics(n), "gradient_norms")
    )


def has_title_and_units(figure: go.Figure) -> bool:
    layout = figure.layout
    return bool(layout.title.text and layout.xaxis.title.text and layout.yaxis.title.text)


def test_gradients_and_steps_are_drawn_on_log_axes_in_the_colors_of_their_layers() -> None:
    for figure in (
        gradient_figure(step_diagnostics(3), epochs=30),
        ratio_figure(step_diagnostics(3), epochs=30),
    ):
        assert has_title_and_units(figure)
        assert figure.layout.yaxis.type == "log"
        assert tuple(figure.layout.xaxis.range) == (0, 30)
        assert [trace.line.color for trace in figure.data] == [color(0), color(1)]
        assert '"dtype":"f4"' in figure.to_json()


def test_the_usual_ratio_is_marked_and_named() -> None:
    layout = ratio_figure(step_diagnostics(3), epochs=30).layout
    (line,), (word,) = layout.shapes, layout.annotations
    assert line.y0 == line.y1 == USUAL_RATIO
    assert 10**word.y == pytest.approx(USUAL_RATIO)
    assert "1 in 1000" in word.text


def test_the_diagnostics_of_a_single_step_are_visible() -> None:
    assert {trace.mode for trace in gradient_figure(step_diagnostics(1), epochs=9).data} == {
        "markers"
    }
    assert {trace.mode for trace in gradient_figure(step_diagnostics(2), epochs=9).data} == {
        "lines"
    }


def test_the_learning_rate_holds_for_the_epoch_before_its_point() -> None:
    figure = learning_rate_figure(history(4), epochs=30)
    (trace,) = figure.data
    assert has_title_and_units(figure)
    assert trace.line.shape == "vh"
    np.testing.assert_array_equal(trace.x, range(5))
    np.testing.assert_allclose(trace.y, [0.1, 0.05, 0.1 / 3, 0.025, 0.02], rtol=1e-6)
    assert len(learning_rate_figure(history(5000), epochs=5000).data[0].x) <= MAX_POINTS


def test_dead_and_saturated_units_stand_side_by_side() -> None:
    figure = unit_activity_figure([UnitActivity(1, 0.25, 0.0), UnitActivity(2, 0.5, 0.125)])
    dead, saturated = figure.data
    assert has_title_and_units(figure)
    assert (dead.name, list(dead.y)) == ("dead", [0.25, 0.5])
    assert (saturated.name, list(saturated.y)) == ("saturated", [0.0, 0.125])
    assert list(dead.x) == ["layer 1", "layer 2"]


def test_nothing_to_draw_gives_titled_figures() -> None:
    for figure in (
        gradient_figure([], epochs=9),
        ratio_figure([], epochs=9),
        learning_rate_figure([], epochs=9),
        unit_activity_figure([]),
    ):
        assert has_title_and_units(figure)
        assert not sum(len(trace.x) for trace in figure.data)
    assert "no hidden layer" in unit_activity_figure([]).layout.annotations[0].text
    assert weight_figure(np.zeros((0, 4), np.float32), (2, 2)).layout.title.text
    assert weight_figure(np.zeros((0, 4), np.float32), None).layout.title.text


WEIGHTS = np.random.default_rng(0).normal(size=(128, 64)).astype(np.float32)


def test_a_page_of_units_knows_its_place_and_its_largest_weight() -> None:
    shown = shown_units(WEIGHTS, 32)
    np.testing.assert_array_equal(shown.weights, WEIGHTS[32:64])
    assert shown.largest == np.abs(WEIGHTS[32:64]).max()
    assert shown.title == "Weights into layer 1: units 33 to 64 of 128"
    assert shown_units(WEIGHTS, 120).title.endswith("units 121 to 128 of 128")


@pytest.mark.parametrize(("first", "expected"), [(-5, 0), (128, 127), (10**9, 127)])
def test_a_page_out_of_range_is_brought_back(first: int, expected: int) -> None:
    assert shown_units(WEIGHTS, first).first == expected


def test_weights_that_are_not_numbers_do_not_spoil_the_scale() -> None:
    weights = WEIGHTS.copy()
    weights[0, 0], weights[1, 1] = np.nan, np.inf
    assert 0 < shown_units(weights).largest < 10
    assert shown_units(np.zeros((2, 2), np.float32)).largest == 0
    assert weight_figure(np.zeros((2, 4), np.float32), (2, 2)).layout.coloraxis2.cmax == 1


@pytest.mark.parametrize("image_shape", [(8, 8), None])
def test_all_weights_share_one_scale_symmetric_about_0(
    image_shape: tuple[int, int] | None,
) -> None:
    figure = weight_figure(WEIGHTS, image_shape)
    scale = figure.layout.coloraxis2
    assert -scale.cmin == scale.cmax == pytest.approx(np.abs(WEIGHTS[:32]).max())
    assert {trace.coloraxis for trace in figure.data} == {DIVERGING}


def test_each_unit_is_a_picture_in_its_place() -> None:
    figure = weight_figure(WEIGHTS, (8, 8), first=10)
    (picture,) = figure.data
    places = corners(MAX_UNITS, 7, (8, 8))
    for i, (x, y) in enumerate(places):
        np.testing.assert_array_equal(
            np.asarray(picture.z)[y : y + 8, x : x + 8], WEIGHTS[10 + i].reshape(8, 8)
        )
    assert [note.text for note in figure.layout.annotations] == [str(11 + i) for i in range(32)]


def test_without_images_a_row_is_a_unit_and_a_column_a_feature() -> None:
    figure = weight_figure(WEIGHTS[:, :2], None, first=4)
    (trace,) = figure.data
    assert has_title_and_units(figure)
    np.testing.assert_array_equal(np.asarray(trace.z), WEIGHTS[4:36, :2])
    assert (trace.x0, trace.y0) == (1, 5)
    assert figure.layout.xaxis.ticktext == ("x₁", "x₂")


@pytest.mark.parametrize("n_inputs", [1, 2, 64, 784, 1000, 5000, 100_000])
def test_a_page_has_as_many_units_as_travel_lightly(n_inputs: int) -> None:
    n_units = units_per_page(n_inputs)
    assert 1 <= n_units <= MAX_UNITS
    assert n_units == 1 or n_units * n_inputs * 4 < 60_000


@pytest.mark.parametrize("image_shape", [(8, 8), (28, 28), None])
def test_a_page_of_weights_is_light(image_shape: tuple[int, int] | None) -> None:
    n_inputs = 784 if image_shape is None else image_shape[0] * image_shape[1]
    weights = np.random.default_rng(0).normal(size=(128, n_inputs)).astype(np.float32)
    text = weight_figure(weights, image_shape).to_json()
    assert len(text) < 250_000
    assert '"dtype":"f4"' in text
    assert json.loads(text)["data"]
