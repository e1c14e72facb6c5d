"""Press Train, and watch the network learn to read."""

import streamlit as st

from dashboard import session, settings, training_actions, training_speed
from dashboard.charts.learning_curves import (
    Marks,
    accuracy_figure,
    batch_curve,
    best_epoch,
    epoch_curves,
    loss_figure,
)
from dashboard.components import epoch_slider
from dashboard.components.chart import show_chart
from dashboard.components.source import show_source
from dashboard.shell import app_entry
from dashboard.text import percent
from dashboard.train import export_import, messages, panels, run_list
from experiments.background.training_job import Goal, Status, TrainingJob
from experiments.training.run import Run
from mlp.backprop import backward, forward
from mlp.losses import LOSSES
from mlp.optimizers import OPTIMIZERS

PLAY_WIDTH = 116  # pixels; wide enough for each of its names, so that the row stands still


def is_watched(status: Status | None) -> bool:
    """Say whether there is something to watch."""
    return status is not None and status.is_moving


def transport(job: TrainingJob | None, status: Status | None) -> bool:
    """Draw the buttons that drive the training; return whether the loss axis is logarithmic."""
    is_moving, is_over = is_watched(status), status is not None and status.is_over
    cannot_begin = bool(session.problems()) and (job is None or is_over)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if is_moving:
            pause_button()
        else:
            play_button(None if is_over else job, disabled=cannot_begin)
        step_buttons(job, disabled=is_moving or is_over or cannot_begin)
        end_buttons(job, is_over=is_over)
        return view_controls()


def pause_button() -> None:
    """Draw the button that pauses."""
    st.button(
        "Pause",
        icon=":material/pause:",
        type="primary",
        width=PLAY_WIDTH,
        on_click=training_actions.pause,
        help="Stand still after the current batch; nothing is lost.",
    )


def play_button(job: TrainingJob | None, *, disabled: bool) -> None:
    """Draw the button that trains to the end, with the job that waits for it or a new one."""
    st.button(
        "Resume" if job else "Train",
        icon=":material/play_arrow:",
        type="primary",
        width=PLAY_WIDTH,
        disabled=disabled,
        on_click=training_actions.go,
        args=(Goal.THE_END, job),
        help="Train to the last epoch, with the settings on the left.",
    )


def step_buttons(job: TrainingJob | None, *, disabled: bool) -> None:
    """Draw the buttons that train a little, then pause."""
    steps = (
        ("+1 epoch", Goal.ONE_EPOCH, "Train to the end of the epoch, then pause."),
        ("+1 batch", Goal.ONE_BATCH, "Make a single step of the optimizer, then pause."),
    )
    for label, goal, meaning in steps:
        st.button(
            label, disabled=disabled, on_click=training_actions.go, args=(goal, job), help=meaning
        )


def end_buttons(job: TrainingJob | None, *, is_over: bool) -> None:
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


def view_controls() -> bool:
    """Draw how the training is shown; return whether the loss axis is logarithmic."""
    st.selectbox(
        "Epochs a second",
        training_speed.PACES,
        key=session.PACE,
        bind="query-params",
        on_change=training_actions.change_pace,
        width=140,
        help="Slow motion. auto stretches a short run to about 8 seconds and lets a long "
        "one go at full speed.",
    )
    return st.toggle(
        "Log loss",
        key=session.LOG_LOSS,
        bind="query-params",
        on_change=session.forget_notices,
        help="Draw the loss on a logarithmic axis: it shows how a small loss becomes smaller.",
    )


def rate_now(run: Run) -> None:
    """Draw the learning rate of the run under way, to be changed on the way."""
    rates = settings.learning_rate_stops(run.learning_rate)
    session.set_value(session.RATE_NOW, run.learning_rate)
    st.select_slider(
        "Learning rate from now on",
        list(rates),
        key=session.RATE_NOW,
        format_func=rates.__getitem__,
        on_change=training_actions.change_learning_rate,
        help="Acts from the next step on, without a new start. The schedule is applied to it.",
    )


def more_epochs(run: Run) -> None:
    """Draw the way to train on after the end."""
    least, most = training_actions.epochs_to_add(run)
    if not run.can_continue or least > most:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
        st.number_input(
            "More epochs",
            least,
            most,
            value=min(max(10, least), most),
            key=session.MORE_EPOCHS,
            persist_state="session",
            width=160,
            help="How many epochs to add. The optimizer goes on with all that it remembers.",
        )
        st.button(
            "Continue",
            icon=":material/resume:",
            on_click=training_actions.continue_run,
            help="Train this network on from where it is.",
        )


def progress(job: TrainingJob | None) -> None:
    """Say how far the run has come."""
    ready = (
        "Ready: press Train" if not session.problems() else "Waiting for settings that make sense"
    )
    fraction, words = messages.progress(job) if job else (0.0, ready)
    st.progress(fraction, text=words)


