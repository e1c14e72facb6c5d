"""Samples in files are the same samples, read-only, and the files go with their data."""

import gc
import os
from pathlib import Path

import numpy as np
import pytest

from experiments.config import RunConfig
from experiments.training import shared_files
from experiments.training.prepared_data import _prepare, prepare
from experiments.training.shared_files import Parts, process_folder, write_samples
from mlp.samples import Samples


@pytest.mark.parametrize("settings", [{}, {"class_weight": "balanced"}, {"validation_fraction": 0}])
def test_shared_samples_are_those_that_were_prepared(settings: dict) -> None:
    config = RunConfig(seed=77, **settings)
    shared, kept = prepare(config), _prepare(config, prepare(config).dataset)
    files = shared.share()
    assert shared.share() is files
    for mapped, expected in zip(
        (*shared.parts(), *files.parts()), 2 * [*kept.parts()], strict=True
    ):
        assert (mapped is None) == (expected is None)
        for array, original in zip(mapped or (), expected or (), strict=True):
            np.testing.assert_array_equal(array, original)
            assert array is None or not array.flags.writeable


def test_the_files_go_with_their_data() -> None:
    prepared = _prepare(RunConfig(seed=78), prepare(RunConfig()).dataset)
    folder = Path(prepared.share().folder)
    assert folder.exists()
    del prepared
    gc.collect()
    assert not folder.exists()


def test_a_disk_without_room_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = Samples(np.zeros((2, 3), np.float32), np.zeros((2, 2), np.float32))
    before = set(process_folder().iterdir())

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shared_files.np, "save", refuse)
    with pytest.raises(OSError, match="No space left"):
        write_samples(Parts(samples, None, None))
    assert set(process_folder().iterdir()) == before


def test_what_a_killed_process_has_left_goes_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "perceptron-lab-999999999-abc"
    ours = tmp_path / f"perceptron-lab-{os.getpid()}-abc"
    strange = tmp_path / "perceptron-lab-notes"
    for folder in (left, ours, strange):
        folder.mkdir()
    monkeypatch.setattr(shared_files.tempfile, "gettempdir", lambda: str(tmp_path))
    folder = process_folder.__wrapped__()
    assert (left.exists(), ours.exists(), strange.exists()) == (False, True, True)
    folder.rmdir()
