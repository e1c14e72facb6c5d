"""Show the source of functions: the real one, so that no copy can go stale."""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st


@cache
def source_of(part: Callable[..., Any]) -> tuple[str, str]:
    """Return the file that defines a function or class, and its source."""
    return f"{part.__module__.replace('.', '/')}.py", inspect.getsource(part)


def show_source(parts: Mapping[str, Callable[..., Any]]) -> None:
    """Show functions in tabs, each with the name of its file."""
    for tab, part in zip(st.tabs(list(parts)), parts.values(), strict=True):
        file, lines = source_of(part)
        with tab:
            st.caption(file)
            st.code(lines, language="python")
