"""The runs of a reader take a limited memory, and the oldest give way."""

import pytest

from experiments.background import run_store as shelf_module
from experiments.background.run_store import MAX_NAME, Shelf
from experiments.background.training_job import TrainingJob
from experiments.config import RunConfig
from experiments.training.run import Run


def job(epochs: int = 4) -> TrainingJob:
    run = Run(RunConfig(hidden_layers=(4,), epochs=epochs, batch_size=500), is_watched=True)
    run.complete()
    return TrainingJob(run)


def test_runs_are_numbered_and_found_again() -> None:
    shelf = Shelf()
    first, second = shelf.add(job()), shelf.add(job())
    assert [kept.name for kept in shelf.runs] == ["Run 1", "Run 2"]
    assert shelf.find(second.run) is second
    shelf.remove(first)
    assert shelf.runs == [second]
    assert shelf.add(job()).name == "Run 3"
    assert shelf.find(first.run) is None


def test_only_the_newest_run_can_go_on() -> None:
    shelf = Shelf()
    first, second = shelf.add(job()), shelf.add(job())
    assert not first.run.can_go_on
    assert second.run.can_go_on


def test_a_name_is_cut_and_an_empty_one_falls_back() -> None:
    shelf = Shelf()
    kept = shelf.add(job())
    shelf.rename(kept, f"  wide\n{'x' * 100}")
    assert kept.name == f"wide{'x' * 100}"[:MAX_NAME]
    shelf.rename(kept, " \t ")
    assert kept.name == "Run 1"


def test_the_oldest_snapshots_are_thinned_first(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    old, new = shelf.add(job(epochs=9)), shelf.add(job(epochs=9))
    assert not shelf.remark
    monkeypatch.setattr(shelf_module, "SHELF_BYTES", old.n_bytes + new.n_bytes - 1)
    shelf.make_room()
    assert old.run.snapshots.stride == 2
    assert new.run.snapshots.stride == 1
    assert "fewer epochs of the older runs" in shelf.remark


def test_where_thinning_is_not_enough_the_oldest_run_goes(monkeypatch) -> None:
    shelf = Shelf()
    runs = [shelf.add(job()) for _ in range(3)]
    monkeypatch.setattr(shelf_module, "SHELF_BYTES", 1)
    shelf.make_room()
    assert shelf.runs == runs[-1:]
    assert "Run 2, is gone" in shelf.remark


def test_there_are_never_too_many_runs(monkeypatch) -> None:
    monkeypatch.setattr(shelf_module, "MAX_RUNS", 3)
    shelf = Shelf()
    for _ in range(5):
        shelf.add(job(epochs=1))
    assert [kept.number for kept in shelf.runs] == [3, 4, 5]
