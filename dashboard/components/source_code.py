"""Show the source of functions: the real one, so that no copy can go stale."""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

from dashboard import session


@cache
def source_of(part: Callable[..., Any]) -> tuple[str, str]:
    """Return the file that defines a function or class, and its source."""
    return f"{part.__module__.replace('.', '/')}.py", inspect.getsource(part)


@st.fragment
def show_source(label: str, parts: Mapping[str, Callable[..., Any]]) -> None:
    """Show functions in tabs, each with the name of its file, once the reader opens them.

    Until then the browser gets neither the source nor what colors it, which is a quarter of
    all that a page would load.
    """
    expander = st.expander(label, icon=":material/code:", on_change="rerun", key=session.SOURCE)
    if expander.open:
        with expander:
            _draw_tabs(parts)


def _draw_tabs(parts: Mapping[str, Callable[..., Any]]) -> None:
    for tab, part in zip(st.tabs(list(parts)), parts.values(), strict=True):
        file, lines = source_of(part)
        with tab:
            st.caption(file)
            st.code(lines, language="python")
