"""A sweep and its table: results are saved, resumed, and never half written."""

import dataclasses
import signal
from collections.abc import Generator, Sequence
from pathlib import Path

import pandas as pd
import pytest

from data.datasets import Dataset, load
from experiments.config import OWN, RunConfig
from experiments.sweep import result_table
from experiments.sweep.grid import grid_configs
from experiments.sweep.result_table import ResultTable, key_of
from experiments.sweep.sweep import sweep
from experiments.training.summary import Summary, train_and_summarize
from mlp.storage import write_atomically

BASE = {"epochs": 1, "hidden_layers": (4,), "validation_fraction": 0}
CONFIGS = grid_configs(BASE, {"learning_rate": [0.01, 0.1]}, [0, 1])
SUFFIXES = pytest.mark.parametrize("name", ["table.csv", "table.parquet"])


class Trainer:
    """Trains configs and records them; raises KeyboardInterrupt after `last` runs."""

    def __init__(self, own: Dataset | None = None, last: int | None = None) -> None:
        self.trained: list[RunConfig] = []
        self.own, self.last = own, last

    def __call__(self, configs: Sequence[RunConfig]) -> Generator[tuple[int, Summary]]:
        for number in reversed(range(len(configs))):  # in another order
            if len(self.trained) == self.last:
                raise KeyboardInterrupt
            self.trained.append(configs[number])
            yield number, train_and_summarize(configs[number], self.own)


def sorted_table(path: Path) -> pd.DataFrame:
    """Return the table of a file in the order of its keys, without the training times."""
    table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    return table.sort_values("key", ignore_index=True).drop(columns="seconds")


@SUFFIXES
def test_an_interrupted_sweep_resumes_where_it_stopped(name: str, tmp_path: Path) -> None:
    whole, parts = tmp_path / f"whole_{name}", tmp_path / name
    assert len(list(sweep(CONFIGS, ResultTable(whole), Trainer()))) == 4

    first = Trainer(last=1)
    with pytest.raises(KeyboardInterrupt):
        list(sweep(CONFIGS, ResultTable(parts), first))
    second = Trainer()
    reader = sweep(CONFIGS, ResultTable(parts), second)
    next(reader)
    reader.close()
    third = Trainer()
    list(sweep(CONFIGS, ResultTable(parts), third))
    assert [len(trainer.trained) for trainer in (first, second, third)] == [1, 1, 2]
    assert {*first.trained, *second.trained, *third.trained} == set(CONFIGS)

    fourth = Trainer()
    assert not list(sweep(CONFIGS, ResultTable(parts), fourth))
    assert not fourth.trained
    pd.testing.assert_frame_equal(sorted_table(whole), sorted_table(parts), check_dtype=False)
    assert {path.name for path in tmp_path.iterdir()} == {f"whole_{name}", name}


def test_a_larger_grid_trains_only_the_new_runs(tmp_path: Path) -> None:
    path, trainer = tmp_path / "table.csv", Trainer()
    list(sweep(CONFIGS[:2], ResultTable(path), Trainer()))
    table = ResultTable(path)
    assert [config in table for config in CONFIGS] == [True, True, False, False]
    list(sweep(CONFIGS, table, trainer))
    assert set(trainer.trained) == set(CONFIGS[2:])
    assert len(table) == 4


@SUFFIXES
def test_a_table_has_a_row_for_each_run_with_all_its_settings(name: str, tmp_path: Path) -> None:
    list(sweep(CONFIGS, ResultTable(tmp_path / name), Trainer()))
    table = sorted_table(tmp_path / name).set_index("key")
    for config in CONFIGS:
        row, summary = table.loc[key_of(config)], train_and_summarize(config)
        assert row["test_accuracy"] == summary["test_accuracy"]
        assert pd.isna(row["validation_accuracy"])
        assert (row["status"], row["epochs"], row["epochs_asked"]) == ("finished", 1, 1)
        assert str(row["hidden_layers"]) == "4"
        assert (row["learning_rate"], row["seed"]) == (config.learning_rate, config.seed)
    settings = set(RunConfig.model_fields)
    assert settings <= set(table.columns)


def test_a_diverged_run_is_a_row_with_empty_cells(tmp_path: Path) -> None:
    config = RunConfig(output="identity", loss="mse", optimizer="sgd", learning_rate=1000)
    for name in ("table.csv", "table.parquet"):
        list(sweep([config], ResultTable(tmp_path / name), Trainer()))
        (row,) = sorted_table(tmp_path / name).to_dict("records")
        assert row["status"] == "diverged"
        assert pd.isna(row["test_accuracy"])
        assert config in ResultTable(tmp_path / name)


