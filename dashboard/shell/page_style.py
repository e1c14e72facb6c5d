"""What all pages look like, beyond what a theme can say."""

from pathlib import Path

import streamlit as st

STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def apply() -> None:
    """Give the page its style."""
    st.html(f"<style>{STYLE}</style>")
