"""What a page shows that needs a run, while there is none."""

import streamlit as st

from dashboard import session, training_actions
from dashboard.components.transport_buttons import play_button
from experiments.background.training_job import Goal


def draw_train_first(sentence: str, purpose: str = "look into the network here") -> None:
    """Say what the page will show, and offer to train a network with the settings.

    Parameters
    ----------
    purpose : what one can do once it trains
    """
    st.markdown(f"{sentence} A network has to be trained first.")
    with st.container(horizontal=True):
        play_button(
            "Train now",
            training_actions.request_training,
            args=(Goal.THE_END, None),
            disabled=bool(session.problems()),
            help=f"Train with the settings on the left, and {purpose}.",
        )
        st.page_link("pages/train.py", label="Go to Train", icon=":material/model_training:")
