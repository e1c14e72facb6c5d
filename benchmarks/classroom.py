"""A class that trains at the same time: python -m benchmarks.classroom [sessions] [query]

Starts a server, opens the given number of sessions, each through a websocket as a browser
would, presses Train in all of them, and lets each poll its training at the interval that
the server sets. One more session reruns its whole page now and then: so long does a
student wait who moves a control meanwhile.
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
RERUN_SECONDS = 0.25  # between two reruns of the session that measures


class Session:
    """One tab of a browser, as the server sees it.

    Attributes
    ----------
    buttons : their ids, by label
    fragment, interval : what the server tells the tab to rerun, and how often, in seconds
    page : that is open, as the server names it
    n_bytes : how much the server has sent
    """

    def __init__(self, connection: ClientConnection, query: str) -> None:
        self.connection, self.query = connection, query
        self.buttons: dict[str, str] = {}
        self.fragment, self.interval, self.page = "", 0.0, ""
        self.n_bytes = 0

    async def open(self, page: str) -> float:
        """Go to a page, named as in its address; return the seconds."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = page
        return await self._send(message)

    async def rerun(self, *, fragment: str = "", click: str = "") -> float:
        """Rerun the page or a fragment, after a click if one is given; return the seconds."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.fragment_id = fragment
        message.rerun_script.page_script_hash = self.page
        if click:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = self.buttons[click], True
        return await self._send(message)

    async def _send(self, message: BackMsg) -> float:
        """Send a message; return the seconds until the run that it has begun is over."""
        start = time.perf_counter()
        await self.connection.send(message.SerializeToString())
        while not self._ends_run(await self.connection.recv(decode=False)):
            pass
        return time.perf_counter() - start

    def _ends_run(self, raw: bytes) -> bool:
        """Note buttons and the fragment to poll; say whether a message ends the run."""
        self.n_bytes += len(raw)
        message = ForwardMsg.FromString(raw)
        match message.WhichOneof("type"):
            case "delta":
                button = message.delta.new_element.button
                if button.id:
                    self.buttons[button.label] = button.id
            case "new_session":
                self.page = message.new_session.page_script_hash
            case "auto_rerun":
                self.fragment = message.auto_rerun.fragment_id
                self.interval = message.auto_rerun.interval
            case "script_finished":
                return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False


async def poll(session: Session, until: float) -> list[float]:
    """Poll a training at the interval that the server sets; return the seconds of each poll."""
    times = []
    while time.monotonic() < until:
        await asyncio.sleep(session.interval)
        times.append(await session.rerun(fragment=session.fragment))
    return times


async def rerun_page(session: Session, until: float) -> list[float]:
    """Rerun the whole page now and then; return the seconds of each rerun."""
    times = []
    while time.monotonic() < until:
        await asyncio.sleep(RERUN_SECONDS)
        times.append(await session.rerun())
    return times


async def measure(url: str, n_sessions: int, query: str) -> None:
    """Let the class train, and print how long its pages took."""
    address = url.replace("http", "ws") + "/_stcore/stream"
    sessions = []
    for _ in range(n_sessions + 1):
        connection = await connect(address, origin=url, subprotocols=["streamlit"], max_size=None)
        sessions.append(Session(connection, query))
        await sessions[-1].rerun()
    measured, *students = sessions
    for student in students:
        await student.rerun(click="Train")
    until = time.monotonic() + SECONDS
    reruns, *polls = await asyncio.gather(
        rerun_page(measured, until), *(poll(student, until) for student in students)
    )
    rate = sum(map(len, polls)) / len(polls) / SECONDS
    print(f"{n_sessions} sessions train ({query}); each polls {rate:.2f} times a second")
    print(f"  a poll takes           {in_words([seconds for one in polls for seconds in one])}")
    print(f"  rerunning a page takes {in_words(reruns)}")


def in_words(seconds: Sequence[float]) -> str:
    """Return median and 95th percentile in milliseconds."""
    return (
        f"{1000 * statistics.median(seconds):.0f} ms in the median, "
        f"{1000 * statistics.quantiles(seconds, n=20)[-1]:.0f} ms at the 95th percentile"
    )


def main(n_sessions: str = "50", query: str = "epochs=10000&pace=auto") -> None:
    """Serve the app, and let a class train."""
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
