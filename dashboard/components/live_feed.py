"""Components that follow a run: drawn once in full, then told only what has changed.

The browser polls for news by a plain request, which reruns nothing: fifty pages do so several
times a second. An answer holds all that is new since the full drawing, and is repeated for a
while, so that a lost one is made up for by the next. News name the drawing that they belong to;
should a component have another one for long, the page is drawn anew.

Where such requests do not come through, and on pages whose tables change as well (side by side),
a fragment of the page is rerun instead, and carries the news.
"""

import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar
from uuid import uuid4
from weakref import WeakValueDictionary

import streamlit as st

from dashboard import session, training_speed
from dashboard.charts.figure import to_json

REPEAT_SECONDS = 1.5  # so long is the same told again, in case that the browser skipped it
HERE = Path(__file__).parent
FOLLOW = (HERE / "live.js").read_text(encoding="utf-8")
"""What the script of a component that follows a run begins with."""
TELL = FOLLOW + (HERE / "live_input.js").read_text(encoding="utf-8")
"""And that of one that tells the server at once what the reader does."""
IMAGES = FOLLOW + (HERE / "images.js").read_text(encoding="utf-8")
"""And that of one that shows images."""

T = TypeVar("T")

_mount = st.components.v2.component(
    "changes",
    html='<div class="changes"></div>',
    css=".stElementContainer:has(.changes) { display: none }",
    js=FOLLOW + (HERE / "live_feed.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


class LiveElement(ABC, Generic[T]):
    """What the browser knows of a component, and what is new since.

    Parameters
    ----------
    make : returns the content as it is now
    version : returns what the content depends on; while it is the same, so is the content

    Attributes
    ----------
    drawing : names the full drawing
    drawn : the content as it was drawn in full
    """

    def __init__(self, make: Callable[[], T], version: Callable[[], Hashable]) -> None:
        self._make, self._version = make, version
        self._seen = version()  # before the content, which is then no older
        self.drawing, self.drawn = uuid4().hex, make()
        self._told, self._number, self._changed_at = "", 0, 0.0

    @abstractmethod
    def news(self, content: T) -> dict[str, Any]:
        """Return what to tell of a content that is not the one drawn; nothing if it is."""

    def told(self) -> str:
        """Return what is new since the full drawing as JSON; nothing if all is well known."""
        version = self._version()
        if version != self._seen:
            self._seen = version
            self._compare(self._make())
        is_news = time.monotonic() < self._changed_at + REPEAT_SECONDS
        return self._told if is_news else ""

    def _compare(self, content: T) -> None:
        """Note how a content differs from the full drawing, under the next number."""
        news = self.news(content)
        if not any(news.values()) and not self._number:
            return
        self._number += 1
        self._changed_at = time.monotonic()
        self._told = to_json({"drawing": self.drawing, "number": self._number, **news})


class LiveContent(LiveElement[Mapping[str, Any]]):
    """A component whose content is small enough to be told as a whole."""

    def news(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the content."""
        return {"content": content}


class Followed(Protocol):
    """A component that can be told what has become of it."""

    def told(self) -> str:
        """Return what is new since the full drawing as JSON; nothing if all is well known."""


F = TypeVar("F", bound=Followed)


def follow(key: str, element: F) -> F:
    """Keep the component with this key up to date while something moves."""
    session.tab().live_elements[key] = element
    return element


def forget_live_elements() -> None:
    """Begin a page, or a part of it, with other components that follow a run."""
    session.tab().live_elements = {}


def _news() -> str:
    """Return what is new in each component since it was drawn in full, as JSON."""
    elements: dict[str, Followed] = session.tab().live_elements
    told = {key: told for key, element in list(elements.items()) if (told := element.told())}
    return "{" + ",".join(f'"{key}":{news}' for key, news in told.items()) + "}"


class LivePage:
    """What a look at a page needs: the tab, and what says whether the page is outdated.

    Parameters
    ----------
    is_outdated : moves on what moves by itself, a film for example, and says whether the page
        needs other buttons or other charts than those it was drawn with
    take : what to do with a message that came with a look, which nobody has checked

    Attributes
    ----------
    token : names the page in a request; nobody can guess it
    """

    def __init__(
        self, is_outdated: Callable[[], bool], take: Callable[[object], None] = lambda _: None
    ) -> None:
        self.token = secrets.token_urlsafe()
        self._tab, self._is_outdated, self._take = session.tab(), is_outdated, take

    def look(self, message: object = None) -> str:
        """Return what is new, whether the page is outdated, and when to look again, as JSON.

        Parameters
        ----------
        message : what the browser says about the page before it looks, a drawing for example
        """
        with session.looking_at(self._tab):
            if message is not None:
                self._take(message)
            is_outdated, news = self._is_outdated(), _news()
        seconds = training_speed.poll_seconds()
        return (
            f'{{"isOutdated":{str(is_outdated).lower()},"seconds":{seconds:.3f},"elements":{news}}}'
        )


LIVE_PAGES: WeakValueDictionary[str, LivePage] = WeakValueDictionary()
"""The pages that can be looked at, by their tokens, for as long as their tabs show them."""


def open_live_page(
    is_outdated: Callable[[], bool], take: Callable[[object], None] = lambda _: None
) -> str:
    """Let the browser look at this page from now on; return the address where it can.

    Parameters
    ----------
    is_outdated, take : see `LivePage`
    """
    session.tab().live_page = page = LivePage(is_outdated, take)
    LIVE_PAGES[page.token] = page
    return f"look/{page.token}"


def ask_for_news(is_outdated: Callable[[], bool], *, is_moving: bool) -> None:
    """Have the browser ask for news while something moves, and draw the page anew if need be."""
    poll(open_live_page(is_outdated), is_outdated, is_moving=is_moving)


def poll(address: str, is_outdated: Callable[[], bool], *, is_moving: bool) -> None:
    """Have the browser ask for news at an address while something moves."""
    tab = session.tab()
    tab.cannot_ask = tab.cannot_ask and is_moving  # the next run tries again
    address = address if is_moving and not tab.cannot_ask else ""
    seconds = training_speed.poll_seconds()
    _mount(
        key=session.CHANGES,
        data={"address": address, "seconds": seconds},
        on_outdated_change=_ignore,
        on_unreachable_change=_tell_from_now_on,
    )
    if is_moving and tab.cannot_ask:
        st.fragment(_tell, run_every=seconds)(is_outdated)


def _tell(is_outdated: Callable[[], bool]) -> None:
    if is_outdated():
        st.rerun()
    tell_changes()


def _tell_from_now_on() -> None:
    session.tab().cannot_ask = True


def tell_changes() -> None:
    """Tell the browser what is new in each component since it was drawn in full."""
    answer = _mount(key=session.TOLD, data=_news().encode(), on_outdated_change=_ignore)
    if answer.outdated:
        st.rerun()


def _ignore() -> None:
    """Let the browser report: without a callback, Streamlit would not pass it on."""
