"""The title of a page, with a sentence on what it is for."""

import streamlit as st


def draw_headline(title: str, sentence: str) -> None:
    """Draw a title and, beside it where there is room, a sentence."""
    with st.container(key="headline", horizontal=True, vertical_alignment="bottom"):
        st.title(title, width="content")
        st.caption(sentence, width="stretch")
