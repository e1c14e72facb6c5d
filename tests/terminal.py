"""The program as somebody at a terminal meets it: a process, its two streams, its end."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECONDS = 60.0  # no process of a test takes longer, however busy the machine


def start(*arguments: str, module: str = "main", **variables: str) -> subprocess.Popen[str]:
    """Start a module of the project as the leader of its own group, as a terminal does."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **variables},
        start_new_session=True,
        preexec_fn=lambda: signal.signal(
            signal.SIGINT, signal.SIG_DFL
        ),  # though it be ignored here
    )


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something to happen."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it has not happened"
        time.sleep(0.02)


def group_of(process: subprocess.Popen[str]) -> dict[int, str]:
    """Return the live processes that a process has started, with their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(group) == process.pid != int(folder.name) and state != "Z":
                found[int(folder.name)] = (folder / "cmdline").read_text()
        except OSError:  # it has ended meanwhile
            continue
    return found
