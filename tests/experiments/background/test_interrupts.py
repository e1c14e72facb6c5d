"""Ctrl-C ends the work in good order, and never in the middle of a file."""

import signal
import subprocess
import sys
import threading

import pytest

from experiments.background.interrupts import (
    children_ignore_interrupt,
    delay_interrupt,
    stop_on_interrupt,
)


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def a_child_is_deaf() -> bool:
    program = "import signal; print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)"
    return subprocess.check_output([sys.executable, "-c", program]).strip() == b"True"


def test_the_first_press_is_remembered_and_the_second_ends_at_once() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stop_on_interrupt() as is_pressed:
        assert not is_pressed()
        press()
        assert is_pressed()
        with pytest.raises(KeyboardInterrupt):
            press()
    assert signal.getsignal(signal.SIGINT) is before


def test_work_that_must_not_be_disturbed_is_done_first() -> None:
    done = []

    def work() -> None:
        with delay_interrupt():
            press()
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["all of it"]
    with delay_interrupt():
        pass


def test_a_child_ignores_what_its_parent_decides_on() -> None:
    with children_ignore_interrupt():
        assert a_child_is_deaf()
    assert a_child_is_deaf() == (signal.getsignal(signal.SIGINT) == signal.SIG_IGN)


def test_another_thread_leaves_ctrl_c_as_it_is() -> None:
    seen = []

    def look() -> None:
        with stop_on_interrupt() as is_pressed, delay_interrupt(), children_ignore_interrupt():
            seen.append((signal.getsignal(signal.SIGINT), is_pressed()))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [(signal.getsignal(signal.SIGINT), False)]
