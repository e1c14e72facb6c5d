"""A list of samples with both of their classes, of which each can be selected."""

import streamlit as st

from dashboard import session
from dashboard.confusion.samples import draw_samples
from dashboard.confusion.selected_cell import clip_value, select_sample
from data.split import Rows
from experiments.evaluation.predictions import Predictions
from experiments.training.run import Run


def draw_sample_list(
    run: Run, predictions: Predictions, positions: Rows, key: str, title: str
) -> None:
    """Draw samples with both of their classes; each can be selected."""
    if not len(positions):
        st.markdown(f"**{title}**")
        st.caption("None.")
        return
    draw_samples(
        run,
        predictions,
        positions,
        key=key,
        title=title,
        on_choice=lambda place: select_sample(predictions, int(positions[place])),
        with_classes=True,
    )
    _choose_by_number(predictions, positions, key)


def _choose_by_number(predictions: Predictions, positions: Rows, chart_key: str) -> None:
    """Draw a field and a button that select a sample of a list by keyboard."""
    number_key = session.key_of(session.LIST_NUMBER, chart_key)
    clip_value(number_key, len(positions))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            "Sample no.",
            1,
            len(positions),
            key=number_key,
            width=120,
            help="Counted row by row.",
        )
        st.button(
            "Trace",
            key=session.key_of(session.LIST_OPEN, chart_key),
            icon=":material/route:",
            on_click=select_sample,
            args=(predictions, int(positions[number - 1])),
            help="Open its cell and its forward pass, as a click on its image does.",
        )
