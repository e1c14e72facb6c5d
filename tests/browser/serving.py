"""A real server and a real Chromium, for the tests and for the benchmarks."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0

SERVE = (
    "import logging; logging.basicConfig(level=logging.INFO); "
    "from streamlit.web.cli import main; main()"
)
CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # it would look for hosts that may be out of reach
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Server:
    url: str
    log: Path
    pid: int

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for_log(self, words: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.logged():
            assert time.monotonic() < deadline, f"'{words}' was never logged"
            time.sleep(0.1)


@contextmanager
def running_server(
    log: Path, *, first: str = "", folder: Path = ROOT, script: str = "app.py"
) -> Iterator[Server]:
    """Serve the app on a free port of this machine, until the block ends.

    Parameters
    ----------
    first : lines of Python that the server's process runs before the app
    folder : where the app is
    script : what to run in that folder
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    url = f"http://127.0.0.1:{port}"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", first + SERVE, "run", script, *flags],
            cwd=folder,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for_health(url, process)
        yield Server(url, log, process.pid)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait_for_health(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)
        except OSError:
            assert process.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)
        else:
            return


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start the system's Chromium; the one that playwright would bring is not needed."""
    path = shutil.which("chromium")
    assert path, "no chromium on this machine"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
