"""Networks that train at the same time."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from data.datasets import Dataset
from experiments.background.run_sequence import RunSequence
from experiments.background.training_job import Status
from experiments.background.turns import TurnQueue
from experiments.comparison.networks import NONLINEAR_SETS, compared_networks, configs_over_seeds
from experiments.comparison.over_seeds import complete_seeds, outcome_of, paired_comparisons
from experiments.comparison.side_by_side import SideBySide
from experiments.config import RunConfig
from experiments.evaluation.predictions import predict_now
from experiments.training.run import Run

PATIENCE = 20.0


SHORT = RunConfig(epochs=2)


PAIR = compared_networks(SHORT)


DIVERGING = RunConfig(
    optimizer="sgd", learning_rate=1000.0, epochs=2, output="identity", loss="mse"
)


def trained(config: RunConfig) -> Run:
    run = Run(config)
    run.complete()
    return run


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


def test_a_contest_is_the_same_as_training_one_after_another() -> None:
    contest = SideBySide(PAIR, turns=TurnQueue(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.status is Status.FINISHED
    for config, run in zip(PAIR, contest.runs, strict=True):
        alone = trained(config)
        np.testing.assert_array_equal(run.network.parameters, alone.network.parameters)
        assert run.result == alone.result


def test_all_stand_still_and_go_on() -> None:
    contest = SideBySide(compared_networks(RunConfig(epochs=10_000)), turns=TurnQueue(2))
    contest.go()
    wait_until(lambda: all(run.step for run in contest.runs))
    contest.pause(PATIENCE)
    assert contest.status is Status.PAUSED
    steps = [run.step for run in contest.runs]
    contest.go()
    wait_until(lambda: all(run.step > step for run, step in zip(contest.runs, steps, strict=True)))
    assert contest.status.is_moving
    contest.stop(PATIENCE)
    assert contest.status is Status.STOPPED
    assert all(run.result for run in contest.runs)


def test_a_contest_nobody_looks_at_is_given_up() -> None:
    contest = SideBySide(compared_networks(RunConfig(epochs=10_000)), turns=TurnQueue(2))
    contest.go()
    contest.discard()
    assert contest.join(PATIENCE)
    assert contest.status is Status.ABANDONED


def test_one_that_diverges_leaves_the_others_alone() -> None:
    contest = SideBySide([SHORT, DIVERGING], turns=TurnQueue(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.runs[0].result == trained(SHORT).result
    assert contest.runs[1].diverged
    assert contest.jobs[1].status is Status.DIVERGED
    assert contest.status is Status.FINISHED


def test_a_contest_whose_page_was_loaded_anew_looks_to_the_new_one() -> None:
    gone, seen = lambda: False, []
    contest = SideBySide(
        compared_networks(RunConfig(epochs=10_000)), is_present=gone, turns=TurnQueue(2)
    )
    contest.set_presence(lambda: seen.append("asked") is None)
    contest.go()
    wait_until(lambda: bool(seen) and all(run.step for run in contest.runs))
    assert contest.status.is_moving
    contest.discard()
    assert contest.join(PATIENCE)


@pytest.mark.parametrize("end", ["go", "stop", "discard"])
def test_what_it_takes_to_go_on_is_let_go_of(end: str) -> None:
    contest = SideBySide(
        PAIR if end == "go" else compared_networks(RunConfig(epochs=10_000)), turns=TurnQueue(2)
    )
    contest.go()
    if end != "go":
        wait_until(lambda: all(run.step for run in contest.runs))
        assert not any(run._loop is None for run in contest.runs)
        getattr(contest, end)()
    assert contest.join(PATIENCE)
    assert all(run._loop is None for run in contest.runs)
    assert [run.can_continue for run in contest.runs] == [False, False]
    assert all(run.history for run in contest.runs)


def test_answers_are_asked_for_once() -> None:
    contest = SideBySide(PAIR, turns=TurnQueue(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.predictions(1) is contest.predictions(1)
    assert contest.predictions(1).is_right.mean() == contest.runs[1].result.test.accuracy


def test_networks_are_asked_about_the_same_samples_though_one_was_abandoned() -> None:
    contest = SideBySide([SHORT, RunConfig(epochs=10_000, hidden_layers=())], turns=TurnQueue(2))
    contest.go()
    wait_until(lambda: contest.jobs[0].status is Status.FINISHED and contest.runs[1].step > 0)
    contest.jobs[1].discard()
    assert contest.join(PATIENCE)
    assert contest.arrived == [0]
    assert contest.part == "test"
    rows = [contest.predictions(number).rows for number in (0, 1)]
    np.testing.assert_array_equal(*rows)


def test_without_a_test_part_the_validation_samples_are_asked_about() -> None:
    configs = compared_networks(SHORT.model_copy(update={"test_fraction": 0.0}))
    assert SideBySide(configs, turns=TurnQueue(2)).part == "validation"


def test_the_plane_is_asked_about_once() -> None:
    contest = SideBySide(compared_networks(NONLINEAR_SETS["xor"]), turns=TurnQueue(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.regions_of(0) is contest.regions_of(0)
    assert contest.regions_of(1).config is contest.networks[1]


@pytest.mark.parametrize("part", ["training", "validation", "test"])
def test_answers_are_about_the_samples_of_the_part(part: str) -> None:
    run = trained(SHORT)
    predictions = predict_now(run, part)
    np.testing.assert_array_equal(predictions.rows, getattr(run.prepared_data().split, part))
    np.testing.assert_array_equal(
        predictions.labels, run.prepared_data().dataset.labels[predictions.rows]
    )
    assert predictions.is_right.mean() == pytest.approx(getattr(run.result, part).accuracy)
    np.testing.assert_allclose(predictions.outputs.sum(axis=1), 1, rtol=1e-5)


def test_nothing_held_out_gives_no_answers() -> None:
    predictions = predict_now(
        trained(SHORT.model_copy(update={"validation_fraction": 0.0, "test_fraction": 0.0})), "test"
    )
    assert len(predictions.rows) == len(predictions.predicted) == len(predictions.is_right) == 0


def start(configs, sum_up=outcome_of, **settings) -> RunSequence:
    sequence = RunSequence(configs, sum_up, turns=settings.pop("turns", TurnQueue(2)), **settings)
    sequence.go()
    return sequence


def test_own_samples_compete_too() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    X = (rng.normal(size=(60, 3)) + 3 * labels[:, np.newaxis]).astype(np.float32)
    own = Dataset("own", "mine", X, labels, ("a", "b"), None, 9.0, "value", "me")
    config = RunConfig(dataset="own", epochs=3)
    sequence = start(configs_over_seeds(compared_networks(config), 2), own=own)
    assert sequence.join(PATIENCE)
    assert sequence.status is Status.FINISHED
    (pair,) = paired_comparisons(complete_seeds(sequence.outcomes, 2))
    assert len(pair.paired.differences) == 2