def results(job: TrainingJob | None) -> None:
    """Show the accuracies in figures that can be read from the back row."""
    for column, figure in zip(st.columns(3), messages.figures(job), strict=True):
        column.metric(
            figure.label,
            "–" if figure.score is None else percent(figure.score.accuracy),
            help=figure.meaning,
        )


def charts(job: TrainingJob | None, *, log_scale: bool) -> None:
    """Draw loss and accuracy, as far as they are known."""
    run = job.run if job else None
    current_epoch = run.current_epoch if run else None  # before the history, which is then no older
    history = list(run.history) if run else []
    epochs = messages.epochs_in_view(job) if job else session.config().epochs
    losses = epoch_curves(history, "loss")
    if run and current_epoch:
        losses.append(batch_curve(*current_epoch, run.plan.steps_per_epoch))
    revision = str(id(run)) if run else ""
    best, moment = best_epoch(history), epoch_slider.epoch_looked_at(run) if run else None
    left, right = st.columns(2)
    with left:
        show_chart(
            loss_figure(
                losses,
                epochs=epochs,
                log_scale=log_scale,
                revision=revision,
                marks=Marks(best, moment, messages.beside(run, "loss")),
            ),
            key=session.LOSS_CHART,
            alt="Loss of the training and the validation samples, by epoch",
        )
    with right:
        show_chart(
            accuracy_figure(
                epoch_curves(history, "accuracy"),
                epochs=epochs,
                revision=revision,
                marks=Marks(best, moment, messages.beside(run, "accuracy")),
            ),
            key=session.ACCURACY_CHART,
            alt="Accuracy on the training and the validation samples, by epoch",
        )


def ending(run: Run, status: Status) -> None:
    """Say in a sentence how the run ended, and what can be done next."""
    verdict = messages.result_sentence(run)
    if status is Status.ABANDONED:
        st.warning(
            "This page lost its connection for a while, and the training ended. "
            "Continue goes on with it, Train starts a new one.",
            icon=":material/wifi_off:",
        )
    elif status is Status.FAILED:
        st.error(
            "The training failed through a fault of the app; its log says more. "
            "Train starts a new one.",
            icon=":material/error:",
        )
    elif run.diverged:
        st.error(str(run.diverged), icon=":material/trending_up:")
        gentler = run.diverged.gentler_rate
        st.button(
            f"Try again with {gentler:g}",
            icon=":material/healing:",
            on_click=training_actions.retry,
            args=(gentler,),
            help="Set the learning rate to this, and train the same network anew.",
        )
    elif run.result is None:
        st.info(verdict, icon=":material/info:")
    elif messages.only_guesses(run):
        st.warning(f"{verdict} {messages.advice(run)}", icon=":material/casino:")
    else:
        st.success(verdict, icon=":material/check_circle:")


def watch(status: Status | None, poll_seconds: float, log_scale: bool) -> None:
    """Draw what changes while the network learns."""
    job = session.job()
    with st.container():
        if not (job and status and status.is_over):
            progress(job)
    results(job)
    charts(job, log_scale=log_scale)
    if job and job.run.snapshots.steps:
        panels.draw(job.run, messages.epochs_in_view(job))
    is_late = is_watched(status) and training_speed.poll_seconds() != poll_seconds
    if is_late or is_watched(status) != is_watched(job.status if job else None):
        st.rerun()  # the whole page: other buttons, or another rhythm of looking


app_entry.enter_through_app()
job = session.job()
status = job.status if job else None
st.title("Train")
log_scale = transport(job, status)
# What comes and goes has a place of its own: a chart that is moved would lose its zoom.
with st.container(horizontal=True, vertical_alignment="bottom"):
    with st.container(width="stretch"):
        if job and status and status.is_over:
            ending(job.run, status)
        elif job:
            rate_now(job.run)
    if job and status and status.is_over:
        more_epochs(job.run)
with st.container():
    if job and status and not messages.has_settings(job.run):
        what_to_do = "Train starts a run" if status.is_over else "Reset, then Train, to start a run"
        st.info(f"The settings have changed. {what_to_do} with them.", icon=":material/info:")
poll_seconds = training_speed.poll_seconds()
st.fragment(watch, run_every=poll_seconds if is_watched(status) else None)(
    status, poll_seconds, log_scale
)
run_list.draw()
export_import.draw(job.run if job and status and status.is_over else None)
config = session.config()
with st.expander("The lines of NumPy that do this", icon=":material/code:"):
    show_source(
        {
            "Forward": forward,
            "Loss": LOSSES[config.loss].fused,
            "Backward": backward,
            "Step": OPTIMIZERS[config.optimizer],
        }
    )
