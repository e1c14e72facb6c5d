"""Ctrl-C: when it ends the work at once, and when it is delayed."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether Ctrl-C was pressed; only a second press raises.

    Code that calls it from time to time can shut down cleanly.
    """
    was_pressed = False

    def remember(number: int, frame: object) -> None:
        nonlocal was_pressed
        was_pressed = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    with _interrupt_handler(remember):
        yield lambda: was_pressed


@contextmanager
def delay_interrupt() -> Iterator[None]:
    """Delay Ctrl-C until a piece of work is done.

    Raises
    ------
    KeyboardInterrupt : then, if it was pressed meanwhile
    """
    with stop_on_interrupt() as is_pressed:
        yield
    if is_pressed():
        raise KeyboardInterrupt


@contextmanager
def children_ignore_interrupt() -> Iterator[None]:
    """Let processes that are started here ignore Ctrl-C: their parent ends them."""
    with _interrupt_handler(signal.SIG_IGN):
        yield


@contextmanager
def _interrupt_handler(handler: Any) -> Iterator[None]:
    """Handle Ctrl-C with a handler; outside the main thread, Python does not allow it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
