"""A page that is reloaded finds its runs again.

Every tab has a token that nobody can guess. The browser stores it for as long as the tab
is open, and sends it after a reload; the session of a page that has just gone is then
handed to the one that has come. A second tab has a token of its own.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Timer

import streamlit as st

from dashboard import session

KEPT_SECONDS = 60.0  # a session is kept for so long after its page has gone
CHECK_SECONDS = 5.0  # between two checks whether pages have gone
MAX_TOKEN = 100  # characters

REMEMBER = """
const KEY = "perceptron-lab";
export default function ({ data, setTriggerValue }) {
  const [token = "", runs = "0"] = (sessionStorage.getItem(KEY) ?? "").split(" ");
  if (token && token !== data.token) {
    setTriggerValue("previous", { token, runs: Number(runs) });
  }
  sessionStorage.setItem(KEY, `${data.token} ${data.runs}`);
}
"""


@dataclass
class KeptSession:
    """The session of a page, whether the page is connected, and when it was first found gone."""

    tab: session.Tab
    is_present: Callable[[], bool]
    gone_at: float | None = None


class SessionKeeper:
    """Keeps the sessions of all pages, by their tokens, for a while after the pages have gone.

    Parameters
    ----------
    kept_seconds : how long a session is kept after its page was found gone
    check_seconds : time between two checks whether pages have gone
    """

    def __init__(
        self, kept_seconds: float = KEPT_SECONDS, check_seconds: float = CHECK_SECONDS
    ) -> None:
        self.kept_seconds = kept_seconds
        self.check_seconds = check_seconds
        self._kept: dict[str, KeptSession] = {}
        self._timer: Timer | None = None
        self._lock = Lock()

    def keep(self, token: str, tab: session.Tab, is_present: Callable[[], bool]) -> None:
        """Keep the session of a page, until it was gone for long and nobody came back for it."""
        with self._lock:
            self._kept[token] = KeptSession(tab, is_present)
            if self._timer is None:
                self._check_later()

    def forget_gone(self) -> None:
        """Drop the sessions that nobody has come back for."""
        with self._lock:
            now = time.monotonic()
            for kept in self._kept.values():
                gone_at = now if kept.gone_at is None else kept.gone_at
                kept.gone_at = None if kept.is_present() else gone_at
            self._kept = {
                token: kept
                for token, kept in self._kept.items()
                if kept.gone_at is None or now - kept.gone_at <= self.kept_seconds
            }
            self._timer = None
            if self._kept:
                self._check_later()

    def _check_later(self) -> None:
        """Check by itself: after the last page has gone, none would do it."""
        self._timer = Timer(self.check_seconds, self.forget_gone)
        self._timer.daemon = True
        self._timer.start()

    def __contains__(self, token: str) -> bool:
        with self._lock:
            return token in self._kept

    def take(self, token: str) -> session.Tab | None:
        """Hand out the session of a page, once, if the page has gone and the session is kept."""
        with self._lock:
            kept = self._kept.get(token)
            if kept is None or kept.is_present():
                return None
            del self._kept[token]
            return kept.tab

    def __len__(self) -> int:
        return len(self._kept)


_mount = st.components.v2.component("restore_session", html="<span hidden></span>", js=REMEMBER)


@st.cache_resource(show_spinner=False)
def _session_keeper() -> SessionKeeper:
    return SessionKeeper()


def draw() -> None:
    """Keep the session of this page, and restore the one from before a reload."""
    token = session.restore_token()
    _session_keeper().keep(token, session.tab(), session.page().is_present)
    data = {"token": token, "runs": len(session.runs())}
    with st.sidebar:
        _mount(key=session.RESTORE, data=data, on_previous_change=_take_token)


def _take_token() -> None:
    """Restore the session whose token the browser has sent."""
    match session.sent(session.RESTORE, "previous"):
        case {"token": str(token), "runs": int() | float() as n_runs} if len(token) <= MAX_TOKEN:
            restore_session(_session_keeper(), token, had_runs=n_runs > 0)


def restore_session(keeper: SessionKeeper, token: str, *, had_runs: bool) -> None:
    """Continue the session of a page that has gone, or say that its runs are lost.

    Nothing is taken from a page that is still there, nor by one that has a run already.
    """
    if session.tab().job is not None:
        return
    if token not in keeper:
        if had_runs:
            session.set_notices(
                ["This page was reloaded, and its runs are gone. The settings are in the link."]
            )
        return
    tab = keeper.take(token)
    if tab is not None:
        session.set_value(session.TAB, tab)
        for work in tab.works:
            work.set_page(session.page())
