"""The figures of the confusion matrix page: numbers first, then the drawing."""

import itertools

import numpy as np
import pytest

from dashboard.charts import style
from dashboard.charts.confusion import VIEWS, cell_values, color_range, confusion_figure
from dashboard.charts.passage import (
    activation_range,
    answer_figure,
    bands,
    hidden_figure,
    input_figure,
    passage_of,
    strip,
)
from dashboard.charts.reliability import rejection_figure, reliability_figure
from experiments.evaluation.metrics import Rejection, Reliability
from mlp.network import Network

COUNTS = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
NAMES = ("cat", "dog", "owl")


def numbers(figure) -> dict[tuple[str, str], str]:
    """Return what is written into the cells, by (true, predicted)."""
    trace = figure.data[1]
    return dict(zip(zip(trace.y, trace.x, strict=True), trace.text, strict=True))


def test_a_row_is_a_true_class_in_the_recall_view() -> None:
    values = cell_values(COUNTS, VIEWS["recall %"])
    np.testing.assert_allclose(values[:2], [[80, 20, 0], [10, 90, 0]])
    assert np.isnan(values[2]).all()  # nobody belongs to this class


def test_a_column_is_an_answer_in_the_precision_view() -> None:
    values = cell_values(COUNTS, VIEWS["precision %"])
    np.testing.assert_allclose(values[:, 0], [100 * 8 / 9, 100 / 9, 0])
    assert np.isnan(values[:, 2]).all()  # nobody got this answer


def test_hiding_the_diagonal_changes_no_other_cell() -> None:
    shown = cell_values(COUNTS, VIEWS["recall %"], hide_diagonal=True)
    np.testing.assert_allclose([shown[0, 1], shown[1, 0]], [20, 10])
    assert np.isnan(np.diag(shown)).all()
    assert COUNTS[0, 0] == 8


@pytest.mark.parametrize(
    ("view", "is_fixed", "top"),
    [("counts", False, 9), ("counts", True, 10), ("recall %", True, 100), ("recall %", False, 90)],
)
def test_a_fixed_range_depends_on_the_samples_alone(view: str, is_fixed: bool, top: float) -> None:
    values = cell_values(COUNTS, VIEWS[view])
    assert color_range(COUNTS, values, VIEWS[view], is_fixed=is_fixed) == top


def test_the_range_is_never_empty() -> None:
    perfect = np.diag([3, 3])
    values = cell_values(perfect, VIEWS["counts"], hide_diagonal=True)
    assert color_range(perfect, values, VIEWS["counts"], is_fixed=False) == 1


def test_the_matrix_says_which_way_it_is_read() -> None:
    figure = confusion_figure(COUNTS, NAMES, view=VIEWS["counts"])
    assert figure.layout.xaxis.title.text.startswith("predicted")
    assert figure.layout.yaxis.title.text.startswith("true")
    assert figure.layout.yaxis.autorange == "reversed"
    assert numbers(figure) == {
        ("cat", "cat"): "8",
        ("cat", "dog"): "2",
        ("dog", "cat"): "1",
        ("dog", "dog"): "9",
    }


def test_letters_are_light_on_dark_and_dark_on_light() -> None:
    figure = confusion_figure(COUNTS, NAMES, view=VIEWS["counts"])
    colors = dict(zip(figure.data[1].text, figure.data[1].textfont.color, strict=True))
    assert colors["9"] == style.readable_on(1.0)
    assert colors["1"] == style.readable_on(1 / 9)


def test_a_small_percentage_is_not_written_as_nothing() -> None:
    figure = confusion_figure(np.array([[999, 1], [0, 1]]), NAMES[:2], view=VIEWS["recall %"])
    assert numbers(figure)["cat", "dog"] == "<1"


def test_the_chosen_cell_has_a_frame() -> None:
    figure = confusion_figure(COUNTS, NAMES, view=VIEWS["counts"], chosen=(0, 1))
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (0.5, 1.5, -0.5, 0.5)


def test_many_classes_get_colors_without_numbers() -> None:
    many = np.eye(100, dtype=int)
    names = [f"class {i}" for i in range(100)]
    assert len(confusion_figure(many, names, view=VIEWS["counts"]).data) == 1


def test_names_from_outside_are_shown_and_never_interpreted() -> None:
    names = ("<b>bold</b>", "a name that is longer than the axis has room for")
    figure = confusion_figure(np.eye(2, dtype=int), names, view=VIEWS["counts"])
    assert figure.data[0].x[0] == "&lt;b&gt;bold&lt;/b&gt;"
    assert figure.layout.xaxis.labelalias[names[1]] == "a name…om for"
    bars = answer_figure(np.eye(2)[0], names, true=0, predicted=0, title="", y="")
    assert bars.data[0].x == ("&lt;b&gt;bold&lt;/b&gt;",)


