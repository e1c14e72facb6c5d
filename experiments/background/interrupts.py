"""Ctrl-C: when it ends the work at once, and when it has to wait."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether Ctrl-C was pressed; only a second time it is an error.

    Who asks it now and then can end in good order.
    """
    was_pressed = False

    def remember(number: int, frame: object) -> None:
        nonlocal was_pressed
        was_pressed = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    with _handled_by(remember):
        yield lambda: was_pressed


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let Ctrl-C wait until a piece of work is done.

    Raises
    ------
    KeyboardInterrupt : then, if it was pressed meanwhile
    """
    with stop_on_interrupt() as is_pressed:
        yield
    if is_pressed():
        raise KeyboardInterrupt


@contextmanager
def deaf_children() -> Iterator[None]:
    """Let processes that are started here ignore Ctrl-C: the one that started them decides."""
    with _handled_by(signal.SIG_IGN):
        yield


@contextmanager
def _handled_by(handler: Any) -> Iterator[None]:
    """Say what Ctrl-C does for a while; outside the main thread, Python lets nobody say it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
