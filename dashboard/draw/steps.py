"""The way from the drawing to what the network sees."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.components.drawing_steps import show_drawing_steps
from dashboard.draw.trained_networks import TrainedNetwork
from dashboard.drawing import drawing_version, prepared_drawing, switch_step
from data.drawing import Ink, StepPicture


def draw_steps(trained: TrainedNetwork) -> None:
    """Draw what each step makes of the drawing, with a switch to leave it out."""
    preparation = trained.preparation

    def pictures() -> tuple[Ink, Sequence[StepPicture]]:
        prepared = prepared_drawing(preparation)
        return prepared.ink, prepared.pictures

    st.markdown(
        f"**What the network really sees.** {preparation.title}, step by step. Switch a step off, "
        "and see what it is good for."
    )
    show_drawing_steps(
        pictures,
        drawing_version,
        preparation,
        key=session.DRAWING_STEPS,
        on_switch=switch_step,
    )
