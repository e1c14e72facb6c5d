"""What one can do with a drawing, each under a tab."""

from collections.abc import Callable

import streamlit as st

from dashboard import session
from dashboard.draw.break_it import draw_break_it
from dashboard.draw.gallery import draw_gallery
from dashboard.draw.pad_view import draw_pad

TABS: dict[str, Callable[[], None]] = {
    "Draw": draw_pad,
    "Gallery": draw_gallery,
    "Break it": draw_break_it,
}


def draw_tabs() -> None:
    """Draw the tabs, and what is under the open one; after a while away, it is the same."""
    tab = session.tab()
    if session.value(session.DRAW_TAB) is None and tab.draw_tab in TABS:
        session.set_value(session.DRAW_TAB, tab.draw_tab)
    tabs = st.tabs(list(TABS), key=session.DRAW_TAB, on_change=_keep_tab)
    for under, draw in zip(tabs, TABS.values(), strict=True):
        if under.open:
            with under:
                draw()


def _keep_tab() -> None:
    tab = session.tab()
    tab.draw_tab, tab.gallery_problem = session.value(session.DRAW_TAB), ""
