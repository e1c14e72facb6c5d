"""The runs of a reader take a limited memory, and the oldest give way."""

import pytest

from experiments.background import run_store as run_store_module
from experiments.background.run_store import MAX_NAME, RunStore
from experiments.background.training_job import TrainingJob
from experiments.config import RunConfig
from experiments.training.run import Run


def job(epochs: int = 4) -> TrainingJob:
    run = Run(RunConfig(hidden_layers=(4,), epochs=epochs, batch_size=500), keeps_snapshots=True)
    run.complete()
    return TrainingJob(run)


def test_runs_are_numbered_and_found_again() -> None:
    run_store = RunStore()
    first, second = run_store.add(job()), run_store.add(job())
    assert [kept.name for kept in run_store.runs] == ["Run 1", "Run 2"]
    assert run_store.find(second.run) is second
    run_store.remove(first)
    assert run_store.runs == [second]
    assert run_store.add(job()).name == "Run 3"
    assert run_store.find(first.run) is None


def test_a_run_that_has_a_name_keeps_it_unless_it_is_taken() -> None:
    run_store = RunStore()
    names = [run_store.add(job(epochs=1), name).name for name in ("deep", "deep", "", "x" * 99)]
    assert names == ["deep", "deep (loaded)", "Run 3", "x" * MAX_NAME]


def test_only_the_newest_run_can_go_on() -> None:
    run_store = RunStore()
    first, second = run_store.add(job()), run_store.add(job())
    assert not first.run.can_continue
    assert second.run.can_continue


def test_a_name_is_cut_and_an_empty_one_falls_back() -> None:
    run_store = RunStore()
    kept = run_store.add(job())
    run_store.rename(kept, f"  wide\n{'x' * 100}")
    assert kept.name == f"wide{'x' * 100}"[:MAX_NAME]
    run_store.rename(kept, " \t ")
    assert kept.name == "Run 1"


def test_the_oldest_snapshots_are_thinned_first(monkeypatch: pytest.MonkeyPatch) -> None:
    run_store = RunStore()
    old, new = run_store.add(job(epochs=9)), run_store.add(job(epochs=9))
    assert not run_store.remark
    monkeypatch.setattr(run_store_module, "READER_BYTES", old.n_bytes + new.n_bytes - 1)
    run_store.make_room()
    assert old.run.snapshots.stride == 2
    assert new.run.snapshots.stride == 1
    assert "fewer epochs of the older runs" in run_store.remark


def test_where_thinning_is_not_enough_the_oldest_run_goes(monkeypatch) -> None:
    run_store = RunStore()
    runs = [run_store.add(job()) for _ in range(3)]
    monkeypatch.setattr(run_store_module, "READER_BYTES", 1)
    run_store.make_room()
    assert run_store.runs == runs[-1:]
    assert "Run 2, was removed" in run_store.remark


def test_there_are_never_too_many_runs(monkeypatch) -> None:
    monkeypatch.setattr(run_store_module, "MAX_RUNS", 3)
    run_store = RunStore()
    for _ in range(5):
        run_store.add(job(epochs=1))
    assert [kept.number for kept in run_store.runs] == [3, 4, 5]


def test_many_readers_share_the_memory(monkeypatch) -> None:
    stores = [RunStore() for _ in range(4)]
    for store in stores:
        store.add(job(epochs=9))
    n_stores = sum(bool(store.runs) for store in run_store_module.PROCESS_STORES)
    n_bytes = stores[0].runs[0].run.network.parameters.nbytes
    monkeypatch.setattr(run_store_module, "ALL_READERS_BYTES", n_stores * 8 * n_bytes)
    stores[3].make_room()
    snapshots = stores[0].runs[0].run.snapshots
    snapshots.keep(10_000, stores[0].runs[0].run.network.parameters)
    assert snapshots.n_bytes <= 4 * n_bytes  # half of a reader's share
