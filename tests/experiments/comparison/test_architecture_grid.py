"""Networks of several depths and widths."""

from experiments.comparison.architecture_grid import architecture_grid
from experiments.config import RunConfig


def test_the_grid_has_every_depth_and_width_and_one_single_layer() -> None:
    layers = [each.hidden_layers for each in architecture_grid(RunConfig())]
    assert len(layers) == len(set(layers)) == 1 + 3 * 3
    assert () in layers
    assert (64, 64, 64, 64) in layers
