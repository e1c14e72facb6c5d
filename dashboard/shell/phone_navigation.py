"""On a phone the navigation lies over the page; it goes when a page has been chosen."""

from pathlib import Path

import streamlit as st

from dashboard import session

_mount = st.components.v2.component(
    "phone_navigation",
    html="<span hidden></span>",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def close_after_a_choice() -> None:
    """Have the browser close the sidebar after a choice in the navigation."""
    with st.sidebar:
        _mount(key=session.PHONE_NAVIGATION)
