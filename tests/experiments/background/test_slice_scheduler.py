"""Turns go round by reader, a lost worker costs one slice, and failures have a sentence."""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from experiments.background import limits, worker
from experiments.background.background_task import BackgroundTask, Page, Status
from experiments.background.executors import SliceExecutor, WorkerProcesses, choose_executor
from experiments.background.slice_scheduler import LOST, OUT_OF_MEMORY, Share, SliceScheduler
from experiments.background.stop_flags import StopFlags
from experiments.background.training_job import Goal, TrainingJob
from experiments.config import RunConfig
from experiments.training.run import Run
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).parents[3]


class StepByStep(SliceExecutor):
    """Makes one slice at a time, each when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.submitted: list[tuple[str, Future[Any]]] = []

    def finish(self) -> str:
        """Finish the slice under way; return whose it was."""
        wait_until(lambda: bool(self.submitted))
        name, future = self.submitted.pop()
        future.set_result(None)
        return name


class Counting(BackgroundTask):
    """Wants so many slices, which do nothing."""

    def __init__(self, name: str, reader: str, n_slices: int, **options: Any) -> None:
        super().__init__(name, page=Page(reader, lambda: True), **options)
        self.n_left = n_slices
        self._begin()

    def submit(self, executor: StepByStep, share: Share) -> Future[Any]:
        future: Future[Any] = Future()
        executor.submitted.append((self.name, future))
        return future

    def take(self, outcome: Any) -> None:
        self.n_left -= 1
        if not self.n_left:
            self._end(Status.FINISHED)


@pytest.fixture
def step_by_step() -> tuple[SliceScheduler, StepByStep]:
    executor = StepByStep()
    return SliceScheduler(lambda: executor), executor


def test_turns_go_round_by_reader_and_not_by_task(step_by_step) -> None:
    scheduler, executor = step_by_step
    tasks = [Counting("a1", "a", 1, scheduler=scheduler)]
    wait_until(lambda: bool(executor.submitted))  # so that the others wait together
    tasks += [Counting(name, name[0], 2, scheduler=scheduler) for name in ("a2", "a3", "b1")]
    order = [executor.finish() for _ in range(7)]
    assert order[0] == "a1"
    assert sorted(order[1:5]) == ["a2", "a3", "b1", "b1"]
    assert "b1" in order[1:3]  # though two tasks of the other reader came before
    assert all(task.join(PATIENCE) for task in tasks)


def test_more_works_of_one_reader_than_allowed_wait_and_say_so(step_by_step) -> None:
    scheduler, executor = step_by_step
    n_works = limits.MAX_WORKS + 1
    tasks = [Counting(str(i), "a", 2, scheduler=scheduler) for i in range(n_works)]
    wait_until(lambda: tasks[-1].waits_for_own_works)
    assert tasks[-1].status is Status.QUEUED
    assert not any(task.waits_for_own_works for task in tasks[:-1])
    order = [executor.finish() for _ in range(2 * n_works)]
    assert str(n_works - 1) not in order[: limits.MAX_WORKS]
    assert all(task.join(PATIENCE) for task in tasks)


def test_the_tasks_of_one_work_count_as_one(step_by_step) -> None:
    scheduler, executor = step_by_step
    work = object()
    tasks = [Counting(str(i), "a", 1, scheduler=scheduler, work=work) for i in range(6)]
    wait_until(lambda: len(scheduler.tasks()) == 6 and bool(executor.submitted))
    assert not any(task.waits_for_own_works for task in tasks)
    for _ in tasks:
        executor.finish()
    assert all(task.join(PATIENCE) for task in tasks)


@pytest.fixture
def processes() -> Iterator[SliceScheduler]:
    scheduler = SliceScheduler(WorkerProcesses)
    yield scheduler
    scheduler.close()


def kill_workers(scheduler: SliceScheduler) -> None:
    for process in list(scheduler.executor._workers._processes.values()):
        os.kill(process.pid, signal.SIGKILL)


def test_a_killed_worker_costs_one_slice_and_changes_no_bit(processes, caplog) -> None:
    config = RunConfig(epochs=60, dropout=0.1)
    there = Run(config)
    there.complete()
    job = TrainingJob(Run(config), scheduler=processes)
    job.go()
    with caplog.at_level(logging.WARNING):
        wait_until(lambda: job.run.step > 0)
        kill_workers(processes)
        wait_until(lambda: "lost a worker" in caplog.text or job.status.is_over)
        assert job.join(PATIENCE)
    assert job.status is Status.FINISHED
    assert job.run.network.parameters.tobytes() == there.network.parameters.tobytes()
    assert (job.run.history, job.run.result) == (there.history, there.result)


def test_a_job_that_is_paused_while_its_worker_is_lost_is_paused(processes) -> None:
    job = TrainingJob(Run(RunConfig(epochs=10_000)), scheduler=processes)
    job.go()
    wait_until(lambda: job.run.step > 0)
    kill_workers(processes)
    job.pause()
    wait_until(lambda: job.status is Status.PAUSED)
    step = job.run.step
    job.go(Goal.ONE_BATCH)
    wait_until(lambda: job.run.step == step + 1)
    job.discard()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run_out_of_memory() -> None:
    raise MemoryError


class Calling(BackgroundTask):
    """Calls a function in a worker."""

    def __init__(self, function: Any, **options: Any) -> None:
        super().__init__("calling", **options)
        self.function = function
        self._begin()

    def submit(self, executor: SliceExecutor, share: Share) -> Future[Any]:
        return executor.call(self.function)


@pytest.mark.parametrize(
    ("function", "problem"),
    [(die, LOST), (run_out_of_memory, OUT_OF_MEMORY)],
    ids=["lost", "out of memory"],
)
def test_work_that_does_not_fit_into_memory_ends_with_a_sentence(
    processes, function, problem
) -> None:
    task = Calling(function, scheduler=processes)
    job = TrainingJob(Run(RunConfig(epochs=3)), scheduler=processes)
    job.go()  # beside it, and not harmed
    assert task.join(2 * PATIENCE)
    assert (task.status, task.problem) == (Status.FAILED, problem)
    assert job.join(PATIENCE)
    assert job.status is Status.FINISHED


def test_workers_load_numpy_and_this_project_alone(processes) -> None:
    job = TrainingJob(Run(RunConfig(epochs=2), keeps_snapshots=True), scheduler=processes)
    job.go()
    assert job.join(PATIENCE)
    modules = processes.executor.call(eval, "set(__import__('sys').modules)").result(PATIENCE)
    assert "experiments.training.slices" in modules
    packages = {name.split(".")[0] for name in modules}
    heavy = {"streamlit", "plotly", "pandas", "sklearn", "scipy", "pydantic", "dashboard"}
    assert not packages & heavy


ENVIRONMENT = "__import__('os').environ['OPENBLAS_NUM_THREADS']"


def test_workers_use_one_thread_for_products(processes) -> None:
    threads = processes.executor.call(eval, ENVIRONMENT).result(PATIENCE)
    assert threads == "1"


def test_workers_end_with_a_server_that_was_killed() -> None:
    program = (
        "import os\n"
        "from experiments.background.executors import WorkerProcesses\n"
        "executor = WorkerProcesses()\n"
        "print(executor.call(os.getpid).result(), flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
    )
    pid = int(result.stdout)
    wait_until(lambda: not Path(f"/proc/{pid}/cmdline").exists())


def test_a_stop_flag_stops_one_slice_alone(tmp_path: Path) -> None:
    flags = StopFlags(tmp_path)
    first, second = flags.new(), flags.new()
    assert not first.is_set()
    first.set()
    assert (first.is_set(), second.is_set()) == (True, False)


def test_without_processes_slices_are_made_in_a_thread_and_the_log_says_so(
    monkeypatch, caplog
) -> None:
    def refuse() -> None:
        raise OSError("no room")

    monkeypatch.setattr("experiments.background.executors.WorkerProcesses", refuse)
    with caplog.at_level(logging.WARNING):
        executor = choose_executor()
    assert type(executor) is SliceExecutor
    assert "Training in a thread" in caplog.text
    assert executor.call(threading.current_thread).result().name.startswith("slices")


def test_where_the_disk_is_full_a_thread_trains_with_the_same_bits(
    processes, monkeypatch, caplog
) -> None:
    def refuse(_: object) -> None:
        raise OSError(28, "No space left on device")

    config = RunConfig(epochs=3, seed=12345)
    there = Run(config)
    there.complete()
    monkeypatch.setattr("experiments.training.prepared_data.write_samples", refuse)
    job = TrainingJob(Run(config), scheduler=processes)
    with caplog.at_level(logging.WARNING):
        job.go()
        assert job.join(PATIENCE)
    assert "training in a thread" in caplog.text
    assert job.status is Status.FINISHED
    assert job.run.network.parameters.tobytes() == there.network.parameters.tobytes()


def test_a_worker_leaves_an_interrupt_to_the_server(monkeypatch) -> None:
    handled = {}
    monkeypatch.setattr(worker.signal, "signal", handled.__setitem__)
    monkeypatch.setattr(worker.threading, "Thread", lambda **_: Counted())
    monkeypatch.setattr(worker.os, "nice", lambda niceness: None)
    worker.begin(os.getppid())
    assert handled == {signal.SIGINT: signal.SIG_IGN}


class Counted:
    def start(self) -> None:
        """Do nothing."""
