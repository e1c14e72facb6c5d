"""Networks that train at the same time."""

import numpy as np
import pytest

from experiments.background.background_task import Page, Status
from experiments.comparison.networks import NONLINEAR_SETS, compared_networks
from experiments.comparison.side_by_side import SideBySide
from experiments.config import RunConfig
from tests.runs import trained
from tests.waiting import PATIENCE, wait_until

SHORT = RunConfig(epochs=2)
PAIR = compared_networks(SHORT)
DIVERGING = RunConfig(
    optimizer="sgd", learning_rate=1000.0, epochs=2, output="identity", loss="mse"
)


def test_side_by_side_is_the_same_as_training_one_after_another() -> None:
    comparison = SideBySide(PAIR)
    comparison.go()
    assert comparison.join(PATIENCE)
    assert comparison.status is Status.FINISHED
    for config, run in zip(PAIR, comparison.runs, strict=True):
        alone = trained(config)
        np.testing.assert_array_equal(run.network.parameters, alone.network.parameters)
        assert run.result == alone.result


def test_all_networks_pause_and_resume() -> None:
    comparison = SideBySide(compared_networks(RunConfig(epochs=10_000)))
    comparison.go()
    wait_until(lambda: all(run.step for run in comparison.runs))
    comparison.pause(PATIENCE)
    assert comparison.status is Status.PAUSED
    steps = [run.step for run in comparison.runs]
    comparison.go()
    wait_until(
        lambda: all(run.step > step for run, step in zip(comparison.runs, steps, strict=True))
    )
    assert comparison.status.is_active
    comparison.stop(PATIENCE)
    assert comparison.status is Status.STOPPED
    assert all(run.result for run in comparison.runs)


def test_a_discarded_comparison_is_abandoned() -> None:
    comparison = SideBySide(compared_networks(RunConfig(epochs=10_000)))
    comparison.go()
    comparison.discard()
    assert comparison.join(PATIENCE)
    assert comparison.status is Status.ABANDONED


def test_one_that_diverges_leaves_the_others_alone() -> None:
    comparison = SideBySide([SHORT, DIVERGING])
    comparison.go()
    assert comparison.join(PATIENCE)
    assert comparison.runs[0].result == trained(SHORT).result
    assert comparison.runs[1].diverged
    assert comparison.jobs[1].status is Status.DIVERGED
    assert comparison.status is Status.FINISHED


def test_after_a_reload_the_presence_of_the_new_page_counts() -> None:
    gone, seen = lambda: False, []
    comparison = SideBySide(compared_networks(RunConfig(epochs=10_000)), page=Page(0, gone))
    comparison.set_page(Page(0, lambda: seen.append("called") is None))
    comparison.go()
    wait_until(lambda: bool(seen) and all(run.step for run in comparison.runs))
    assert comparison.status.is_active
    comparison.discard()
    assert comparison.join(PATIENCE)


@pytest.mark.parametrize("end", ["go", "stop", "discard"])
def test_memory_for_resuming_is_released_at_the_end(end: str) -> None:
    comparison = SideBySide(PAIR if end == "go" else compared_networks(RunConfig(epochs=10_000)))
    comparison.go()
    if end != "go":
        wait_until(lambda: all(run.step for run in comparison.runs))
        assert not any(run._training is None for run in comparison.runs)
        getattr(comparison, end)()
    assert comparison.join(PATIENCE)
    assert all(run._training is None for run in comparison.runs)
    assert [run.can_continue for run in comparison.runs] == [False, False]
    assert all(run.history for run in comparison.runs)


def test_predictions_are_computed_once() -> None:
    comparison = SideBySide(PAIR)
    comparison.go()
    assert comparison.join(PATIENCE)
    assert comparison.predictions(1) is comparison.predictions(1)
    assert comparison.predictions(1).is_right.mean() == comparison.runs[1].result.test.accuracy


def test_networks_predict_the_same_samples_though_one_was_abandoned() -> None:
    comparison = SideBySide([SHORT, RunConfig(epochs=10_000, hidden_layers=())])
    comparison.go()
    wait_until(lambda: comparison.jobs[0].status is Status.FINISHED and comparison.runs[1].step > 0)
    comparison.jobs[1].discard()
    assert comparison.join(PATIENCE)
    assert comparison.finished == [0]
    assert comparison.part == "test"
    rows = [comparison.predictions(number).rows for number in (0, 1)]
    np.testing.assert_array_equal(*rows)


def test_without_a_test_part_the_validation_samples_are_predicted() -> None:
    configs = compared_networks(SHORT.model_copy(update={"test_fraction": 0.0}))
    assert SideBySide(configs).part == "validation"


def test_decision_regions_are_computed_once() -> None:
    comparison = SideBySide(compared_networks(NONLINEAR_SETS["xor"]))
    comparison.go()
    assert comparison.join(PATIENCE)
    assert comparison.regions_of(0) is comparison.regions_of(0)
    assert comparison.regions_of(1).config is comparison.networks[1]
