import math

import numpy as np
import pytest

from dashboard.charts.layer_histograms import RIDGE_HEIGHT, norms_figure, ridges_figure
from dashboard.charts.style import TEXT, color
from experiments.inspection.layer_histograms import Histogram


def histogram(*shares: list[float], zeros: float = 0.0, not_finite: float = 0.0) -> Histogram:
    n = len(shares)
    edges = np.linspace(-4, 1, len(shares[0]) + 1)
    return Histogram(edges, np.array(shares), np.full(n, zeros), np.full(n, not_finite))


def test_each_epoch_is_a_hill_on_its_own_line_and_all_are_equally_high() -> None:
    found = histogram([0, 1.0], [0.5, 0.5], [0.25, 0.75])
    figure = ridges_figure(found, [0, 2, 4], kind="weights", title="T", chosen=2, hue=1)
    *hills, words = figure.data
    by_epoch = {hill.name: hill for hill in hills}
    np.testing.assert_allclose(by_epoch["epoch 0"].y, [0, 0, RIDGE_HEIGHT, 0])
    np.testing.assert_allclose(by_epoch["epoch 4"].y[[0, 2, -1]], [2, 2 + RIDGE_HEIGHT, 2])
    assert [hill.line.color for hill in hills] == [TEXT, color(1), color(1)]
    assert figure.layout.yaxis.ticktext == ("0", "2", "4")
    assert not any(words.text)


def test_zeros_and_numbers_that_are_not_finite_are_told_in_words() -> None:
    for shares, word in (((0.5, 0.0), "50% are 0"), ((0.0, 0.25), "25% not finite")):
        found = histogram([1.0], zeros=shares[0], not_finite=shares[1])
        words = ridges_figure(found, [0], kind="activations", title="T", chosen=0).data[-1]
        assert words.text == (word,)


def test_gradients_are_marked_with_powers_of_ten() -> None:
    figure = ridges_figure(histogram([1.0, 0]), [0], kind="gradients", title="T", chosen=0)
    assert figure.layout.xaxis.ticktext[0] == "10<sup>-4</sup>"
    np.testing.assert_allclose(figure.data[0].customdata[1, 0], 10**-2.75, rtol=1e-5)


def test_the_first_and_the_last_epoch_are_named() -> None:
    figure = norms_figure([(0.1, 1.0), (0.2, 1.0), (0.5, 1.0)], [0, 3, 9], ratio=0.5)
    assert [trace.name for trace in figure.data if trace.showlegend] == ["epoch 0", "epoch 9"]
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.title.text == "Gradient by layer: layer 1 / layer 2 = 0.5"


@pytest.mark.parametrize("norms", [[(0.0, math.nan)], [(math.inf, 1.0)]])
def test_a_log_axis_leaves_out_what_it_cannot_show(norms: list[tuple[float, float]]) -> None:
    figure = norms_figure(norms, [0], ratio=None)
    assert figure.layout.title.text == "Gradient by layer"
    assert np.isnan(figure.data[0].y[0])
