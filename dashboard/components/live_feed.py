"""Components that follow a run: drawn once in full, then told only what has changed.

A look at a run draws one small element, which carries the news of all components of the page
since each was drawn in full. So a message that the browser skips does no harm, for the next
one holds the same news. They name the drawing that they belong to; should a component have
another one for long, the browser asks for a new drawing of the page.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar
from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.charts.figure import to_json

REPEAT_SECONDS = 1.5  # so long is the same told again, in case that the browser skipped it
HERE = Path(__file__).parent
FOLLOW = (HERE / "live.js").read_text(encoding="utf-8")
"""What the script of a component that follows a run begins with."""

T = TypeVar("T")

_mount = st.components.v2.component(
    "changes",
    html='<div class="changes"></div>',
    css=".stElementContainer:has(.changes) { display: none }",
    js=(HERE / "live_feed.js").read_text(encoding="utf-8"),
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


def follow(key: str, element: LiveElement[T]) -> LiveElement[T]:
    """Have the component with this key follow what `tell_changes` finds."""
    elements = session.value(session.LIVE_ELEMENTS, {})
    session.set_value(session.LIVE_ELEMENTS, elements | {key: element})
    return element


def forget_live_elements() -> None:
    """Begin a page, or a part of it, with other components that follow a run."""
    session.set_value(session.LIVE_ELEMENTS, {})


def tell_changes() -> None:
    """Tell the browser what is new in each component since it was drawn in full."""
    elements: dict[str, LiveElement[Any]] = session.value(session.LIVE_ELEMENTS, {})
    told = {key: told for key, element in elements.items() if (told := element.told())}
    data = ",".join(f'"{key}":{news}' for key, news in told.items())
    answer = _mount(key=session.CHANGES, data=f"{{{data}}}".encode(), on_misfit_change=_ignore)
    if answer.misfit:
        st.rerun()


def _ignore() -> None:
    """Let the browser report a misfit: without a callback, Streamlit would not pass it on."""
