"""Loss and accuracy by epoch, of the run on the page and of those to compare it with."""

import streamlit as st

from dashboard import session
from dashboard.charts.learning_curves import (
    VALIDATION,
    Comparison,
    Marks,
    Measure,
    accuracy_figure,
    batch_curve,
    best_epoch,
    epoch_curves,
    loss_figure,
)
from dashboard.components.chart import show_chart
from dashboard.components.epoch_slider import past_epoch
from experiments.background.background_task import Status
from experiments.background.training_job import TrainingJob
from experiments.training.run import Run


def draw_curves(job: TrainingJob | None, *, log_scale: bool) -> None:
    """Draw loss and accuracy, as far as they are known."""
    run = job.run if job else None
    current_epoch = run.current_epoch if run else None  # before the history, which is then no older
    history = list(run.history) if run else []
    epochs = epochs_in_view(job) if job else session.config().epochs
    losses = epoch_curves(history, "loss")
    if run and current_epoch:
        losses.append(batch_curve(*current_epoch, run.plan.steps_per_epoch))
    revision = str(id(run)) if run else ""
    marks = Marks(best_epoch(history), past_epoch(run) if run else None)
    left, right = st.columns(2)
    with left:
        show_chart(
            loss_figure(
                losses,
                epochs=epochs,
                log_scale=log_scale,
                revision=revision,
                marks=marks._replace(others=compared_runs(run, "loss")),
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
                marks=marks._replace(others=compared_runs(run, "accuracy")),
            ),
            key=session.ACCURACY_CHART,
            alt="Accuracy on the training and the validation samples, by epoch",
        )


def compared_runs(run: Run | None, measure: Measure) -> list[Comparison]:
    """Return the curves of the runs to compare with one, on held-out samples if any."""
    others = []
    for stored in session.runs():
        if stored.is_drawn and stored.run is not run and stored.run.epochs_done:
            curve = epoch_curves(list(stored.run.history), measure)[-1]
            part = "" if curve.name == VALIDATION else " (training)"
            others.append(Comparison(stored.name + part, stored.number, curve))
    return others


def epochs_in_view(job: TrainingJob) -> int:
    """Return how long the axis of the epochs is: as long as the run will be.

    While the reader goes through the first epoch batch by batch, it is one epoch long, and a
    run that has stopped early ends where it ended.
    """
    if job.run.early_stopped:
        return job.run.epochs_done
    is_in_first = 0 < job.run.step < job.run.plan.steps_per_epoch
    return 1 if is_in_first and job.status is Status.PAUSED else job.run.config.epochs
