"""What each step from a drawing to a sample is good for, in figures."""

import streamlit as st

from dashboard.components.source_code import show_source
from dashboard.components.tables import markdown_table
from dashboard.draw.trained_networks import TrainedNetwork
from dashboard.text import percent
from experiments.evaluation.drawing_steps import measured_steps


def draw_step_table(trained: TrainedNetwork) -> None:
    """Draw how much is read right with the first few steps, and with all but one."""
    preparation = trained.preparation
    about, measured = measured_steps()[preparation.name]
    steps = {step.name: step for step in preparation.steps}
    st.markdown(
        f"How much is read right, measured beforehand with {about}. The first row is the last step "
        "alone: it makes the whole pad a sample. Each row below adds one step more, in their "
        "order. Draw a small digit in a corner, and switch steps off, to see it."
    )
    rows = [
        (steps[name].title, percent(so_far), percent(without)) for name, so_far, without in measured
    ]
    st.markdown(
        markdown_table(["Step", "with it and the rows above", "with all steps but it"], rows)
    )
    for step in preparation.steps:
        st.caption(f"**{step.title}.** {step.meaning} Source: {step.source}.")
    show_source(
        "The lines of NumPy that do this", {step.title: step.apply for step in preparation.steps}
    )