def test_a_strip_holds_all_units_and_nothing_else() -> None:
    cells = strip(np.arange(32, dtype=np.float32))
    assert cells.shape == (2, 16)
    np.testing.assert_array_equal(cells.ravel(), np.arange(32))
    ragged = strip(np.arange(33, dtype=np.float32))
    assert np.isfinite(ragged).sum() == 33
    assert strip(np.ones(1, np.float32)).shape == (1, 1)


def test_a_passage_by_hand() -> None:
    network = Network((2, 2, 2), rng=None)
    network.weights[1][...] = [[1, 1], [-1, 0]]
    network.weights[2][...] = [[2, 0], [0, 1]]
    network.biases[2][...] = [0, 6]
    passage = passage_of(network, np.array([1, 2], np.float32))
    np.testing.assert_allclose(passage.hidden, [[3, 0]])
    np.testing.assert_allclose(passage.logits, [6, 6])
    np.testing.assert_allclose(passage.outputs, [0.5, 0.5])


@pytest.mark.parametrize("hidden", [(), (5,), (7, 3, 2)])
def test_each_hidden_layer_has_a_strip_on_one_scale(hidden: tuple[int, ...]) -> None:
    network = Network((4, *hidden, 3), activation="tanh", rng=np.random.default_rng(0))
    passage = passage_of(network, np.ones(4, np.float32))
    figure = hidden_figure(passage, "tanh")
    assert len(figure.data) == len(hidden)
    assert {trace.coloraxis for trace in figure.data} <= {style.SEQUENTIAL}
    assert figure.layout.title.text
    assert len(figure.layout.annotations) == max(len(hidden), 1)
    lowest = min([0.0, *(layer.min() for layer in passage.hidden)])
    assert figure.layout.coloraxis.cmin == pytest.approx(lowest)


def test_strips_lie_one_below_the_other_with_room_for_words() -> None:
    found = bands(3)
    assert found == sorted(found, reverse=True)
    assert all(0 <= band.bottom < band.top < 1 for band in found)
    assert all(upper.bottom - lower.top > 0.09 for upper, lower in itertools.pairwise(found))
    assert bands(0) == []


def test_the_scale_of_activations_holds_0_and_is_never_empty() -> None:
    assert activation_range([np.array([1, 3.0]), np.array([2.0])]) == (0, 3)
    assert activation_range([np.array([-1, -3.0])]) == (-3, 0)
    assert activation_range([np.zeros(2)]) == activation_range([]) == (0, 1)


def test_the_input_is_an_image_or_a_bar_for_each_feature() -> None:
    image = input_figure(np.arange(6.0), (2, 3), maximum=16, unit="ink")
    assert image.data[0].z.shape == (2, 3)
    assert image.layout.coloraxis.cmax == 16
    bars = input_figure(np.array([0.5, -1]), None, maximum=1, unit="position")
    np.testing.assert_array_equal(bars.data[0].y, [0.5, -1])
    np.testing.assert_array_equal(bars.data[0].x, [1, 2])
    assert bars.layout.xaxis.ticktext == ("x₁", "x₂")
    assert (image.data[0].x0, image.data[0].y0) == (1, 1)
    assert bars.layout.yaxis.title.text == "position, as recorded"


def test_bars_tell_the_true_class_from_a_wrong_answer() -> None:
    outputs = np.array([0.2, 0.7, 0.1])
    wrong = answer_figure(outputs, NAMES, true=0, predicted=1, title="Outputs", y="%")
    assert [(bar.name, bar.x) for bar in wrong.data] == [
        ("true", ("cat",)),
        ("said, wrongly", ("dog",)),
        ("others", ("owl",)),
    ]
    right = answer_figure(outputs, NAMES, true=1, predicted=1, title="Outputs", y="%")
    assert [bar.name for bar in right.data] == ["true", "others"]
    assert wrong.layout.xaxis.categoryarray == NAMES


def test_the_reliability_diagram_shows_bars_line_and_counts() -> None:
    found = Reliability(
        np.array([np.nan, 0.7]), np.array([np.nan, 0.9]), np.array([0, 50]), 0.2, -0.2, 0.01
    )
    figure = reliability_figure(found)
    bars, line, counts = figure.data
    np.testing.assert_array_equal(bars.x, [0.25, 0.75])
    np.testing.assert_array_equal(counts.x, bars.x)
    assert tuple(line.x) == tuple(line.y) == (0, 1)
    assert tuple(counts.text) == ("", "50")
    assert "ECE 20.0 %" in figure.layout.title.text
    assert "2 equal bins" in figure.layout.xaxis.title.text


def test_the_rejection_curve_is_in_percent_of_the_samples() -> None:
    figure = rejection_figure(Rejection(np.array([0, 0.5]), np.array([0.8, 1.0])))
    assert tuple(figure.data[0].x) == (0, 50)
    assert figure.layout.yaxis.range[0] < 0.8
    single = rejection_figure(Rejection(np.array([0.0]), np.array([0.8])))
    assert single.data[0].mode == "markers"
