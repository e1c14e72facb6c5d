"""The buttons that drive the training, and what can be set while it is as it is."""

import streamlit as st

from dashboard import session, training_actions, training_speed
from dashboard.components.transport_buttons import pause_button, play_button
from dashboard.train.learning_rate_now import draw_learning_rate
from dashboard.train.more_epochs import draw_more_epochs
from experiments.background.background_task import Status
from experiments.background.training_job import Goal, TrainingJob
from experiments.training.run import Run

PLAY_WIDTH = 116  # pixels; wide enough for each of its labels, so that the row does not move


def draw_transport(job: TrainingJob | None, status: Status | None) -> None:
    """Draw the buttons that drive the training, and what can be set at this moment."""
    is_active = status is not None and status.is_active
    is_over = status is not None and status.is_over
    cannot_begin = bool(session.problems()) and (job is None or is_over)
    with st.container(key="transport", horizontal=True, vertical_alignment="bottom"):
        if is_active:
            pause_button(
                training_actions.pause,
                width=PLAY_WIDTH,
                help="Pause after the current batch; nothing is lost.",
            )
        else:
            _draw_train_or_resume(None if is_over else job, disabled=cannot_begin)
        _draw_steps(job, disabled=is_active or is_over or cannot_begin)
        _draw_stop_and_reset(job, is_over=is_over)
        _draw_pace()
        if job and is_over:
            draw_retry(job.run)
            draw_more_epochs(job.run)
        elif job:
            draw_learning_rate(job.run)


def _draw_train_or_resume(job: TrainingJob | None, *, disabled: bool) -> None:
    """Draw the button that trains to the end, with the job that is paused or a new one."""
    play_button(
        "Resume" if job else "Train",
        training_actions.request_training,
        args=(Goal.THE_END, job),
        width=PLAY_WIDTH,
        disabled=disabled,
        help="Train on to the last epoch, with the settings the run began with."
        if job
        else "Train to the last epoch, with the settings on the left.",
    )


def _draw_steps(job: TrainingJob | None, *, disabled: bool) -> None:
    """Draw the buttons that train a little, then pause."""
    steps = (
        ("+1 epoch", Goal.ONE_EPOCH, "Train to the end of the epoch, then pause."),
        ("+1 batch", Goal.ONE_BATCH, "Make a single step of the optimizer, then pause."),
    )
    for label, goal, meaning in steps:
        st.button(
            label,
            disabled=disabled,
            on_click=training_actions.request_training,
            args=(goal, job),
            help=meaning,
        )


def _draw_stop_and_reset(job: TrainingJob | None, *, is_over: bool) -> None:
    """Draw the buttons that end a run, with a result or without."""
    st.button(
        "Stop",
        icon=":material/stop:",
        disabled=job is None or is_over,
        on_click=training_actions.stop,
        help="End here and measure the network on the test samples.",
    )
    st.button(
        "Reset",
        icon=":material/restart_alt:",
        disabled=job is None,
        on_click=training_actions.reset,
        help="Clear the page for a new run. The same seed starts from the same weights again.",
    )


def _draw_pace() -> None:
    st.selectbox(
        "Epochs per second",
        training_speed.PACES,
        key=session.PACE,
        bind="query-params",
        on_change=training_actions.change_pace,
        width=200 if session.projector_mode() else 152,
        help="Slow motion. auto stretches a short run to about 8 seconds and lets a long "
        "one go at full speed.",
    )


def draw_retry(run: Run) -> None:
    """Draw the button that trains a network that has diverged again, in smaller steps."""
    if run.diverged is None:
        return
    rate = run.diverged.gentler_rate
    st.button(
        f"Try again with {rate:g}",
        icon=":material/healing:",
        on_click=training_actions.retry,
        args=(rate,),
        help="Set the learning rate to this, and train the same network from the start.",
    )
