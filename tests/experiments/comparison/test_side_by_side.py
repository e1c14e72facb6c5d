"""Networks that train at the same time."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from data.datasets import Dataset
from experiments.background.run_sequence import Relay
from experiments.background.training_job import Status
from experiments.background.turns import Slots
from experiments.comparison.networks import HARD_SHAPES, entrants, over_seeds
from experiments.comparison.over_seeds import duels, outcome_of, whole_rows
from experiments.comparison.side_by_side import Contest
from experiments.config import RunConfig
from experiments.evaluation.predictions import answers_now
from experiments.training.run import Run

PATIENCE = 20.0


SHORT = RunConfig(epochs=2)


PAIR = entrants(SHORT)


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
    contest = Contest(PAIR, slots=Slots(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.status is Status.FINISHED
    for config, run in zip(PAIR, contest.runs, strict=True):
        alone = trained(config)
        np.testing.assert_array_equal(run.network.parameters, alone.network.parameters)
        assert run.result == alone.result


def test_all_stand_still_and_go_on() -> None:
    contest = Contest(entrants(RunConfig(epochs=10_000)), slots=Slots(2))
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
    contest = Contest(entrants(RunConfig(epochs=10_000)), slots=Slots(2))
    contest.go()
    contest.dismiss()
    assert contest.join(PATIENCE)
    assert contest.status is Status.ABANDONED


def test_one_that_diverges_leaves_the_others_alone() -> None:
    contest = Contest([SHORT, DIVERGING], slots=Slots(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.runs[0].result == trained(SHORT).result
    assert contest.runs[1].diverged
    assert contest.jobs[1].status is Status.DIVERGED
    assert contest.status is Status.FINISHED


def test_a_contest_whose_page_was_loaded_anew_looks_to_the_new_one() -> None:
    gone, seen = lambda: False, []
    contest = Contest(entrants(RunConfig(epochs=10_000)), is_present=gone, slots=Slots(2))
    contest.attend(lambda: seen.append("asked") is None)
    contest.go()
    wait_until(lambda: bool(seen) and all(run.step for run in contest.runs))
    assert contest.status.is_moving
    contest.dismiss()
    assert contest.join(PATIENCE)


@pytest.mark.parametrize("end", ["go", "stop", "dismiss"])
def test_what_it_takes_to_go_on_is_let_go_of(end: str) -> None:
    contest = Contest(PAIR if end == "go" else entrants(RunConfig(epochs=10_000)), slots=Slots(2))
    contest.go()
    if end != "go":
        wait_until(lambda: all(run.step for run in contest.runs))
        assert not any(run._course is None for run in contest.runs)
        getattr(contest, end)()
    assert contest.join(PATIENCE)
    assert all(run._course is None for run in contest.runs)
    assert [run.can_go_on for run in contest.runs] == [False, False]
    assert all(run.history for run in contest.runs)


def test_answers_are_asked_for_once() -> None:
    contest = Contest(PAIR, slots=Slots(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.answers(1) is contest.answers(1)
    assert contest.answers(1).is_right.mean() == contest.runs[1].result.test.accuracy


def test_networks_are_asked_about_the_same_samples_though_one_was_abandoned() -> None:
    contest = Contest([SHORT, RunConfig(epochs=10_000, hidden_layers=())], slots=Slots(2))
    contest.go()
    wait_until(lambda: contest.jobs[0].status is Status.FINISHED and contest.runs[1].step > 0)
    contest.jobs[1].dismiss()
    assert contest.join(PATIENCE)
    assert contest.arrived == [0]
    assert contest.part == "test"
    rows = [contest.answers(number).rows for number in (0, 1)]
    np.testing.assert_array_equal(*rows)


def test_without_a_test_part_the_validation_samples_are_asked_about() -> None:
    configs = entrants(SHORT.model_copy(update={"test_fraction": 0.0}))
    assert Contest(configs, slots=Slots(2)).part == "validation"


def test_the_plane_is_asked_about_once() -> None:
    contest = Contest(entrants(HARD_SHAPES["xor"]), slots=Slots(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.territory(0) is contest.territory(0)
    assert contest.territory(1).config is contest.networks[1]


@pytest.mark.parametrize("part", ["training", "validation", "test"])
def test_answers_are_about_the_samples_of_the_part(part: str) -> None:
    run = trained(SHORT)
    answers = answers_now(run, part)
    np.testing.assert_array_equal(answers.rows, getattr(run.material.split, part))
    np.testing.assert_array_equal(answers.labels, run.material.dataset.labels[answers.rows])
    assert answers.is_right.mean() == pytest.approx(getattr(run.result, part).accuracy)
    np.testing.assert_allclose(answers.outputs.sum(axis=1), 1, rtol=1e-5)


def test_nothing_held_out_gives_no_answers() -> None:
    answers = answers_now(
        trained(SHORT.model_copy(update={"validation_fraction": 0.0, "test_fraction": 0.0})), "test"
    )
    assert len(answers.rows) == len(answers.predicted) == len(answers.is_right) == 0


def start(configs, sum_up=outcome_of, **settings) -> Relay:
    relay = Relay(configs, sum_up, slots=settings.pop("slots", Slots(2)), **settings)
    relay.go()
    return relay


def test_own_samples_compete_too() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    X = (rng.normal(size=(60, 3)) + 3 * labels[:, np.newaxis]).astype(np.float32)
    own = Dataset("own", "mine", X, labels, ("a", "b"), None, 9.0, "value", "me")
    config = RunConfig(dataset="own", epochs=3)
    relay = start(over_seeds(entrants(config), 2), own=own)
    assert relay.join(PATIENCE)
    assert relay.status is Status.FINISHED
    (duel,) = duels(whole_rows(relay.outcomes, 2))
    assert len(duel.paired.differences) == 2
