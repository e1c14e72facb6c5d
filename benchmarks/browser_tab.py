"""A tab of a browser without the browser: speaks to a Streamlit server through its websocket.

It sends what a browser would send, and keeps of the answers only what decides on the next
request: the pages, the controls, which fragments the server wants to be rerun and where it wants
to be asked for news, and how often.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Navigation_pb2 import Navigation
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin, Subprotocol

from benchmarks.http_connection import HttpConnection

NEVER = float("inf")
ANSWER_SECONDS = 60.0  # a server that takes longer has lost the tab
CACHED_RUNS = 2  # for so many runs a browser keeps large messages, so that they are not sent again
PROGRESS = re.compile(
    rb"Epoch ([\d,]+) of [\d,]+(?:[^\"]{0,120}? ([\d,]+) (?:images|samples) a second)?"
)


class SessionLostError(Exception):
    """The server has closed the connection, does not answer, or shows no usable page."""


class Reading(NamedTuple):
    """What a page says of its run, and when it said so.

    epoch : how many are done
    speed : samples a second, in the mean since Train was pressed, if the page says so
    """

    at: float
    epoch: int
    speed: int | None = None


class Widget(NamedTuple):
    """A control of a page.

    key : its name in the link, if it is there
    """

    id: str
    key: str


def progress_in(message: bytes, at: float) -> Reading | None:
    """Return how far a run is, if a message says so in any of its texts, JSON included."""
    found = PROGRESS.search(message)
    if not found:
        return None
    epoch, speed = (int(words.replace(b",", b"")) if words else None for words in found.groups())
    return Reading(at, epoch or 0, speed)


class Tab:
    """A tab, and what its page shows.

    Attributes
    ----------
    page : title of the page
    pages : their hashes, by title
    widgets : the controls of the page, by label
    alerts : what the boxes on the page say, and how a run ended
    readings : the progress that the Train page has shown
    exceptions : all that a page has shown instead of itself
    n_bytes : how much the server has sent
    """

    def __init__(self, url: str, query: dict[str, str]) -> None:
        self._url, self._query = url, dict(query)
        self._connection: ClientConnection | None = None
        self._states: dict[str, WidgetState] = {}
        self._intervals: dict[str, float] = {}  # in seconds, by fragment
        self._due: dict[str, float] = {}
        self._news_due, self._news_address = NEVER, ""
        self._requests = HttpConnection(url)
        self._cached: dict[str, tuple[str, int]] = {}  # the fragment and the run they came from
        self._n_runs, self._awaits_progress = 0, True
        self.page = ""
        self.pages: dict[str, str] = {}
        self.widgets: dict[str, Widget] = {}
        self.alerts: list[str] = []
        self.readings: list[Reading] = []
        self.exceptions: list[str] = []
        self.n_bytes = 0

    async def open(self) -> float:
        """Connect to the server, and load its first page; return the seconds of that."""
        start = time.perf_counter()
        try:
            self._connection = await connect(
                self._url.replace("http", "ws") + "/_stcore/stream",
                origin=Origin(self._url),
                subprotocols=[Subprotocol("streamlit")],
                compression=None,
                max_size=None,
                open_timeout=ANSWER_SECONDS,
                ping_interval=None,  # the server asks, as it asks a browser
            )
        except (OSError, TimeoutError, WebSocketException) as error:
            raise SessionLostError(f"no connection: {error}") from None
        await self.rerun()
        return time.perf_counter() - start

    async def close(self) -> None:
        """Close the tab, if it is open."""
        await self._requests.close()
        if self._connection:
            with suppress(OSError, WebSocketException):
                await self._connection.close()

    # What a reader can do ---------------------------------------------------------

    async def rerun(self) -> float:
        """Rerun the page; return the seconds until it is there, as all of these do."""
        return await self._request(BackMsg())

    async def go_to(self, title: str) -> float:
        """Go to another page."""
        if title not in self.pages:
            raise SessionLostError(f"no page '{title}' in the navigation")
        message = BackMsg()
        message.rerun_script.page_script_hash = self.pages[title]
        return await self._request(message)

    async def click(self, label: str) -> float:
        """Press a button."""
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = self._widget(label).id, True
        return await self._request(message)

    async def set_number(self, label: str, value: float) -> float:
        """Type a number."""
        return await self._set(label, value, WidgetState(double_value=value))

    async def move_slider(self, label: str, value: float) -> float:
        """Move a slider."""
        state = WidgetState()
        state.double_array_value.data.append(value)
        return await self._set(label, value, state)

    async def _set(self, label: str, value: float, state: WidgetState) -> float:
        """Rerun with another value of a control, which goes into the link as well."""
        widget = self._widget(label)
        state.id = widget.id
        self._states[widget.id] = state
        if widget.key:
            self._query[widget.key] = f"{value:g}"
        return await self._request(BackMsg())

    def _widget(self, label: str) -> Widget:
        if label not in self.widgets:
            raise SessionLostError(f"no '{label}' on the page {self.page}")
        return self.widgets[label]

    # What the server has asked for ------------------------------------------------

    @property
    def next_look(self) -> float:
        """When the next look is due; never, if the server wants none."""
        return min(self._news_due, min(self._due.values(), default=NEVER))

    async def look(self) -> float:
        """Wait until the next look is due, and take it; return the seconds until the answer."""
        if self._news_due <= min(self._due.values(), default=NEVER):
            return await self._ask_for_news()
        fragment = min(self._due, key=self._due.__getitem__)
        await asyncio.sleep(self._due[fragment] - time.monotonic())
        # A tick that the rerun outlasts waits in the server, and is answered right after it.
        self._due[fragment] = max(self._due[fragment] + self._intervals[fragment], time.monotonic())
        message = BackMsg()
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = True
        return await self._request(message)

    async def _ask_for_news(self) -> float:
        """Ask what is new; if the page is outdated, have it drawn anew."""
        await asyncio.sleep(self._news_due - time.monotonic())
        body, seconds = await self._timed(self._requests.get(f"/{self._news_address}"))
        self._awaits_progress = True
        self._take_progress(body)
        news = json.loads(body)
        # As in the browser, the time until the next look begins with the answer.
        self._news_due = time.monotonic() + news["seconds"]
        if news["isOutdated"]:
            await self.rerun()
        return seconds

    async def _timed(self, request: Awaitable[bytes]) -> tuple[bytes, float]:
        """Return the answer to a plain request, and the seconds until it was there."""
        start = time.perf_counter()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                body = await request
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as error:
            raise SessionLostError(f"no news: {error}") from None
        self.n_bytes += len(body)
        return body, time.perf_counter() - start

    # The wire ---------------------------------------------------------------------

    async def _request(self, message: BackMsg) -> float:
        """Send a request, and take in the answer; return the seconds until its end."""
        if self._connection is None:
            raise SessionLostError("the tab was never opened")
        self._complete(message)
        self._awaits_progress = True
        start = time.perf_counter()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._connection.send(message.SerializeToString())
                while not self._ends_run(await self._connection.recv(decode=False)):
                    pass
        except TimeoutError:
            raise SessionLostError(f"no answer for {ANSWER_SECONDS:.0f} s") from None
        except (OSError, WebSocketException) as error:
            raise SessionLostError(f"connection closed: {error}") from None
        self._forget_messages(message.rerun_script.fragment_id)
        return time.perf_counter() - start

    def _complete(self, message: BackMsg) -> None:
        """Add to a request what a browser sends with each."""
        rerun = message.rerun_script
        rerun.query_string = urlencode(self._query)
        rerun.page_script_hash = rerun.page_script_hash or self.pages.get(self.page, "")
        rerun.widget_states.widgets.extend(self._states.values())
        rerun.cached_message_hashes.extend(self._cached)
        rerun.context_info.locale, rerun.context_info.timezone = "en-US", "UTC"

    def _forget_messages(self, fragment: str) -> None:
        """Forget the large messages of what has just been rerun, if they are old."""
        self._n_runs += 1
        self._cached = {
            key: (owner, run)
            for key, (owner, run) in self._cached.items()
            if (fragment and owner != fragment) or self._n_runs - run <= CACHED_RUNS
        }

    def _ends_run(self, raw: bytes) -> bool:
        """Keep what matters of a message; say whether it ends the run."""
        self.n_bytes += len(raw)
        message = ForwardMsg.FromString(raw)
        match message.WhichOneof("type"):
            case "delta":
                self._take_delta(message.delta)
                self._take_progress(raw)
                if message.metadata.cacheable:
                    self._cached[message.hash] = message.delta.fragment_id, self._n_runs
            case "ref_hash":
                owner, _ = self._cached.get(message.ref_hash, ("", 0))
                self._cached[message.ref_hash] = owner, self._n_runs
            case "new_session" if not message.metadata.run.fragment_ids:
                self._clear()
            case "navigation":
                self._take_pages(message.navigation)
            case "auto_rerun":
                self._poll(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._intervals.pop(fragment, None)
                    self._due.pop(fragment, None)
            case "script_finished":
                return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    def _clear(self) -> None:
        """Forget the page: it is drawn anew, and then says again what to rerun."""
        self.widgets, self.alerts = {}, []
        self._intervals, self._due = {}, {}
        self._news_due = NEVER

    def _poll(self, fragment: str, interval: float) -> None:
        """Rerun a fragment at an interval; asked for again, its clock goes on."""
        if self._intervals.get(fragment) != interval:
            self._intervals[fragment] = interval
            self._due[fragment] = time.monotonic() + interval

    def _take_pages(self, navigation: Navigation) -> None:
        self.pages = {page.page_name: page.page_script_hash for page in navigation.app_pages}
        titles = {value: title for title, value in self.pages.items()}
        self.page = titles.get(navigation.page_script_hash, "")

    def _take_delta(self, delta: Delta) -> None:
        element = delta.new_element
        match element.WhichOneof("type"):
            case "button" | "slider" | "number_input" as kind:
                widget = getattr(element, kind)
                key = getattr(widget, "query_param_key", "")
                self.widgets.setdefault(widget.label, Widget(widget.id, key))
            case "alert":
                self.alerts.append(element.alert.body)
            case "bidi_component":
                self._take_component(element.bidi_component.json)
            case "exception":
                self.exceptions.append(f"{element.exception.type}: {element.exception.message}")

    def _take_component(self, content: str) -> None:
        """Take in where to ask for news, and how a run ended, if a component says so."""
        if '"address"' in content:
            feed = json.loads(content)
            self._news_address, seconds = feed["address"], feed["seconds"]
            self._news_due = time.monotonic() + seconds if self._news_address else NEVER
        elif '"tone"' in content:
            status = json.loads(content)["content"]
            if status["tone"] != "progress":
                self.alerts.append(status["words"])

    def _take_progress(self, raw: bytes) -> None:
        """Read the progress once a run: it is what the Train page draws first."""
        if self._awaits_progress and self.page == "Train":
            reading = progress_in(raw, time.monotonic())
            if reading:
                self.readings.append(reading)
                self._awaits_progress = False
