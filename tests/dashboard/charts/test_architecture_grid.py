import numpy as np

from dashboard.charts.architecture_grid import architecture_grid_figure
from experiments.comparison.over_seeds import SeedSummary
from experiments.config import RunConfig


def summary(layers: tuple[int, ...], *accuracies: float) -> SeedSummary:
    config = RunConfig(hidden_layers=layers)
    return SeedSummary(config, np.array(accuracies), (64, *layers, 10))


def test_the_grid_has_a_line_for_each_depth_over_the_parameters() -> None:
    grid = [summary((), 0.9), summary((16,), 0.91), summary((32,), 0.92, 0.94)]
    none, one = architecture_grid_figure(grid).data
    assert (none.name, one.name) == ("0 hidden", "1 hidden")
    assert list(one.x) == [64 * 16 + 16 + 16 * 10 + 10, 64 * 32 + 32 + 32 * 10 + 10]
    np.testing.assert_allclose(one.y, [0.91, 0.93])
