"""Files that the processes of this machine share: samples, mapped into memory and read-only.

A process that maps a file reads the same memory as all others that do; there is one copy,
however many processes train on it. This module needs NumPy alone, as worker processes do.
"""

import os
import shutil
import tempfile
import weakref
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mlp.samples import Samples

PREFIX = "perceptron-lab-"
OPEN_FOLDERS = 4  # datasets that a worker keeps mapped


class Parts(NamedTuple):
    """The samples of a run; None for a part without samples."""

    training: Samples
    validation: Samples | None
    test: Samples | None


class SampleFiles(NamedTuple):
    """The parts of a prepared dataset in a folder, one file an array."""

    folder: str

    def parts(self) -> Parts:
        """Map the files into memory, read-only; those mapped last are still there."""
        return _map_last(self.folder)


class FineTuningFiles(NamedTuple):
    """The parts of a prepared dataset, but other samples to learn from."""

    prepared: SampleFiles
    learned: SampleFiles

    def parts(self) -> Parts:
        """Map the files into memory, read-only."""
        return self.prepared.parts()._replace(training=self.learned.parts().training)


@cache
def process_folder() -> Path:
    """Return the folder for the files of this process; it goes when the process ends.

    Folders that other processes have left behind, because they were killed, go now.

    Raises
    ------
    OSError : if there is no place for temporary files
    """
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not _is_running(left.name.removeprefix(PREFIX).split("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
    weakref.finalize(process_folder, shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _is_running(pid: str) -> bool:
    """Say whether a process may be running; if in doubt, it is."""
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except (OSError, ValueError):
        return True
    return True


def write_samples(parts: Parts) -> SampleFiles:
    """Write samples into a new folder.

    Raises
    ------
    OSError : if there is no room for them
    """
    folder = Path(tempfile.mkdtemp(dir=process_folder()))
    try:
        for name, samples in zip(Parts._fields, parts, strict=True):
            for field, array in zip(Samples._fields, samples or (), strict=False):
                if array is not None:
                    np.save(folder / f"{name}.{field}.npy", array)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return SampleFiles(str(folder))


def remove(files: SampleFiles) -> None:
    """Remove the files; who has mapped them keeps them."""
    shutil.rmtree(files.folder, ignore_errors=True)


def map_samples(files: SampleFiles) -> Parts:
    """Map the files into memory, read-only."""
    return _map(files.folder)


def _map(folder: str) -> Parts:
    training, *held_out = (_map_part(Path(folder), name) for name in Parts._fields)
    if training is None:
        raise FileNotFoundError(f"There are no samples in {folder}.")
    return Parts(training, *held_out)


_map_last = lru_cache(OPEN_FOLDERS)(_map)


def _map_part(folder: Path, part: str) -> Samples | None:
    arrays = {
        field: np.load(file, mmap_mode="r").view(np.ndarray)
        for field in Samples._fields
        if (file := folder / f"{part}.{field}.npy").exists()
    }
    return Samples(**arrays) if arrays else None
