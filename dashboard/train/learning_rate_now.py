"""The learning rate of a run under way, which can be changed while it trains."""

import streamlit as st

from dashboard import session, settings, training_actions
from experiments.training.run import Run


def draw_learning_rate(run: Run) -> None:
    """Draw the learning rate of the run under way, with its stops."""
    stops = settings.learning_rate_stops(run.learning_rate)
    session.set_value(session.RATE_NOW, run.learning_rate)
    st.select_slider(
        "Learning rate (applies at once)",
        list(stops),
        key=session.RATE_NOW,
        format_func=stops.__getitem__,
        on_change=training_actions.change_learning_rate,
        width=270 if session.projector_mode() else 210,
        help="Applies from the next step on, without restarting. The schedule multiplies it.",
    )
