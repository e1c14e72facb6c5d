"""Training on after the end of a run."""

import streamlit as st

from dashboard import session, training_actions
from experiments.training.run import Run


def draw_more_epochs(run: Run) -> None:
    """Draw how many epochs to add, and the button that trains them; nothing if none can be."""
    least, most = training_actions.epochs_to_add(run)
    if not run.can_continue or least > most:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", width="content", wrap=False):
        st.number_input(
            "More epochs",
            least,
            most,
            value=min(max(10, least), most),
            key=session.MORE_EPOCHS,
            persist_state="session",
            width=150 if session.projector_mode() else 104,
            help="How many epochs to add. The optimizer keeps its state.",
        )
        st.button(
            "Continue",
            icon=":material/resume:",
            on_click=training_actions.continue_run,
            help="Train this network further from where it is.",
        )
