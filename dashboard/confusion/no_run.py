"""What the page shows before the first run."""

import streamlit as st

from dashboard import session, training_actions
from dashboard.components.transport_buttons import play_button
from experiments.background.training_job import Goal


def draw_no_run() -> None:
    """Say that a network has to be trained first, and offer to do so."""
    st.info(
        "The matrix shows which classes are mistaken for which. A network has to be trained first.",
        icon=":material/grid_on:",
    )
    with st.container(horizontal=True):
        play_button(
            "Train now",
            training_actions.request_training,
            args=(Goal.THE_END, None),
            disabled=bool(session.problems()),
            help="Train with the settings on the left, and watch the matrix here.",
        )
        st.page_link("pages/train.py", label="Go to Train", icon=":material/model_training:")
