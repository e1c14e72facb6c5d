"""Tabs of which one is open, and still is when the reader comes back to the page."""

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard import session


def draw_kept_tabs(
    views: Mapping[str, Callable[[], None]],
    *,
    key: str,
    on_change: Callable[[], None] = lambda: None,
) -> None:
    """Draw a tab for each view, and only the view of the open one: the others take no time.

    Parameters
    ----------
    on_change : called when the reader opens another tab
    """
    left = session.tab().left_tabs
    if session.value(key) is None and left.get(key) in views:
        session.set_value(key, left[key])

    def keep() -> None:
        left[key] = session.value(key)
        on_change()

    for tab, draw in zip(
        st.tabs(list(views), key=key, on_change=keep), views.values(), strict=True
    ):
        if tab.open:
            with tab:
                draw()
