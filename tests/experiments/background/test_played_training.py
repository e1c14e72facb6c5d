"""A training that is played: a second of pictures at a time, and a hand on its weights."""

import copy
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from experiments.background.background_task import Status
from experiments.background.played_training import Pace, PlayedTraining
from experiments.background.slice_scheduler import Share
from experiments.background.training_job import Goal
from experiments.config import RunConfig
from experiments.training.edits import Edit
from experiments.training.run import Run
from experiments.training.slices import Extent, train_slice
from tests.waiting import PATIENCE, wait_until

CONFIG = RunConfig(dataset="xor", hidden_layers=(2,), epochs=10_000)
PACE = Pace(steps_per_frame=2, frames_per_second=5)


@pytest.fixture
def start() -> Iterator[Callable[[Goal], PlayedTraining]]:
    """Play trainings that are certain to end with the test."""
    with ExitStack() as stack:

        def begin(goal: Goal, config: RunConfig = CONFIG) -> PlayedTraining:
            training = PlayedTraining(Run(config), PACE)
            stack.callback(training.join, PATIENCE)
            stack.callback(training.discard)
            training.go(goal)
            return training

        yield begin


def steps(training: PlayedTraining) -> list[int]:
    return [frame.step for frame in training.run.frames.after(-1, 1000).values()]


def test_the_untrained_network_is_the_first_picture() -> None:
    training = PlayedTraining(Run(CONFIG), PACE)
    assert training.status is Status.PAUSED
    assert steps(training) == [0]


def test_a_slice_makes_the_pictures_of_a_second_and_the_next_one_waits(start) -> None:
    training = PlayedTraining(Run(CONFIG), Pace(steps_per_frame=2, frames_per_second=5))
    training._goal, run = Goal.THE_END, training.run
    extent = training._extent(Share(0.25, 0.0))
    before = time.monotonic()
    training.take(train_slice(run.training(), run.samples(), extent))
    assert steps(training) == [0, 2, 4, 6, 8, 10]
    assert training.due_at() >= before + 1 - 1e-3


def test_one_batch_is_one_picture(start) -> None:
    training = start(Goal.ONE_BATCH)
    wait_until(lambda: training.status is Status.PAUSED)
    assert steps(training) == [0, 1]


def test_another_pace_counts_from_the_next_slice() -> None:
    training = PlayedTraining(Run(CONFIG), PACE)
    training._goal = Goal.THE_END
    share = Share(0.25, 0.0)
    assert training._extent(share)[2:] == (10, 2)
    training.pace = Pace(7, 30)
    assert training._extent(share)[2:] == (210, 7)


def test_what_is_edited_while_a_slice_is_under_way_holds_after_it() -> None:
    training = PlayedTraining(Run(CONFIG), PACE)
    run = training.run
    report = train_slice(copy.deepcopy(run.training()), run.samples(), Extent(60, batches=3))
    training._in_slice = True
    training.edit(Edit({0: 2.5}, frozenset({0})))
    assert run.network.parameters[0] != 2.5
    training.take(report)
    assert run.step == 3
    assert run.network.parameters[0] == 2.5
    assert run.frames.newest.parameters[0] == 2.5
    run.take(train_slice(run.training(), run.samples(), Extent(60, batches=3)))
    assert run.network.parameters[0] == 2.5  # frozen


def test_a_result_is_that_of_the_network_before_an_edit_and_goes_with_it() -> None:
    training = PlayedTraining(Run(CONFIG.model_copy(update={"epochs": 1})), PACE)
    training.run.complete()
    assert training.run.result is not None
    training.edit(Edit({0: 2.5}, frozenset()))
    assert training.run.result is None


def test_an_edit_of_a_paused_training_is_a_picture_at_once() -> None:
    training = PlayedTraining(Run(CONFIG), PACE)
    training.edit(Edit({1: -1.0}, frozenset()))
    assert training.run.frames.newest_number == 1
    assert training.run.frames.newest.parameters[1] == -1.0


def test_the_steps_are_those_of_the_same_run_without_pictures(start) -> None:
    config = CONFIG.model_copy(update={"epochs": 1})
    training, plain = start(Goal.THE_END, config), Run(config)
    plain.complete()
    assert training.join(PATIENCE)
    np.testing.assert_array_equal(training.run.network.parameters, plain.network.parameters)
    assert training.run.result == plain.result
