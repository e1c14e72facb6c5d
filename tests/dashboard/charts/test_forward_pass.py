import itertools

import numpy as np
import pytest

from dashboard.charts import style
from dashboard.charts.forward_pass import (
    activation_range,
    bands,
    class_values_figure,
    forward_pass_of,
    hidden_figure,
    input_figure,
    strip,
)
from mlp.network import Network

NAMES = ("cat", "dog", "owl")


def test_a_strip_holds_all_units_and_nothing_else() -> None:
    cells = strip(np.arange(32, dtype=np.float32))
    assert cells.shape == (2, 16)
    np.testing.assert_array_equal(cells.ravel(), np.arange(32))
    ragged = strip(np.arange(33, dtype=np.float32))
    assert np.isfinite(ragged).sum() == 33
    assert strip(np.ones(1, np.float32)).shape == (1, 1)


def test_a_forward_pass_by_hand() -> None:
    network = Network((2, 2, 2), rng=None)
    network.weights[1][...] = [[1, 1], [-1, 0]]
    network.weights[2][...] = [[2, 0], [0, 1]]
    network.biases[2][...] = [0, 6]
    forward_pass = forward_pass_of(network, np.array([1, 2], np.float32))
    np.testing.assert_allclose(forward_pass.hidden, [[3, 0]])
    np.testing.assert_allclose(forward_pass.logits, [6, 6])
    np.testing.assert_allclose(forward_pass.outputs, [0.5, 0.5])


@pytest.mark.parametrize("hidden", [(), (5,), (7, 3, 2)])
def test_each_hidden_layer_has_a_strip_on_one_scale(hidden: tuple[int, ...]) -> None:
    network = Network((4, *hidden, 3), activation="tanh", rng=np.random.default_rng(0))
    forward_pass = forward_pass_of(network, np.ones(4, np.float32))
    figure = hidden_figure(forward_pass, "tanh")
    assert len(figure.data) == len(hidden)
    assert {trace.coloraxis for trace in figure.data} <= {style.SEQUENTIAL}
    assert figure.layout.title.text
    assert len(figure.layout.annotations) == max(len(hidden), 1)
    lowest = min([0.0, *(layer.min() for layer in forward_pass.hidden)])
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
    wrong = class_values_figure(outputs, NAMES, true=0, predicted=1, title="Outputs", y="%")
    assert [(bar.name, bar.x) for bar in wrong.data] == [
        ("true", ("cat",)),
        ("predicted (wrong)", ("dog",)),
        ("others", ("owl",)),
    ]
    right = class_values_figure(outputs, NAMES, true=1, predicted=1, title="Outputs", y="%")
    assert [bar.name for bar in right.data] == ["true", "others"]
    assert wrong.layout.xaxis.categoryarray == NAMES
