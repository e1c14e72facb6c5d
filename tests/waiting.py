"""Waiting for something that happens in another thread."""

import time
from collections.abc import Callable

PATIENCE = 20.0  # seconds; a test that waits so long has failed


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a condition to hold."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)