def test_no_file_is_written_without_results(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        list(sweep(CONFIGS, ResultTable(tmp_path / "table.csv"), Trainer(last=0)))
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_file_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "table.csv"
    list(sweep(CONFIGS[:1], ResultTable(path), Trainer()))
    before = path.read_bytes()

    def write_half(self: Path, content: bytes) -> int:
        with open(self, "wb") as file:
            file.write(content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match="No space left"):
        list(sweep(CONFIGS, ResultTable(path), Trainer()))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_saving_takes_a_tenth_of_the_time_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, written = [0.0], []
    table = ResultTable(tmp_path / "table.csv")

    def write_slowly(path: Path, content: bytes) -> None:
        written.append(clock[0])
        clock[0] += 5.0

    monkeypatch.setattr(result_table.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(result_table, "write_atomically", write_slowly)
    summary = train_and_summarize(CONFIGS[0])
    for _ in range(120):
        clock[0] += 1.0
        table.add(CONFIGS[0], summary)
    table.save()
    table.save()
    assert written == pytest.approx([1.0, 57.0, 113.0, 135.0])


def test_ctrl_c_waits_until_the_file_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted_write(path: Path, content: bytes) -> None:
        signal.raise_signal(signal.SIGINT)
        write_atomically(path, content)

    monkeypatch.setattr(result_table, "write_atomically", interrupted_write)
    with pytest.raises(KeyboardInterrupt):
        list(sweep(CONFIGS, ResultTable(tmp_path / "table.csv"), Trainer()))
    assert len(ResultTable(tmp_path / "table.csv")) == 1


@SUFFIXES
def test_a_truncated_file_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    list(sweep(CONFIGS, ResultTable(path), Trainer()))
    content = path.read_bytes()
    last_row = content[:-1].rfind(b"\n") + 1 if name.endswith("csv") else 0
    for end in [5, *range(last_row + 1, len(content) - 2, max(1, len(content) // 50))]:
        path.write_bytes(content[:end])
        with pytest.raises(ValueError, match=r"is there, but it is no table of a sweep, or not a"):
            ResultTable(path)
        assert path.read_bytes() == content[:end]


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"a,b\n1,2\n", b"key\nabc\n", b"\x00\xff" * 50, b'key,"\n', b"key\n"]
)
@SUFFIXES
def test_another_file_is_refused_and_kept(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"'{name}' is there, but it is no table of a sweep"):
        ResultTable(path)
    assert path.read_bytes() == content


@SUFFIXES
def test_a_table_whose_settings_were_changed_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    list(sweep(CONFIGS[:1], ResultTable(path), Trainer()))
    table = pd.read_csv(path) if name.endswith("csv") else pd.read_parquet(path)
    for changed in (table.assign(learning_rate=0.5), table.drop(columns="dropout")):
        if name.endswith("csv"):
            changed.to_csv(path, index=False)
        else:
            changed.to_parquet(path, index=False)
        with pytest.raises(ValueError, match=r"or one of another version. Choose another name, or"):
            ResultTable(path)


def test_no_cell_of_a_table_is_a_formula_and_the_table_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    list(sweep(CONFIGS[:1], ResultTable(path), Trainer()))
    pd.read_csv(path).assign(note="=1+1").to_csv(path, index=False)  # from somebody else
    list(sweep(CONFIGS[:2], ResultTable(path), Trainer()))
    list(sweep(CONFIGS[:3], ResultTable(path), Trainer()))
    notes = pd.read_csv(path, dtype=str, keep_default_na=False)["note"]
    assert list(notes) == ["'=1+1", "", ""]


def test_another_suffix_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'table.xlsx' must end with .csv or .parquet, so that"):
        ResultTable(Path("table.xlsx"))


def test_runs_on_different_own_samples_are_different_runs(tmp_path: Path) -> None:
    first = dataclasses.replace(load("moons"), name="own")
    other = dataclasses.replace(first, X=first.X[::-1].copy())
    config = RunConfig(dataset=OWN, epochs=1)
    list(sweep([config], ResultTable(tmp_path / "t.csv", first), Trainer(first)))
    assert config in ResultTable(tmp_path / "t.csv", first)
    assert config not in ResultTable(tmp_path / "t.csv", other)
    list(sweep([config], ResultTable(tmp_path / "t.csv", other), Trainer(other)))
    assert len(ResultTable(tmp_path / "t.csv")) == 2


def test_a_key_is_the_same_on_any_machine() -> None:
    assert key_of(RunConfig()) == key_of(RunConfig(learning_rate="5e-3", hidden_layers="32"))
    assert len({key_of(config) for config in CONFIGS}) == len(CONFIGS)
