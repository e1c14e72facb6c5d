import numpy as np

from experiments.comparison.examples import (
    FILE,
    N_GRID_SEEDS,
    N_SEEDS,
    example_accuracies,
    example_grid,
    example_predictions,
    example_regions,
    example_seeds,
    two_networks,
)
from experiments.comparison.networks import nonlinear_networks
from tests.runs import trained


def test_the_examples_are_what_this_code_computes() -> None:
    """Up to the rounding of another machine; else compute them again, as the module says."""
    run = trained(nonlinear_networks()[1])
    assert abs(run.result.test.accuracy - example_regions()[1].accuracy) < 0.03
    run = trained(two_networks()[0])
    assert abs(run.result.test.accuracy - example_seeds()[0][0].accuracy) < 0.02
    assert abs(run.history[-1].validation.accuracy - example_accuracies()[0, -1]) < 0.02


def test_there_is_an_example_for_each_comparison() -> None:
    assert [each.config for each in example_regions()] == nonlinear_networks()
    single, multi = ([each.accuracy for each in example_regions()[i::2]] for i in (0, 1))
    assert max(single) < 0.85 < min(multi)
    assert example_accuracies().shape == (2, two_networks()[0].epochs + 1)
    assert np.isfinite(example_accuracies()).all()
    assert [len(row) for row in example_seeds()] == [2] * N_SEEDS
    np.testing.assert_array_equal(example_predictions().is_right, example_seeds()[0][1].right)
    assert [len(row) for row in example_grid()] == [10] * N_GRID_SEEDS
    assert FILE.stat().st_size < 50_000
