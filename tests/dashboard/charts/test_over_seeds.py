import numpy as np
import pytest

from dashboard.charts.architecture_grid import architecture_grid_figure
from dashboard.charts.over_seeds import differences_figure, pairs_figure
from experiments.comparison.over_seeds import PairedComparison, SeedSummary
from experiments.comparison.significance import mcnemar_test, paired_test
from experiments.config import RunConfig


def summary(layers: tuple[int, ...], *accuracies: float) -> SeedSummary:
    config = RunConfig(hidden_layers=layers)
    return SeedSummary(config, np.array(accuracies), (64, *layers, 10))


def test_each_seed_is_a_line_of_its_own() -> None:
    figure = pairs_figure([summary((), 0.9, 0.8), summary((8,), 0.95, 0.7)], [3, 4])
    pairs, single, other = figure.data
    assert list(pairs.x) == [0, 1, None, 0, 1, None]
    assert list(pairs.y) == [0.9, 0.95, None, 0.8, 0.7, None]
    assert pairs.text[0] == "seed 3"
    assert pairs.text[-1] == "seed 4"
    assert single.y[0] == pytest.approx(0.85)
    assert other.error_y.array[0] == pytest.approx(np.std([0.95, 0.7], ddof=1))


def test_a_network_without_any_result_has_no_mean() -> None:
    nothing = summary((8,), float("nan"))
    assert len(pairs_figure([summary((), 0.9), nothing], [0]).data) == 2
    (only,) = architecture_grid_figure([summary((), 0.9), nothing]).data
    assert list(only.x) == [650]


def test_differences_are_in_points() -> None:
    paired = paired_test([0.9, 0.8], [0.95, 0.82], n_training=100, n_test=100)
    same = mcnemar_test(np.ones(2, bool), np.ones(2, bool))
    dots, mean = differences_figure([PairedComparison("SLP", "MLP 8", paired, 0, same)]).data
    np.testing.assert_allclose(dots.y, [5, 2])
    np.testing.assert_allclose(mean.y, [3.5, 3.5])
