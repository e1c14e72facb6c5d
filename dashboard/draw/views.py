"""Views of the drawing, below the pad, of which one at a time is drawn."""

from collections.abc import Callable

import streamlit as st

from dashboard import session
from dashboard.draw.answers import draw_all_answers
from dashboard.draw.nearest import draw_nearest
from dashboard.draw.other_answer import draw_other_answer
from dashboard.draw.step_table import draw_step_table
from dashboard.draw.trained_networks import TrainedNetwork

VIEWS: dict[str, Callable[[TrainedNetwork], None]] = {
    "All networks": lambda _: draw_all_answers(),
    "Nearest images": draw_nearest,
    "Another answer": draw_other_answer,
    "Steps in figures": draw_step_table,
}


def draw_chosen_view(trained: TrainedNetwork) -> None:
    """Draw the choice of a view, and the chosen one below."""
    view = st.segmented_control(
        "View",
        VIEWS,
        default=next(iter(VIEWS)),
        required=True,
        key=session.DRAW_VIEW,
        persist_state="session",
        label_visibility="collapsed",
        help="What to look at.",
    )
    VIEWS[view](trained)
