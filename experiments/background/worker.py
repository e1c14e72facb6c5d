"""What a worker process does. It loads NumPy and this project's training, and nothing else."""

import os
import signal
import threading
import time

from experiments.background.stop_flags import StopFlag
from experiments.training.slices import (
    Extent,
    SampleSource,
    SliceReport,
    Training,
    never,
    train_slice,
)

NICENESS = 10  # where the cores are busy, drawing pages goes before training
CHECK_SECONDS = 1.0  # between two checks whether the server is there


def begin(server: int) -> None:
    """Prepare a worker: pages come first, Ctrl-C is the server's, and it ends with the server."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(server,), daemon=True).start()


def _end_with(server: int) -> None:
    while os.getppid() == server:
        time.sleep(CHECK_SECONDS)
    os._exit(1)


def make_slice(
    training: Training, source: SampleSource, extent: Extent, flag: StopFlag | None
) -> SliceReport:
    """Train for a moment, or until the flag is set."""
    return train_slice(training, source, extent, flag.is_set if flag else never)


def warm_up() -> None:
    """Do nothing: by now, everything is loaded."""
    time.sleep(0.05)  # so that the other worker gets its turn as well
