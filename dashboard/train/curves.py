"""Loss and accuracy by epoch, of the run on the page and of those to compare it with."""

import streamlit as st

from dashboard import session
from dashboard.charts.figure import Figure, compact
from dashboard.charts.learning_curves import (
    VALIDATION,
    BestEpoch,
    Comparison,
    Marks,
    Measure,
    accuracy_figure,
    batch_curve,
    epoch_curves,
    loss_figure,
)
from dashboard.components.epoch_slider import past_epoch
from dashboard.components.live_charts import show_live_chart
from experiments.background.background_task import Status
from experiments.background.training_job import TrainingJob
from experiments.training.run import Run


def choose_loss_scale() -> bool:
    """Draw the choice of the axis of the loss; say whether it is logarithmic."""
    return st.toggle(
        "Log loss",
        key=session.LOG_LOSS,
        bind="query-params",
        on_change=session.forget_notices,
        help="Draw the loss on a logarithmic axis: it shows how a small loss becomes smaller.",
    )


def draw_curves(job: TrainingJob | None, *, log_scale: bool, height: int) -> None:
    """Draw loss above accuracy, as far as they are known; each so many pixels high."""
    best = BestEpoch()
    show_live_chart(
        lambda: compact(_loss_figure(job, best, log_scale=log_scale)),
        lambda: (job and job.run.step, _past_epoch(job)),
        key=session.LOSS_CHART,
        height=height,
        fill=0.5,
        alt="Loss of the training and the validation samples, by epoch",
    )
    show_live_chart(
        lambda: compact(_accuracy_figure(job, best)),
        lambda: (job and len(job.run.history), _past_epoch(job)),
        key=session.ACCURACY_CHART,
        height=height,
        fill=0.5,
        alt="Accuracy on the training and the validation samples, by epoch",
    )


def _loss_figure(job: TrainingJob | None, best: BestEpoch, *, log_scale: bool) -> Figure:
    """Draw the losses of a run, or the empty chart before there is one."""
    run = job.run if job else None
    current_epoch = run.current_epoch if run else None  # before the history, which is then no older
    history = list(run.history) if run else []
    losses = epoch_curves(history, "loss")
    if run and current_epoch:
        losses.append(batch_curve(*current_epoch, run.plan.steps_per_epoch))
    return loss_figure(
        losses,
        epochs=epochs_in_view(job),
        log_scale=log_scale,
        revision=_revision(run),
        marks=Marks(best.of(history), _past_epoch(job), compared_runs(run, "loss")),
    )


def _accuracy_figure(job: TrainingJob | None, best: BestEpoch) -> Figure:
    """Draw the accuracies of a run."""
    run = job.run if job else None
    history = list(run.history) if run else []
    return accuracy_figure(
        epoch_curves(history, "accuracy"),
        epochs=epochs_in_view(job),
        revision=_revision(run),
        marks=Marks(best.of(history), _past_epoch(job), compared_runs(run, "accuracy")),
    )


def _revision(run: Run | None) -> str:
    """Return what stays the same as long as a zoom is to be kept."""
    return str(id(run)) if run else ""


def _past_epoch(job: TrainingJob | None) -> int | None:
    return past_epoch(job.run) if job else None


def compared_runs(run: Run | None, measure: Measure) -> list[Comparison]:
    """Return the curves of the runs to compare with one, on held-out samples if any."""
    others = []
    for stored in session.runs():
        if stored.is_drawn and stored.run is not run and stored.run.epochs_done:
            curve = epoch_curves(list(stored.run.history), measure)[-1]
            part = "" if curve.name == VALIDATION else " (training)"
            others.append(Comparison(stored.name + part, stored.number, curve))
    return others


def epochs_in_view(job: TrainingJob | None) -> int:
    """Return how long the axis of the epochs is: as long as the run will be.

    While the reader goes through the first epoch batch by batch, it is one epoch long, and a
    run that has stopped early ends where it ended.
    """
    if job is None:
        return session.config().epochs
    if job.run.early_stopped:
        return job.run.epochs_done
    is_in_first = 0 < job.run.step < job.run.plan.steps_per_epoch
    return 1 if is_in_first and job.status is Status.PAUSED else job.run.config.epochs
