"""What a broken term costs: two networks from the same start, one right, one broken."""

import streamlit as st

from dashboard import session, training_speed
from dashboard.charts.paired_training import paired_figure
from dashboard.components.chart import show_chart
from dashboard.session import PairedTrainingOfRun
from experiments.background.background_task import Status
from experiments.inspection.broken_terms import BrokenTerm, Subject
from experiments.inspection.paired_training import EPOCHS, PairedTraining, result_sentence
from experiments.training.run import Run

HEIGHT = 320  # pixels


def draw_paired_training(term: BrokenTerm, subject: Subject, run: Run) -> None:
    """Draw a paired training with a mistake; again and again while it goes on."""
    is_running = _is_running(term, run)
    seconds = training_speed.poll_seconds() if is_running else None
    st.fragment(_draw, run_every=seconds)(term, subject, run, is_running)


def _draw(term: BrokenTerm, subject: Subject, run: Run, was_running: bool) -> None:
    """Draw the curves of both networks, and the button that starts or stops them.

    Parameters
    ----------
    was_running : whether they trained when the page was drawn
    """
    st.markdown(
        "**Side by side.** The same network twice, with the same first weights and batches; "
        f"one of them learns with the broken term. {EPOCHS} epochs, with at most a thousand "
        "samples or so, at a constant learning rate."
    )
    training = paired_training_of(term, run)
    is_running = _is_running(term, run)
    _draw_button(term, subject, run, is_running)
    if training:
        _draw_progress(training)
        _draw_curves(training)
    if was_running != is_running:
        st.rerun()  # the whole page, which sets how often this view is drawn


def _draw_button(term: BrokenTerm, subject: Subject, run: Run, is_running: bool) -> None:
    """Draw the one button that starts or stops the training: its words change, not its place."""
    st.button(
        "Stop" if is_running else "Train both",
        key=session.PAIRED_BUTTON,
        icon=":material/stop:" if is_running else ":material/play_arrow:",
        type="secondary" if is_running else "primary",
        on_click=stop_paired_training if is_running else start_paired_training,
        args=() if is_running else (term, subject, run),
        help="Train both networks side by side for a few seconds; it can be stopped.",
    )


def _draw_progress(training: PairedTraining) -> None:
    status = training.status
    waiting = training_speed.waiting_in_words(training) if status.is_active else ""
    words = {Status.STOPPED: "Stopped", Status.FINISHED: "Over", Status.FAILED: "Failed"}
    st.progress(training.fraction, text=waiting or words.get(status, "Both networks learn"))
    if training.problem:
        st.error(training.problem, icon=":material/error:")


def _draw_curves(training: PairedTraining) -> None:
    left, right = st.columns(2)
    with left:
        show_chart(
            paired_figure(training.curves, "accuracy", held_out=training.held_out),
            key=session.PAIRED_ACCURACY_CHART,
            height=HEIGHT,
            alt="The accuracy of the right and of the broken network, epoch by epoch",
        )
    with right:
        show_chart(
            paired_figure(training.curves, "loss", held_out=training.held_out),
            key=session.PAIRED_LOSS_CHART,
            height=HEIGHT,
            alt="The loss of the right and of the broken network, epoch by epoch",
        )
    if training.curves[0].scores and training.curves[1].scores:
        st.markdown(f"{result_sentence(training)} One seed: a small difference can be chance.")
    st.markdown(
        "**What to notice:** some mistakes ruin the training, and some can hardly be seen in it. "
        "That a network learns does not show that its gradient is right; the check does."
    )


def paired_training_of(term: BrokenTerm, run: Run) -> PairedTraining | None:
    """Return the paired training with a mistake that this tab began with a run, if it has."""
    begun = session.tab().paired_training
    is_this = begun and (begun.run_id, begun.training.term) == (run.id, term)
    return begun.training if begun and is_this else None


def _is_running(term: BrokenTerm, run: Run) -> bool:
    training = paired_training_of(term, run)
    return training is not None and training.status.is_active


def start_paired_training(term: BrokenTerm, subject: Subject, run: Run) -> None:
    """Begin a paired training, and end the one before it."""
    stop_paired_training()
    training = PairedTraining(term, subject.config, run.prepared_data(), page=session.page())
    session.tab().paired_training = PairedTrainingOfRun(run.id, training)
    training.go()


def stop_paired_training() -> None:
    """End the paired training, and keep its curves."""
    begun = session.tab().paired_training
    if begun:
        begun.training.stop()
