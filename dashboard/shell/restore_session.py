"""A page that is loaded anew finds its runs again.

Every tab has a ticket that nobody can guess. The browser keeps it for as long as the tab
is open, and shows it after a reload; the runs of a page that has just gone are then
handed to the one that has come. A second tab has a ticket of its own.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import streamlit as st

from dashboard import session

KEPT_SECONDS = 60.0  # what a page has is kept for so long after it has gone
MAX_TOKEN = 100  # characters

REMEMBER = """
const KEY = "perceptron-lab";
export default function ({ data, setTriggerValue }) {
  const [ticket = "", runs = "0"] = (sessionStorage.getItem(KEY) ?? "").split(" ");
  if (ticket && ticket !== data.ticket) {
    setTriggerValue("previous", { ticket, runs: Number(runs) });
  }
  sessionStorage.setItem(KEY, `${data.ticket} ${data.runs}`);
}
"""


@dataclass
class KeptSession:
    """What a page has, whether it is there, and since when it is known to have gone."""

    tab: session.Tab
    is_present: Callable[[], bool]
    gone_at: float | None = None


class SessionKeeper:
    """Keeps what pages have, by their tickets, until they have been gone for a while.

    Parameters
    ----------
    kept_seconds : for so long after it was noticed that they have gone
    """

    def __init__(self, kept_seconds: float = KEPT_SECONDS) -> None:
        self.kept_seconds = kept_seconds
        self._kept: dict[str, KeptSession] = {}
        self._lock = Lock()

    def hold(self, token: str, tab: session.Tab, is_present: Callable[[], bool]) -> None:
        """Keep what a page has, and let go of what nobody has come back for."""
        with self._lock:
            self._kept[token] = KeptSession(tab, is_present)
            now = time.monotonic()
            for kept in self._kept.values():
                gone_at = now if kept.gone_at is None else kept.gone_at
                kept.gone_at = None if kept.is_present() else gone_at
            self._kept = {
                key: kept
                for key, kept in self._kept.items()
                if kept.gone_at is None or now - kept.gone_at <= self.kept_seconds
            }

    def knows(self, token: str) -> bool:
        """Say whether what belongs to a ticket is still here."""
        with self._lock:
            return token in self._kept

    def take(self, token: str) -> session.Tab | None:
        """Give out what a page had, once, if that page has gone and is not forgotten."""
        with self._lock:
            kept = self._kept.get(token)
            if kept is None or kept.is_present():
                return None
            del self._kept[token]
            return kept.tab

    def __len__(self) -> int:
        return len(self._kept)


_mount = st.components.v2.component("comeback", html="<span hidden></span>", js=REMEMBER)


@st.cache_resource(show_spinner=False)
def _session_keeper() -> SessionKeeper:
    return SessionKeeper()


def draw() -> None:
    """Remember this page, and take up where the one before a reload has left off."""
    token = session.restore_token()
    _session_keeper().hold(token, session.tab(), session.presence())
    data = {"ticket": token, "runs": len(session.runs())}
    with st.sidebar:
        _mount(key=session.RESTORE, data=data, on_previous_change=_restore)


def _restore() -> None:
    """Take what the page had before it was loaded anew; say so if it is gone."""
    match session.value(session.RESTORE).get("previous"):
        case {"ticket": str(token), "runs": int() | float() as n_runs} if len(token) <= MAX_TOKEN:
            restore_session(_session_keeper(), token, had_runs=n_runs > 0)


def restore_session(room: SessionKeeper, token: str, *, had_runs: bool) -> None:
    """Go on with what another page had, or say that it is gone.

    Nothing is taken from a page that is still there, nor by one that has begun anew.
    """
    if session.tab().job is not None:
        return
    if not room.knows(token):
        if had_runs:
            session.set_notices(
                ["This page was loaded anew, and its runs are gone. The settings are in the link."]
            )
        return
    tab = room.take(token)
    if tab is not None:
        session.set_value(session.TAB, tab)
        measuring = tab.measuring and tab.measuring.sequence
        for work in (tab.job, *tab.comparisons.values(), measuring):
            if work is not None:
                work.set_presence(session.presence())
