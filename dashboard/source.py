"""Show the lines that do the work: the real ones, so that no copy can go stale."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st


def show_source(parts: Mapping[str, Callable[..., Any]]) -> None:
    """Show functions in tabs, with the name of their file."""
    for tab, part in zip(st.tabs(list(parts)), parts.values(), strict=True):
        module = inspect.getmodule(part)
        with tab:
            st.caption(f"{module.__name__.replace('.', '/')}.py" if module else "")
            st.code(inspect.getsource(part), language="python")
