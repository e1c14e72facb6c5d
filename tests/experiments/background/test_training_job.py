"""Jobs in the background: pause, resume, step, stop, take turns, and end when left."""

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from experiments.background.background_task import Page, Status
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import FAILED, PROCESS_SCHEDULER, SliceScheduler
from experiments.background.training_job import Goal, TrainingJob, count_active_jobs
from experiments.config import RunConfig
from experiments.training.run import Run
from tests.experiments.background.conftest import CHECK_SECONDS
from tests.waiting import PATIENCE, wait_until

LONG = RunConfig(epochs=10_000)


class BusyExecutor(SliceExecutor):
    """Has no room for a slice."""

    capacity = 0


@pytest.fixture
def start() -> Iterator[Callable[..., TrainingJob]]:
    """Start jobs that are certain to end with the test."""
    with ExitStack() as stack:

        def begin(config: RunConfig = LONG, goal: Goal = Goal.THE_END, **settings) -> TrainingJob:
            job = TrainingJob(Run(config), **settings)
            stack.callback(job.join, PATIENCE)
            stack.callback(job.discard)
            job.go(goal)
            return job

        yield begin


def test_a_job_trains_to_the_end_and_concludes(start) -> None:
    job = start(RunConfig(epochs=3))
    assert job.join(PATIENCE)
    assert job.status is Status.FINISHED
    assert [record.epoch for record in job.run.history] == [0, 1, 2, 3]
    assert job.run.result is not None


def test_pausing_and_resuming_is_bit_identical_to_never_pausing(start) -> None:
    config = RunConfig(epochs=15)
    undisturbed = Run(config)
    for _ in undisturbed.records():
        pass

    job = start(config, Goal.ONE_BATCH)
    wait_until(lambda: job.status is Status.PAUSED)
    for goal in (Goal.ONE_BATCH, Goal.ONE_EPOCH, Goal.ONE_BATCH, Goal.ONE_EPOCH):
        job.go(goal)
        wait_until(lambda: job.status is Status.PAUSED)
    while not job.status.is_over:
        job.go()
        time.sleep(0.003)
        job.pause()
        job.go(Goal.ONE_BATCH)
    np.testing.assert_array_equal(job.run.network.parameters, undisturbed.network.parameters)
    assert job.run.history == undisturbed.history


def test_a_paused_job_stands_still(start) -> None:
    job = start()
    wait_until(lambda: len(job.run.history) > 2)
    job.pause()
    assert job.wait_until_paused(PATIENCE)
    assert job.status is Status.PAUSED
    before = job.run.step
    time.sleep(0.05)
    assert job.run.step == before


def test_one_batch_is_one_step_and_one_epoch_ends_with_the_epoch(start) -> None:
    job = start(goal=Goal.ONE_BATCH)
    wait_until(lambda: job.status is Status.PAUSED)
    assert (job.run.epoch, job.run.step) == (1, 1)
    job.go(Goal.ONE_EPOCH)
    wait_until(lambda: job.status is Status.PAUSED)
    assert (job.run.epoch, job.run.step) == (1, 34)
    assert len(job.run.history) == 2


def test_the_last_batch_of_an_epoch_closes_it(start) -> None:
    config = RunConfig(full_batch=True, epochs=3)
    job = start(config, Goal.ONE_BATCH)
    for epoch in (1, 2):
        wait_until(lambda: job.status is Status.PAUSED)
        assert (job.run.step, len(job.run.history)) == (epoch, epoch + 1)
        job.go(Goal.ONE_EPOCH if epoch == 1 else Goal.ONE_BATCH)
    assert job.join(PATIENCE)
    assert job.status is Status.FINISHED  # the last epoch is the end, whoever asked for it


def test_whoever_asks_for_the_epoch_at_which_patience_ends_gets_the_result(start) -> None:
    config = RunConfig(epochs=200, learning_rate=0.05, early_stopping=True, patience=1)
    job = start(config, Goal.ONE_EPOCH)
    while not job.status.is_over:
        wait_until(lambda: not job.status.is_active)
        before = job.run.epochs_done
        job.go(Goal.ONE_EPOCH)
        wait_until(lambda: not job.status.is_active)
        assert job.status.is_over or job.run.epochs_done == before + 1
    assert job.run.early_stopped
    assert job.run.result is not None


def test_a_pause_never_stands_between_an_epoch_and_its_record(start) -> None:
    job = start(RunConfig(full_batch=True, epochs=10_000))
    for _ in range(8):
        reached = job.run.step
        wait_until(lambda reached=reached: job.run.step > reached)
        job.pause()
        wait_until(lambda: job.status is Status.PAUSED)
        assert job.run.step == job.run.history[-1].step == len(job.run.history) - 1
        job.go()


