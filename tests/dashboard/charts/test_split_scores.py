import pytest

from dashboard.charts.split_scores import split_scores
from experiments.comparison.split_effect import SplitScore


def test_every_seed_is_a_point_and_the_mean_a_line() -> None:
    results = [
        SplitScore("Single layer", split, seed, accuracy, 50)
        for split, accuracies in (("random", (0.9, 1.0)), ("blocks", (0.8, 0.8)))
        for seed, accuracy in enumerate(accuracies)
    ]
    figure = split_scores(results)
    assert [list(trace.y) for trace in figure.data] == [
        [0.9, 1.0],
        [pytest.approx(0.95)],
        [0.8, 0.8],
        [pytest.approx(0.8)],
    ]
    assert len({place for trace in figure.data for place in trace.x}) == 2
    assert split_scores([]).layout.title.text
