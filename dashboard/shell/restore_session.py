"""A page that is loaded anew finds its runs again.

Every tab has a ticket that nobody can guess. The browser keeps it for as long as the tab
is open, and shows it after a reload; the runs of a page that has just gone are then
handed to the one that has come. A second tab has a ticket of its own.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import streamlit as st

from dashboard import session

KEPT_SECONDS = 60.0  # what a page has is kept for so long after it has gone
MAX_TICKET = 100  # characters

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
class Guest:
    """What a page has, whether it is there, and since when it is known to have gone."""

    tab: session.Tab
    is_present: Callable[[], bool]
    gone_at: float | None = None


class Cloakroom:
    """Keeps what pages have, by their tickets, until they have been gone for a while.

    Parameters
    ----------
    kept_seconds : for so long after it was noticed that they have gone
    """

    def __init__(self, kept_seconds: float = KEPT_SECONDS) -> None:
        self.kept_seconds = kept_seconds
        self._guests: dict[str, Guest] = {}
        self._lock = Lock()

    def hold(self, ticket: str, tab: session.Tab, is_present: Callable[[], bool]) -> None:
        """Keep what a page has, and let go of what nobody has come back for."""
        with self._lock:
            self._guests[ticket] = Guest(tab, is_present)
            now = time.monotonic()
            for guest in self._guests.values():
                gone_at = now if guest.gone_at is None else guest.gone_at
                guest.gone_at = None if guest.is_present() else gone_at
            self._guests = {
                key: guest
                for key, guest in self._guests.items()
                if guest.gone_at is None or now - guest.gone_at <= self.kept_seconds
            }

    def knows(self, ticket: str) -> bool:
        """Say whether what belongs to a ticket is still here."""
        with self._lock:
            return ticket in self._guests

    def hand_over(self, ticket: str) -> session.Tab | None:
        """Give out what a page had, once, if that page has gone and is not forgotten."""
        with self._lock:
            guest = self._guests.get(ticket)
            if guest is None or guest.is_present():
                return None
            del self._guests[ticket]
            return guest.tab

    def __len__(self) -> int:
        return len(self._guests)


_mount = st.components.v2.component("comeback", html="<span hidden></span>", js=REMEMBER)


@st.cache_resource(show_spinner=False)
def _cloakroom() -> Cloakroom:
    return Cloakroom()


def draw() -> None:
    """Remember this page, and take up where the one before a reload has left off."""
    ticket = st.session_state.setdefault(session.TICKET, secrets.token_urlsafe())
    _cloakroom().hold(ticket, session.tab(), session.presence())
    data = {"ticket": ticket, "runs": len(session.runs())}
    with st.sidebar:
        _mount(key=session.COMEBACK, data=data, on_previous_change=_come_back)


def _come_back() -> None:
    """Take what the page had before it was loaded anew; say so if it is gone."""
    match st.session_state[session.COMEBACK].get("previous"):
        case {"ticket": str(ticket), "runs": int() | float() as n_runs} if (
            len(ticket) <= MAX_TICKET
        ):
            take_up(_cloakroom(), ticket, had_runs=n_runs > 0)


def take_up(room: Cloakroom, ticket: str, *, had_runs: bool) -> None:
    """Go on with what another page had, or say that it is gone.

    Nothing is taken from a page that is still there, nor by one that has begun anew.
    """
    if session.tab().job is not None:
        return
    if not room.knows(ticket):
        if had_runs:
            session.set_notices(
                ["This page was loaded anew, and its runs are gone. The settings are in the link."]
            )
        return
    tab = room.hand_over(ticket)
    if tab is not None:
        st.session_state[session.TAB] = tab
        measuring = tab.measuring and tab.measuring.relay
        for work in (tab.job, tab.contest, tab.series, tab.shapes, tab.ladder, measuring):
            if work is not None:
                work.attend(session.presence())
