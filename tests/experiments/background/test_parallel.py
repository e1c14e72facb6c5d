"""The same runs, wherever they are made, and whatever happens to those who make them."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas  # noqa: F401  a table is to be read at once, and not after half a second
import pytest

from data.datasets import Dataset, load
from data.own import load_own
from experiments.background import parallel
from experiments.background.executors import (
    SCHEDULER_VARIABLE,
    SliceExecutor,
    choose_executor,
)
from experiments.background.parallel import run_all
from experiments.background.slice_scheduler import SliceScheduler
from experiments.background.training_job import TrainingJob
from experiments.config import RunConfig
from experiments.sweep.grid import grid_configs
from experiments.sweep.result_table import ResultTable
from experiments.training.run import Run
from experiments.training.summary import Summary, train_and_summarize
from tests.optional import needed
from tests.terminal import SECONDS, group_of, start, wait_until

CONFIGS = grid_configs({"epochs": 2}, {}, range(4))


def told(summary: Summary) -> Summary:
    """Return what is the same however fast the machine is."""
    return summary | {"seconds": None}


def rows(path: Path, configs: list[RunConfig], own: Dataset | None = None) -> int:
    """Return how many of the runs are in a table."""
    table = ResultTable(path, own)
    return sum(config in table for config in configs)


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    return [pid for pid, name in group_of(process).items() if "LokyProcess" in name]


def test_every_run_is_yielded_with_its_place() -> None:
    results = dict(run_all(CONFIGS, jobs=1))
    assert sorted(results) == [0, 1, 2, 3]
    assert all(results[i]["config"]["seed"] == i for i in results)
    assert told(results[2]) == told(train_and_summarize(CONFIGS[2]))


def test_own_samples_go_along() -> None:
    moons = RunConfig(dataset="moons", epochs=2)
    config = moons.model_copy(update={"dataset": "own"})
    ((_, summary),) = run_all([config], jobs=1, own=load("moons"))
    same = train_and_summarize(moons)
    assert summary["test_accuracy"] == same["test_accuracy"]


def test_what_a_run_refuses_is_said() -> None:
    with pytest.raises(ValueError, match="A batch of 2,000 is more than the 1,079 training"):
        list(run_all([RunConfig(batch_size=2000)], jobs=1))


@pytest.mark.parametrize("jobs", [0, -2])
def test_a_senseless_number_of_processes_is_refused(jobs: int) -> None:
    with pytest.raises(ValueError, match=rf"must be 1 or more, or -1 for one per core, not {jobs}"):
        next(run_all(CONFIGS, jobs=jobs))


def test_two_processes_make_the_same_table_as_one(tmp_path: Path) -> None:
    command = ("sweep", "--seeds", "0-3", "--epochs", "2", "--vary", "hidden_layers=none/8")
    processes = [
        start(*command, "--jobs", jobs, "--out", str(tmp_path / f"{jobs}.csv")) for jobs in "12"
    ]
    for process in processes:
        _, errors = process.communicate(timeout=SECONDS)
        assert (process.returncode, errors) == (0, "")
        wait_until(lambda p=process: not group_of(p))
    tables = [
        sorted(str(row | {"seconds": None}) for row in ResultTable(tmp_path / f"{jobs}.csv")._rows)
        for jobs in (1, 2)
    ]
    assert len(tables[0]) == 8
    assert tables[0] == tables[1]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")
def test_a_process_that_is_killed_ends_the_sweep_with_a_sentence(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    process = start("sweep", "--seeds", "0-99", "--epochs", "100", "--jobs", "2", "--out", str(out))
    try:
        wait_until(out.exists)
        first, _ = workers_of(process)
        os.kill(first, signal.SIGKILL)
        _, errors = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    assert process.returncode == 2
    assert errors == (
        "A process that was training has ended, perhaps because memory ran out. Try again with "
        "fewer --jobs.\n"
    )
    wait_until(lambda: not group_of(process))
    assert rows(out, grid_configs({"epochs": 100}, {}, range(100))) > 0


def ignores_interrupts(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text()
    (ignored,) = (line.split()[1] for line in status.splitlines() if line.startswith("SigIgn:"))
    return bool(int(ignored, 16) >> (signal.SIGINT - 1) & 1)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")
def test_ctrl_c_does_not_reach_processes_that_are_just_starting(tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    process = start(
        "sweep", "--seeds", "0-99", "--epochs", "1000", "--jobs", "2", "--out", str(out)
    )
    try:
        wait_until(lambda: len(workers_of(process)) == 2)
        assert all(ignores_interrupts(pid) for pid in workers_of(process))
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, errors = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    assert (process.returncode, errors) == (130, "Stopped.\n")
    wait_until(lambda: not group_of(process))


# On a cluster -----------------------------------------------------------------------


def test_without_dask_the_way_to_get_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match=r"needs Dask. Install it with: pip install -r"):
        next(run_all(CONFIGS, scheduler="tcp://127.0.0.1:8786"))


@pytest.mark.parametrize("address", ["", " ", "nowhere://x", "tcp://127.0.0.1:x"])
def test_what_is_no_address_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    needed("distributed")
    monkeypatch.setattr(parallel, "CONNECT_SECONDS", 0.1)
    with pytest.raises(ValueError, match=rf"There is no Dask scheduler at '{address}' \(.*Start"):
        next(run_all(CONFIGS, scheduler=address))


def free_port() -> int:
    """Return a port on which nobody listens at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_where_nobody_listens_there_is_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    needed("distributed")
    monkeypatch.setattr(parallel, "CONNECT_SECONDS", 0.1)
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(ValueError, match=rf"There is no Dask scheduler at '{address}'"):
        next(run_all(CONFIGS, scheduler=address))


