"""What a look at a live run costs the server: python -m benchmarks.looks [query] [page] [profile]

Starts a server, opens one session through a websocket as a browser would, presses Train, opens
a page, and asks for the polled part of it again and again. The CPU time is that of the whole
server, less what it takes in the same time when nobody looks. With `profile`, it also prints
in which functions the looks spend their time (the profiler itself slows them down).
"""

import asyncio
import cProfile
import os
import pstats
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData

from benchmarks.browser_tab import Tab
from tests.browser.serving import Server, running_server

N_LOOKS = 100
SECONDS_BETWEEN = 0.2
PROFILED = "from benchmarks.looks import profile_looks; profile_looks(); "
N_FUNCTIONS = 45  # of the profile


def profile_looks() -> None:
    """Profile all reruns of fragments in this process; write the profile after each."""
    profile, run = cProfile.Profile(), ScriptRunner._run_script
    target = os.environ["LOOKS_PROFILE"]

    def run_profiled(self: ScriptRunner, data: RerunData) -> Any:
        if not data.fragment_id_queue:
            return run(self, data)
        try:
            return profile.runcall(run, self, data)
        finally:
            profile.dump_stats(target)

    ScriptRunner._run_script = run_profiled  # type: ignore[method-assign]


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(server: Server, query: str, page: str) -> None:
    """Look at one training, and print what the looks took."""
    tab = Tab(server.url, dict(parse_qsl(query)))
    try:
        await tab.open()
        await tab.click("Train")
        await tab.go_to(page)
        await _look(tab, 10)  # warm up
        idle = await _idle(server, N_LOOKS * SECONDS_BETWEEN / 2)
        n_bytes, start, clock = tab.n_bytes, cpu_seconds(server.pid), time.perf_counter()
        looks = await _look(tab, N_LOOKS)
        cpu = cpu_seconds(server.pid) - start - idle * (time.perf_counter() - clock)
        n_bytes = tab.n_bytes - n_bytes
    finally:
        await tab.close()
    print(f"one session looks at a training ({query}) on the page '{page}'")
    print(f"  a look takes  {statistics.median(looks) * 1000:.1f} ms in the median,", end=" ")
    print(f"{statistics.quantiles(looks, n=20)[-1] * 1000:.1f} ms at the 95th percentile")
    print(f"  CPU           {cpu / N_LOOKS * 1000:.1f} ms a look, of the whole server")
    print(f"  sends         {n_bytes / N_LOOKS / 1000:.1f} kB a look")


async def _look(tab: Tab, times: int) -> list[float]:
    """Return the seconds of each of some looks, as often as the server asks for."""
    return [await tab.look() for _ in range(times)]


async def _idle(server: Server, seconds: float) -> float:
    """Return the processor time a second of a server that only trains."""
    start = cpu_seconds(server.pid)
    await asyncio.sleep(seconds)
    return (cpu_seconds(server.pid) - start) / seconds


def main(query: str = "epochs=10000&pace=10", page: str = "Train", profiled: str = "") -> None:
    """Serve the app, and look at a training."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LOOKS_PROFILE"] = profile = str(Path(folder) / "profile")
        first = PROFILED if profiled else ""
        with running_server(Path(folder) / "log", first=first) as server:
            asyncio.run(measure(server, query, page))
        if profiled:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(N_FUNCTIONS)


if __name__ == "__main__":
    main(*sys.argv[1:])
