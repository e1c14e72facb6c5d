"""What the four comparisons share: buttons, and notes on what stands in the way."""

from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from dashboard import session
from dashboard.compare import actions
from dashboard.components.transport_buttons import play_button
from dashboard.session import ComparisonKind
from dashboard.text import plain

row = partial(st.container, horizontal=True, vertical_alignment="bottom")


def begin_button(
    label: str,
    kind: ComparisonKind,
    *,
    disabled: bool,
    help_text: str,
    width: int | Literal["content"] = "content",
) -> None:
    """Draw the button that begins a comparison."""
    play_button(
        label,
        actions.request,
        args=(kind,),
        key=session.key_of("begin", kind),
        width=width,
        disabled=disabled or bool(session.problems()),
        help=help_text,
    )


def stop_button(kind: ComparisonKind, *, disabled: bool) -> None:
    """Draw the button that ends a comparison."""
    st.button(
        "Stop",
        icon=":material/stop:",
        key=session.key_of("stop", kind),
        disabled=disabled,
        on_click=actions.stop,
        args=(kind,),
        help="End here, and keep what was reached.",
    )


def sequence_buttons(
    label: str,
    kind: ComparisonKind,
    objection: str,
    begin: Callable[[], None],
    help_text: str,
) -> str:
    """Begin if requested, then draw both buttons; return why it could not begin, or nothing.

    Parameters
    ----------
    objection : why these networks cannot be compared; empty if they can
    """
    problem = actions.begin_if_requested(kind, begin)
    is_active = actions.is_active(kind)
    begin_button(label, kind, disabled=is_active or bool(objection), help_text=help_text)
    stop_button(kind, disabled=not is_active)
    return problem


def show_problems(objection: str, problem: str) -> None:
    """Show why networks cannot be compared, and why it could not begin, unless they are empty."""
    if objection:
        st.warning(plain(objection), icon=":material/balance:")
    if problem:
        st.error(plain(problem), icon=":material/error:")


def note_if_changed(is_same: bool, what_to_do: str) -> None:
    """Say that the results below are of other settings or samples, if they are."""
    if not is_same:
        st.info(
            f"The settings or the samples have changed since. {what_to_do} starts over with them.",
            icon=":material/info:",
        )


def note_example(what: str) -> None:
    """Say that what follows is an example, until the reader has computed their own."""
    st.markdown(f":blue-badge[Example] {what}")
