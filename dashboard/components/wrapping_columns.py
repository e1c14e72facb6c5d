"""Columns that stand beside each other where the page is wide enough, and else in rows."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def wrapping_columns(key: str, widths: Sequence[int]) -> list[DeltaGenerator]:
    """Return columns of at least these widths; those that do not fit go into the next row.

    All of a row is used: the columns in it grow in proportion to their widths. On a screen
    narrower than a column, it is as wide as the screen.

    Parameters
    ----------
    key : of the session, for this row alone
    widths : in pixels
    """
    row = f".st-key-{key} > [data-testid=stLayoutWrapper] > [data-testid=stHorizontalBlock]"
    rules = "".join(
        f"{row} > :nth-child({i}) {{ flex: {width} 1 {width}px; min-width: 0 }}"
        for i, width in enumerate(widths, 1)
    )
    st.html(f"<style>{rules}</style>")
    with st.container(key=key):
        return st.columns(len(widths))
