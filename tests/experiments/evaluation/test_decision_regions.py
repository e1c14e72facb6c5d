"""Which class a network predicts at each point of the plane."""

import numpy as np
import pytest

from experiments.comparison.networks import NONLINEAR_SETS, compared_networks
from experiments.config import RunConfig
from experiments.evaluation.decision_regions import GRID_POINTS, regions_of
from experiments.training.run import Run
from tests.runs import trained

SHORT = RunConfig(epochs=2)


@pytest.mark.parametrize("name", NONLINEAR_SETS)
def test_a_few_hidden_units_separate_what_a_line_cannot(name: str) -> None:
    single, other = (trained(config) for config in compared_networks(NONLINEAR_SETS[name]))
    assert single.result.test.accuracy < 0.75
    reachable = 0.91 if name == "xor" else 0.97  # chance has moved 1 point in 20 of xor
    assert other.result.test.accuracy > reachable


def test_one_point_in_20_of_xor_is_on_the_wrong_side() -> None:
    dataset = Run(NONLINEAR_SETS["xor"]).prepared_data().dataset
    by_rule = np.prod(dataset.X, axis=1) < 0
    assert np.mean(by_rule == dataset.labels) == pytest.approx(0.95, abs=0.005)


def test_decision_regions_are_the_predicted_classes() -> None:
    run = trained(NONLINEAR_SETS["circles"])
    regions = regions_of(run)
    assert regions.classes.shape == (GRID_POINTS, GRID_POINTS)
    assert regions.accuracy == run.result.test.accuracy
    middle, corner = regions.classes[GRID_POINTS // 2, GRID_POINTS // 2], regions.classes[0, 0]
    assert (regions.class_names[middle], regions.class_names[corner]) == ("B", "A")
    assert regions.points.min() > regions.x[0]
    assert len(regions.points) == len(regions.labels) == 240


def test_rows_of_the_grid_start_at_the_bottom_and_columns_at_the_left() -> None:
    run = Run(NONLINEAR_SETS["xor"].model_copy(update={"hidden_layers": (), "activation": "tanh"}))
    run.network.weights[1][:] = [[0, 0], [10, 1]]  # class B where 10 x + y > 0
    regions = regions_of(run)
    expected = 10 * regions.x[np.newaxis, :] + regions.y[:, np.newaxis] > 0
    assert np.mean((regions.classes == 1) == expected) > 0.999


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"test_fraction": 0.0}, "no test samples"),
        ({"optimizer": "sgd", "learning_rate": 1000.0, "loss": "mse", "output": "identity"},
         "diverged"),
    ],
)  # fmt: skip
def test_decision_regions_say_why_there_is_no_accuracy(settings: dict, why: str) -> None:
    regions = regions_of(trained(RunConfig(dataset="xor", epochs=2, **settings)))
    assert (regions.accuracy, regions.why_none) == (None, why)


def test_a_network_that_is_not_done_has_no_result_and_has_not_diverged() -> None:
    assert regions_of(Run(NONLINEAR_SETS["xor"])).why_none == "no result"
    assert regions_of(trained(RunConfig(dataset="xor", epochs=2))).why_none == ""


def test_with_features_a_single_layer_has_curved_regions() -> None:
    config = RunConfig(dataset="circles", hidden_layers=(), features="x1x1,x2x2")
    run = trained(config)
    assert run.result.test.accuracy > 0.97
    regions = regions_of(run)
    middle, corner = regions.classes[GRID_POINTS // 2, GRID_POINTS // 2], regions.classes[0, 0]
    assert (regions.class_names[middle], regions.class_names[corner]) == ("B", "A")
    assert regions.points.shape == (120, 2)
    assert regions.feature_names == ()
    assert np.ptp(regions.x) > 2


def test_two_features_that_are_no_place_are_not_drawn_as_one() -> None:
    run = Run(RunConfig(dataset="xor", hidden_layers=(), features="x1,x1x2"))
    run.network.weights[1][:] = [[0, 0], [0, -1]]  # class B where x y < 0
    regions = regions_of(run)
    prepared = run.prepared_data()
    np.testing.assert_array_equal(regions.points, prepared.plane[prepared.split.validation])
    expected = regions.x[np.newaxis, :] * regions.y[:, np.newaxis] < 0
    assert np.mean((regions.classes == 1) == expected) > 0.999


def test_decision_regions_need_two_features() -> None:
    with pytest.raises(ValueError, match="a sample has 64 features"):
        regions_of(Run(SHORT))