class Cluster:
    """A scheduler and two workers on this machine, each in a process of its own."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        here = ("--host", "127.0.0.1", "--no-dashboard")
        self.scheduler = start(*here, "--port", str(port), module="distributed.cli.dask_scheduler")
        self.workers = [
            start(
                self.address, *here, "--no-nanny", "--nthreads", "1",
                "--local-directory", str(folder / name),
                module="distributed.cli.dask_worker",
            )
            for name in ("first", "second")
        ]  # fmt: skip

    def end(self) -> None:
        for process in (self.scheduler, *self.workers):
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster that is ended in any case."""
    needed("distributed")
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.end()


def test_a_cluster_trains_for_the_pages_with_the_same_bits(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SCHEDULER_VARIABLE, cluster.address)
    scheduler = SliceScheduler()
    configs = [RunConfig(epochs=40), RunConfig(dataset="own", scaling="z-score", epochs=40)]
    own = replace(load("moons"), name="own")
    jobs = [TrainingJob(Run(config, own), scheduler=scheduler) for config in configs]
    for job in jobs:
        job.go()
    try:
        assert all(job.join(SECONDS) for job in jobs)
        assert type(scheduler.executor).__name__ == "Cluster"
        for job, config in zip(jobs, configs, strict=True):
            there = Run(config, own)
            there.complete()
            assert job.run.network.parameters.tobytes() == there.network.parameters.tobytes()
            assert job.run.result == there.result
    finally:
        scheduler.close()


def test_without_the_scheduler_asked_for_a_thread_trains_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    needed("distributed")
    monkeypatch.setattr(parallel, "CONNECT_SECONDS", 0.2)
    monkeypatch.setenv(SCHEDULER_VARIABLE, f"tcp://127.0.0.1:{free_port()}")
    assert type(choose_executor()) is SliceExecutor
    assert "There is no Dask scheduler" in caplog.text


def sweep_on(cluster: Cluster, out: Path, *arguments: str) -> subprocess.Popen[str]:
    return start("sweep", "--scheduler", cluster.address, "--out", str(out), *arguments)


def test_neither_a_lost_worker_nor_a_lost_scheduler_loses_a_run(
    cluster: Cluster, tmp_path: Path
) -> None:
    points, out = tmp_path / "points.csv", [tmp_path / "first.csv", tmp_path / "second.csv"]
    moons = load("moons")
    np.savetxt(points, np.column_stack([moons.X, moons.labels]), delimiter=",")
    own = load_own(points)
    configs = grid_configs({"dataset": "own", "epochs": 300, "scaling": "z-score"}, {}, range(12))

    processes = [
        sweep_on(cluster, out[0], "--data", str(points), "--epochs", "300", "--seeds", "0-11")
    ]
    try:
        wait_until(out[0].exists)
        cluster.workers[0].send_signal(signal.SIGKILL)
        assert 0 < rows(out[0], configs, own) < 12
        _, errors = processes[0].communicate(timeout=SECONDS)
        assert (processes[0].returncode, errors) == (0, "")
        assert rows(out[0], configs, own) == len(ResultTable(out[0])) == 12
        (fifth,) = (row for row in ResultTable(out[0])._rows if row["seed"] == "5")
        assert float(fifth["test_loss"]) == train_and_summarize(configs[5], own)["test_loss"]

        processes.append(sweep_on(cluster, out[1], "--epochs", "60", "--seeds", "0-15"))
        wait_until(out[1].exists)
        cluster.scheduler.kill()  # what is missing then is made here
        _, errors = processes[1].communicate(timeout=SECONDS)
        assert (processes[1].returncode, errors) == (0, "")
        assert len(ResultTable(out[1])) == 16
    finally:
        for process in processes:
            process.kill()
