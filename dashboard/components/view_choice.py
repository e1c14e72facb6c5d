"""The choice between the views of a page, of which one at a time is drawn."""

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st


def choose_view(
    views: Iterable[str], *, key: str, on_change: Callable[[], Any] | None = None
) -> str:
    """Draw the names of the views, the first one chosen at first; return the chosen one."""
    names = list(views)
    view: str = st.segmented_control(
        "View",
        names,
        default=names[0],
        required=True,
        key=key,
        persist_state="session",
        on_change=on_change,
        label_visibility="collapsed",
        help="What to look at.",
    )
    return view
