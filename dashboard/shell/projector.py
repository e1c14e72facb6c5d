"""The projector mode: the page alone, with larger type, on the whole width of the screen."""

from pathlib import Path

import streamlit as st

from dashboard import session

STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
NAME, VALUE = "view", "projector"
"""How a link asks for it: ?view=projector."""


def draw() -> None:
    """Draw the button that begins and ends the projector mode, and hide the rest during it."""
    is_on = _is_on()
    with st.container(key="projector"):
        st.button(
            "Leave projector mode" if is_on else "Projector",
            key=session.PROJECTOR_BUTTON,
            icon=":material/close_fullscreen:" if is_on else ":material/cast_for_education:",
            type="tertiary",
            on_click=_set,
            args=(not is_on,),
            help=None if is_on else "Hide the sidebar and enlarge the page, for a lecture.",
        )
    if is_on:
        st.html(f"<style>{STYLE}</style>")


def _is_on() -> bool:
    """Say whether the mode is on: as the link of the first visit asks, and on all pages after."""
    if session.value(session.PROJECTOR) is None:
        session.set_value(session.PROJECTOR, st.query_params.get(NAME) == VALUE)
    is_on: bool = session.value(session.PROJECTOR)
    if is_on and NAME not in st.query_params:
        st.query_params[NAME] = VALUE  # another page begins with a link of its own
    return is_on


def _set(is_on: bool) -> None:
    session.set_value(session.PROJECTOR, is_on)
    if is_on:
        st.query_params[NAME] = VALUE
    else:
        st.query_params.pop(NAME, None)
