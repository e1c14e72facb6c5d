"""The most frequent mistakes, and the most confident ones."""

import streamlit as st

from dashboard import session
from dashboard.confusion.sample_list import draw_sample_list
from dashboard.confusion.samples import PAGE
from dashboard.confusion.selected_cell import select_cell
from dashboard.text import plain
from experiments.evaluation.metrics import Confusion, IntArray, confidently_wrong, top_confusions
from experiments.evaluation.predictions import Predictions
from experiments.training.run import Run

N_MOST_FREQUENT = 10


def draw_mistakes(run: Run, predictions: Predictions, counts: IntArray) -> None:
    """Draw both lists; what is chosen in one is selected in the matrix."""
    left, right = st.columns([3, 5])
    with left:
        st.markdown("**Most frequent**")
        _draw_most_frequent(predictions, counts)
    with right:
        wrong, key = confidently_wrong(predictions)[:PAGE], session.CONFIDENTLY_WRONG_CHART
        draw_sample_list(run, predictions, wrong, key, "Most confidently wrong (true→predicted)")


def _draw_most_frequent(predictions: Predictions, counts: IntArray) -> None:
    """Draw a button for each frequent mistake, which selects its cell."""
    confusions = top_confusions(counts, N_MOST_FREQUENT)
    if not confusions:
        st.caption("No mistakes.")
    for place, confusion in enumerate(confusions):
        st.button(
            confusion_sentence(confusion, predictions.class_names),
            key=session.key_of(session.MISTAKE, place),
            type="tertiary",
            wrap=True,
            on_click=select_cell,
            args=(confusion.true, confusion.predicted),
            help="Show these samples beside the matrix.",
        )


def confusion_sentence(confusion: Confusion, names: tuple[str, ...]) -> str:
    """Say how often a class was predicted as another."""
    times = "once" if confusion.times == 1 else f"{confusion.times:,} times"
    return f"{plain(names[confusion.true])} read as {plain(names[confusion.predicted])}: {times}"
