"""All views of a run; redrawn by itself while the run is training."""

from collections.abc import Callable

import streamlit as st

from dashboard import session, training_speed
from dashboard.components.epoch_slider import choose_epoch, shown_step
from dashboard.components.wrapping_columns import wrapping_columns
from dashboard.confusion.confidence import draw_confidence
from dashboard.confusion.controls import (
    MatrixOptions,
    choose_matrix_options,
    choose_part,
    no_samples_sentence,
)
from dashboard.confusion.downloads import draw_downloads
from dashboard.confusion.each_class import draw_each_class
from dashboard.confusion.headline import draw_headline, step_in_words
from dashboard.confusion.matrix import draw_matrix
from dashboard.confusion.mistakes import draw_mistakes
from dashboard.confusion.one_sample import draw_one_sample
from dashboard.confusion.selected_cell import ONE_SAMPLE, choose_cell, draw_cell_samples
from experiments.evaluation.metrics import confusion_counts
from experiments.evaluation.predictions import last_finite_step, predictions_at
from experiments.training.run import Run

COLUMN_WIDTHS = (460, 300, 560)  # pixels: the matrix, the selected cell, the tabs


def draw_live(run: Run) -> None:
    """Draw the views of a run, again and again while it is training."""
    is_active, poll_seconds = session.is_training(run), training_speed.poll_seconds()
    redraw = st.fragment(_draw, run_every=poll_seconds if is_active else None)
    redraw(run, is_active, poll_seconds)


def _draw(run: Run, was_active: bool, poll_seconds: float) -> None:
    """Draw once; reload the whole page when the polling interval has to change.

    Parameters
    ----------
    was_active, poll_seconds : as they were when the whole page was last drawn
    """
    is_active = session.is_training(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = choose_part(run)
        options = choose_matrix_options()
    choose_epoch(run, can_play=False)
    step = shown_step(run)
    if not run.snapshots.steps:
        st.info("The run has not begun yet; it waits for its turn.", icon=":material/schedule:")
    elif run.prepared_data().samples(part) is None:
        st.info(no_samples_sentence(run, part), icon=":material/data_alert:")
    elif (finite := _finite_step(run, run.snapshots.nearest(step), part)) is not None:
        _draw_views(run, part, finite, options)
    if is_active != was_active or (is_active and not training_speed.is_good_interval(poll_seconds)):
        st.rerun()


def _finite_step(run: Run, step: int, part: str) -> int | None:
    """Return the step to show; say so if it is not the one asked for, or if there is none."""
    finite = last_finite_step(run, step, part)
    with st.container():
        if run.diverged:
            st.error(str(run.diverged), icon=":material/trending_up:")
        if finite is None:
            st.info("The outputs are not finite numbers at this step. Choose another epoch.")
        elif finite != step:
            when = step_in_words(run, finite)
            st.caption(f"This is the last step with finite outputs, {when}.")
    return finite


def _draw_views(run: Run, part: str, step: int, options: MatrixOptions) -> None:
    """Draw the headline, the matrix, the selected cell, and the tab that is open."""
    predictions = predictions_at(run, step, part)
    draw_headline(run, predictions, part, step)
    counts = confusion_counts(predictions)
    left, middle, right = wrapping_columns(session.MATRIX_COLUMNS, COLUMN_WIDTHS)
    with middle:
        cell = choose_cell(predictions, counts)
        draw_cell_samples(run, predictions, cell)
    with left:
        draw_matrix(predictions, counts, cell, options)
    with right:
        _draw_open_tab(
            {
                "Each class": lambda: draw_each_class(predictions),
                "Mistakes": lambda: draw_mistakes(run, predictions, counts),
                "Confidence": lambda: draw_confidence(run, predictions),
                ONE_SAMPLE: lambda: draw_one_sample(run, predictions, cell, step),
                "Download": lambda: draw_downloads(run, predictions, counts, part),
            }
        )


def _draw_open_tab(views: dict[str, Callable[[], None]]) -> None:
    """Draw tabs, and only the view of the open one: the others take no time."""
    tabs = st.tabs(list(views), key=session.MATRIX_TAB, on_change="rerun")
    for tab, draw in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                draw()
