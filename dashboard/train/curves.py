"""Loss and accuracy by epoch, of the run on the page and of those to compare it with."""

from functools import partial

import streamlit as st

from dashboard import session
from dashboard.charts.figure import Figure
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


def draw_curves(job: TrainingJob | None, *, log_scale: bool) -> None:
    """Draw loss and accuracy, as far as they are known."""
    left, right = st.columns(2)
    with left:
        show_live_chart(
            partial(_loss_figure, job, BestEpoch(), log_scale=log_scale),
            lambda: job and job.run.step,
            key=session.LOSS_CHART,
            alt="Loss of the training and the validation samples, by epoch",
        )
    with right:
        show_live_chart(
            partial(_accuracy_figure, job, BestEpoch()),
            lambda: job and len(job.run.history),
            key=session.ACCURACY_CHART,
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
        marks=Marks(best.of(history), _past_epoch(run), compared_runs(run, "loss")),
    )


def _accuracy_figure(job: TrainingJob | None, best: BestEpoch) -> Figure:
    """Draw the accuracies of a run."""
    run = job.run if job else None
    history = list(run.history) if run else []
    return accuracy_figure(
        epoch_curves(history, "accuracy"),
        epochs=epochs_in_view(job),
        revision=_revision(run),
        marks=Marks(best.of(history), _past_epoch(run), compared_runs(run, "accuracy")),
    )


def _revision(run: Run | None) -> str:
    """Return what stays the same as long as a zoom is to be kept."""
    return str(id(run)) if run else ""


def _past_epoch(run: Run | None) -> int | None:
    return past_epoch(run) if run else None


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
