import numpy as np

from dashboard.charts.reliability import rejection_figure, reliability_figure
from experiments.evaluation.metrics import Rejection, Reliability


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
