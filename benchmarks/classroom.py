"""A class that trains at once: python -m benchmarks.classroom [sessions] [query]

Starts a server, opens as many sessions as asked for, each through a websocket as a
browser would, presses Train in all of them, and lets each look at its training in the
rhythm that the server asks for. One more session reruns its whole page now and then:
its times are what a student feels who moves a control meanwhile.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.browser.serving import running_server

SECONDS = 20.0
PROBE_SECONDS = 0.25  # between two reruns of the session that measures


class Session:
    """One tab, as the server sees it.

    Attributes
    ----------
    buttons : their ids, by label
    fragment, interval : what the server asks to rerun, and how often, in seconds
    """

    def __init__(self, connection: ClientConnection, query: str) -> None:
        self.connection, self.query = connection, query
        self.buttons: dict[str, str] = {}
        self.fragment, self.interval = "", 0.0

    async def rerun(self, *, fragment: str = "", click: str = "") -> float:
        """Rerun the page or a fragment, after a click if wanted; return the seconds it took."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.fragment_id = fragment
        if click:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = self.buttons[click], True
        start = time.perf_counter()
        await self.connection.send(message.SerializeToString())
        while not self._ends_run(await self.connection.recv(decode=False)):
            pass
        return time.perf_counter() - start

    def _ends_run(self, raw: bytes) -> bool:
        message = ForwardMsg.FromString(raw)
        match message.WhichOneof("type"):
            case "delta":
                button = message.delta.new_element.button
                if button.id:
                    self.buttons[button.label] = button.id
            case "auto_rerun":
                self.fragment = message.auto_rerun.fragment_id
                self.interval = message.auto_rerun.interval
            case "script_finished":
                return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False


async def watch(session: Session, until: float) -> list[float]:
    """Look at a training in the rhythm that the server asks for; return the seconds of each."""
    times = []
    while time.monotonic() < until:
        await asyncio.sleep(session.interval)
        times.append(await session.rerun(fragment=session.fragment))
    return times


async def probe(session: Session, until: float) -> list[float]:
    """Rerun the whole page now and then; return the seconds of each."""
    times = []
    while time.monotonic() < until:
        await asyncio.sleep(PROBE_SECONDS)
        times.append(await session.rerun())
    return times


async def measure(url: str, n_sessions: int, query: str) -> None:
    """Run the class and print what it felt like."""
    address = url.replace("http", "ws") + "/_stcore/stream"
    sessions = []
    for _ in range(n_sessions + 1):
        connection = await connect(address, origin=url, subprotocols=["streamlit"], max_size=None)
        sessions.append(Session(connection, query))
        await sessions[-1].rerun()
    prober, *students = sessions
    for student in students:
        await student.rerun(click="Train")
    until = time.monotonic() + SECONDS
    full, *looks = await asyncio.gather(
        probe(prober, until), *(watch(student, until) for student in students)
    )
    rate = sum(map(len, looks)) / len(looks) / SECONDS
    print(f"{n_sessions} sessions train ({query}); each looks {rate:.2f} times a second")
    print(f"  a look takes           {in_words([seconds for one in looks for seconds in one])}")
    print(f"  rerunning a page takes {in_words(full)}")


def in_words(seconds: Sequence[float]) -> str:
    """Return median and 95th percentile in milliseconds."""
    return (
        f"{1000 * statistics.median(seconds):.0f} ms in the median, "
        f"{1000 * statistics.quantiles(seconds, n=20)[-1]:.0f} ms at the 95th percentile"
    )


def main(n_sessions: str = "50", query: str = "epochs=10000&pace=auto") -> None:
    """Serve the app and hold the class."""
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder) / "log") as server:
        asyncio.run(measure(server.url, int(n_sessions), query))
        print(f"  memory of the server   {memory_of(server.pid):.0f} MB")


def memory_of(pid: int) -> float:
    """Return the resident memory of a process in MB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
