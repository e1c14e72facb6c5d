"""Waiting for something that happens in another thread."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from experiments.background.slice_scheduler import PROCESS_SCHEDULER

PATIENCE = 20.0  # seconds; a test that waits so long has failed


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a condition to hold."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


@contextmanager
def busy_processor() -> Iterator[None]:
    """Let all tasks of this process wait for a slice."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PROCESS_SCHEDULER, "_has_room", lambda *_: False)
        yield
    PROCESS_SCHEDULER.wake()
