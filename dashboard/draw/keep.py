"""Keep what is on the pad."""

import streamlit as st

from dashboard import session
from dashboard.draw.gallery_actions import NO_LABEL, keep_drawing
from dashboard.text import plain
from data.drawing.gallery import N_LABELS

LABELS = [*map(str, range(N_LABELS)), NO_LABEL]


def draw_keep() -> None:
    """Draw the labels under which the drawing can be kept, and why it could not be."""
    st.segmented_control(
        "Keep this drawing as",
        LABELS,
        key=session.KEEP_AS,
        wrap=True,
        on_change=_keep,
        help="Keep what is on the pad in the gallery, under the digit that it is meant to be, and "
        "wipe the pad for the next one. '?' keeps it without a label.",
    )
    draw_problem()


def draw_problem() -> None:
    """Say why the last wish about the gallery could not be met, if one could not."""
    if problem := session.tab().gallery_problem:
        st.warning(plain(problem), icon=":material/info:")


def _keep() -> None:
    choice = session.value(session.KEEP_AS)
    session.set_value(session.KEEP_AS, None)
    if choice in LABELS and keep_drawing(choice):
        n_kept = len(session.tab().gallery.drawings)
        st.toast(f"Kept: {n_kept} in the gallery.", icon=":material/bookmark:")