def test_a_job_that_was_never_begun_asks_for_nothing() -> None:
    job = TrainingJob(Run(LONG))
    assert job not in PROCESS_SCHEDULER.tasks()
    assert job.status is Status.PAUSED


def test_all_jobs_share_one_thread(start) -> None:
    first = start()
    wait_until(lambda: first.run.step > 0)
    before = threading.active_count()
    jobs = [start() for _ in range(10)]
    wait_until(lambda: all(job.run.step > 0 for job in jobs))
    assert threading.active_count() == before


def test_counting_jobs_while_others_begin() -> None:
    runs = [Run(RunConfig(epochs=1)) for _ in range(200)]
    counted = []

    def count() -> None:
        while len(counted) < 3000:
            counted.append(count_active_jobs())

    counter = threading.Thread(target=count)
    counter.start()
    jobs = [TrainingJob(run) for run in runs]
    counter.join(PATIENCE)
    assert len(counted) == 3000
    assert len(jobs) == 200


def test_an_order_while_a_goal_is_reached_is_not_lost(start) -> None:
    job = start(goal=Goal.ONE_BATCH)
    for _ in range(12):
        job.go(Goal.ONE_BATCH)
        job.go(Goal.THE_END)
        step = job.run.step
        wait_until(lambda step=step: job.run.step > step + 1)
        assert job.status.is_active
        job.pause()


def test_a_change_of_pace_is_no_order_to_go(start) -> None:
    job = start(goal=Goal.ONE_EPOCH)
    wait_until(lambda: job.status is Status.PAUSED)
    job.set_pace(0.1)
    assert job.status is Status.PAUSED
    assert job._goal is Goal.NOWHERE


def test_stopping_before_the_first_step_has_no_result(start) -> None:
    job = start(scheduler=SliceScheduler(BusyExecutor))
    job.stop(patience_seconds=0)
    assert job.join(PATIENCE)
    assert job.status is Status.STOPPED
    assert job.run.result is None


def test_a_run_that_turns_out_to_have_diverged_says_so_however_it_ended(start) -> None:
    job = start()
    wait_until(lambda: job.run.step > 0)
    job.pause()
    assert job.wait_until_paused(PATIENCE)
    job.run.network.parameters[:] = 1e30
    job.stop()
    assert job.join(PATIENCE)
    assert job.status is Status.DIVERGED


def test_a_run_that_releases_its_memory_forgets_the_optimizer(start) -> None:
    job = start()
    wait_until(lambda: job.run.step > 0)
    job.stop()
    assert job.join(PATIENCE)
    assert job.run.can_continue
    optimizer = weakref.ref(job.run.training().state.optimizer)
    job.run.release_memory()
    assert not job.run.can_continue
    gc.collect()
    assert optimizer() is None


def test_jobs_on_their_way_are_counted(start) -> None:
    before = count_active_jobs()
    jobs = [start(seconds_per_epoch=3600.0) for _ in range(3)]  # in slow motion, too
    assert count_active_jobs() == before + 3
    jobs[0].pause()
    wait_until(lambda: jobs[0].status is Status.PAUSED)
    assert count_active_jobs() == before + 2


def test_speed_counts_the_waiting(start) -> None:
    job = start(goal=Goal.NOWHERE, seconds_per_epoch=0.1)
    assert job.steps_per_second == 0
    job.go()
    wait_until(lambda: len(job.run.history) > 5)
    assert 0 < job.steps_per_second < 34 * 6 / 0.4


def test_stopping_gives_the_result_of_what_was_reached(start) -> None:
    job = start()
    wait_until(lambda: len(job.run.history) > 2)
    job.stop()
    assert job.join(PATIENCE)
    assert job.status is Status.STOPPED
    assert job.run.result.test.accuracy > 0.5


def test_a_paused_job_can_be_stopped(start) -> None:
    job = start(goal=Goal.ONE_EPOCH)
    wait_until(lambda: job.status is Status.PAUSED)
    job.stop()
    assert job.join(PATIENCE)
    assert job.status is Status.STOPPED
    assert len(job.run.history) == 2


def test_orders_to_a_job_that_is_over_do_nothing(start) -> None:
    job = start(RunConfig(epochs=1))
    assert job.join(PATIENCE)
    result = job.run.result
    job.go()
    job.pause()
    job.stop()
    assert job.status is Status.FINISHED
    assert job.run.result is result


