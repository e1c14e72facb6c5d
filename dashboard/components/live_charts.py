"""Charts that follow a run: drawn once in full, then told only what has changed.

A look at a run draws one small element, which carries the changes of all charts of the page
since each was drawn in full. So a message that the browser skips does no harm, for the next
one holds the same changes. They name the drawing that they belong to; should a chart have
another one for long, the browser asks for a new drawing of the page.
"""

import time
from collections.abc import Callable, Hashable
from pathlib import Path
from uuid import uuid4

import streamlit as st

from dashboard import session
from dashboard.charts.changes import changes_between
from dashboard.charts.figure import Figure, to_json
from dashboard.components.chart import show_chart

REPEAT_SECONDS = 1.5  # so long are changes sent again, in case that the browser skipped them
SCRIPT = Path(__file__).with_suffix(".js")

_mount = st.components.v2.component(
    "changes",
    html='<div class="changes"></div>',
    css=".stElementContainer:has(.changes) { display: none }",
    js=SCRIPT.read_text(encoding="utf-8"),
    isolate_styles=False,
)


class LiveChart:
    """What the browser knows of a chart, and what has changed since.

    Parameters
    ----------
    make : returns the figure as it is now
    version : returns what the figure depends on; while it is the same, so is the figure

    Attributes
    ----------
    drawing : names the full drawing
    drawn : the figure as it was drawn in full
    """

    def __init__(self, make: Callable[[], Figure], version: Callable[[], Hashable]) -> None:
        self._make, self._version = make, version
        self._seen = version()  # before the figure, which is then no older
        self.drawing, self.drawn = uuid4().hex, make()
        self._told, self._number, self._changed_at = "", 0, 0.0

    def told(self) -> str:
        """Return the changes since the full drawing as JSON; nothing if all are well known."""
        version = self._version()
        if version != self._seen:
            self._seen = version
            self._compare(self._make())
        is_news = time.monotonic() < self._changed_at + REPEAT_SECONDS
        return self._told if is_news else ""

    def _compare(self, figure: Figure) -> None:
        """Note how a figure differs from the full drawing, under the next number."""
        changes = changes_between(self.drawn, figure)
        if not changes and not self._number:
            return
        self._number += 1
        self._changed_at = time.monotonic()
        self._told = to_json({"drawing": self.drawing, "number": self._number, "changes": changes})


def forget_live_charts() -> None:
    """Begin a page, or a part of it, with other live charts."""
    session.set_value(session.LIVE_CHARTS, {})


def show_live_chart(
    make: Callable[[], Figure],
    version: Callable[[], Hashable],
    *,
    key: str,
    alt: str,
    height: int = 340,
) -> None:
    """Show a chart in full, and have it follow what `tell_changes` finds.

    Parameters
    ----------
    make, version : see `LiveChart`
    alt, height : see `show_chart`
    """
    chart = LiveChart(make, version)
    session.value(session.LIVE_CHARTS)[key] = chart
    show_chart(chart.drawn, key=key, alt=alt, height=height, drawing=chart.drawing)


def tell_changes() -> None:
    """Tell the browser what has changed in the live charts since each was drawn in full."""
    charts: dict[str, LiveChart] = session.value(session.LIVE_CHARTS, {})
    told = {key: told for key, chart in charts.items() if (told := chart.told())}
    data = ",".join(f'"{key}":{changes}' for key, changes in told.items())
    answer = _mount(key=session.CHANGES, data=f"{{{data}}}".encode(), on_misfit_change=_ignore)
    if answer.misfit:
        st.rerun()


def _ignore() -> None:
    """Let the browser report a misfit: without a callback, Streamlit would not pass it on."""
