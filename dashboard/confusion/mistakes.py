"""The most frequent mistakes, the most confident ones, and the least certain predictions."""

import streamlit as st

from dashboard import session
from dashboard.confusion.samples import PAGE, draw_samples
from dashboard.confusion.selected_cell import clip_value, select_cell, select_sample
from dashboard.text import plain
from data.split import Rows
from experiments.evaluation.metrics import (
    Confusion,
    IntArray,
    confidently_wrong,
    least_certain,
    top_confusions,
)
from experiments.evaluation.predictions import Predictions
from experiments.training.run import Run

N_MOST_FREQUENT = 10


def draw_mistakes(run: Run, predictions: Predictions, counts: IntArray) -> None:
    """Draw the three lists; what is chosen in one is selected in the matrix."""
    left, middle, right = st.columns([3, 5, 5])
    with left:
        st.markdown("**Most frequent**")
        _draw_most_frequent(predictions, counts)
    with middle:
        wrong, key = confidently_wrong(predictions)[:PAGE], session.CONFIDENTLY_WRONG_CHART
        _draw_sample_list(run, predictions, wrong, key, "Most confidently wrong")
    with right:
        uncertain, key = least_certain(predictions, PAGE), session.LEAST_CERTAIN_CHART
        _draw_sample_list(run, predictions, uncertain, key, "Least certain")


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


def _draw_sample_list(
    run: Run, predictions: Predictions, positions: Rows, key: str, title: str
) -> None:
    """Draw samples with both of their classes; each can be selected."""
    if not len(positions):
        st.markdown(f"**{title}**")
        st.caption("No mistakes.")
        return
    draw_samples(
        run,
        predictions,
        positions,
        key=key,
        title=f"{title} (true→predicted)",
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
            "Number",
            1,
            len(positions),
            key=number_key,
            width=120,
            help="Counted row by row.",
        )
        st.button(
            "Show it",
            key=session.key_of(session.LIST_OPEN, chart_key),
            icon=":material/route:",
            on_click=select_sample,
            args=(predictions, int(positions[number - 1])),
            help="Open its cell and its forward pass, as a click on its image does.",
        )
