"""Buttons that start, pause and resume training: the same wherever networks train."""

from collections.abc import Callable
from typing import Any

import streamlit as st


def play_button(label: str, on_click: Callable[..., None], **settings: Any) -> None:
    """Draw the button that starts or resumes training.

    Parameters
    ----------
    settings : what else `st.button` takes, such as key, width, args, disabled and help
    """
    icon = ":material/play_arrow:"
    st.button(label, icon=icon, type="primary", on_click=on_click, **settings)


def pause_button(on_click: Callable[..., None], **settings: Any) -> None:
    """Draw the button that pauses training; see `play_button` for the settings."""
    st.button("Pause", icon=":material/pause:", type="primary", on_click=on_click, **settings)