def test_divergence_is_an_ending(start) -> None:
    job = start(RunConfig(learning_rate=1000))
    assert job.join(PATIENCE)
    assert job.status is Status.DIVERGED
    assert "learning rate 1000" in str(job.run.diverged)


def test_an_error_in_a_slice_is_told_and_not_swallowed(start, caplog, monkeypatch) -> None:
    monkeypatch.setattr("experiments.background.worker.make_slice", lambda *_: 1 / 0)
    job = start(scheduler=SliceScheduler(SliceExecutor))
    assert job.join(PATIENCE)
    assert (job.status, job.problem) == (Status.FAILED, FAILED)
    assert "division by zero" in caplog.text
    assert "training failed" in caplog.text


class Reader:
    """Looks at a page, or has gone."""

    is_there = True

    def __call__(self) -> bool:
        return self.is_there


@pytest.mark.parametrize("goal", [Goal.THE_END, Goal.ONE_BATCH])
def test_a_job_whose_page_has_gone_ends_after_the_grace_period(start, goal: Goal) -> None:
    reader = Reader()
    job = start(goal=goal, page=Page(reader, reader), grace_seconds=0.2)
    wait_until(lambda: job.run.step > 0)
    left = time.monotonic()
    reader.is_there = False
    assert job.join(PATIENCE)
    assert time.monotonic() - left >= 0.2 - CHECK_SECONDS  # last seen up to one check before
    assert job.status is Status.ABANDONED
    assert job.run.result is None


@pytest.mark.parametrize("goal", [Goal.THE_END, Goal.ONE_BATCH])
def test_a_page_that_comes_back_in_time_keeps_its_job(start, goal: Goal) -> None:
    reader = Reader()
    job = start(goal=goal, page=Page(reader, reader), grace_seconds=3.0)
    reader.is_there = False
    time.sleep(2 * CHECK_SECONDS)
    reader.is_there = True
    back = time.monotonic()
    wait_until(lambda: job._presence.seen_at > back)
    assert not job.status.is_over


def test_a_dismissed_job_ends_even_if_its_page_is_there(start) -> None:
    job = start(page=Page(0, lambda: True))
    job.discard()
    assert job.join(PATIENCE)
    assert job.status is Status.ABANDONED


def test_a_job_in_the_queue_ends_when_its_page_has_gone(start) -> None:
    reader = Reader()
    page = Page(reader, reader)
    job = start(scheduler=SliceScheduler(BusyExecutor), page=page, grace_seconds=0.05)
    reader.is_there = False
    assert job.join(PATIENCE)
    assert job.status is Status.ABANDONED


def test_slow_motion_keeps_its_pace_and_full_speed_ends_it_at_once(start) -> None:
    begin = time.monotonic()
    job = start(RunConfig(epochs=200), seconds_per_epoch=0.05)
    wait_until(lambda: len(job.run.history) > 5)
    assert time.monotonic() - begin >= 5 * 0.05
    job.set_pace(3600.0)
    wait_until(lambda: job._next_epoch_at > time.monotonic() + 1000)
    assert not job.status.is_over
    job.set_pace(0.0)
    assert job.join(PATIENCE)
    assert job.status is Status.FINISHED


def test_slow_motion_leaves_the_processor_to_others(start) -> None:
    scheduler = SliceScheduler(SliceExecutor)
    start(scheduler=scheduler, seconds_per_epoch=30.0)
    other = start(RunConfig(epochs=3), scheduler=scheduler)
    assert other.join(PATIENCE)


def test_what_a_job_has_made_is_what_the_terminal_makes(start) -> None:
    config = RunConfig(epochs=4, dropout=0.2, early_stopping=True, patience=1, learning_rate=0.02)
    there = Run(config, keeps_snapshots=True)
    there.complete()
    run = Run(config, keeps_snapshots=True)
    job = TrainingJob(run)
    job.go(Goal.ONE_BATCH)
    job.wait_until_paused(PATIENCE)
    job.go()
    assert job.join(PATIENCE)
    assert run.network.parameters.tobytes() == there.network.parameters.tobytes()
    assert (run.history, run.result, run.step) == (there.history, there.result, there.step)
    assert run.step_diagnostics == there.step_diagnostics
    assert (run.early_stopped, run.best_epoch) == (there.early_stopped, there.best_epoch)
    assert run.snapshots.steps == there.snapshots.steps
    assert run.current_epoch == there.current_epoch


def test_a_long_wait_in_the_queue_is_told(start) -> None:
    job = start(scheduler=SliceScheduler(BusyExecutor))
    wait_until(lambda: job.status is Status.QUEUED)
    assert job.place == 1
