"""Loss and accuracy by epoch, of the run on the page and of those to compare it with."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.charts.curve_marks import Mark, run_marks
from dashboard.charts.curves import (
    HARDER,
    VALIDATION,
    BestEpoch,
    Measure,
    batch_curve,
    epoch_curves,
    last_batches,
    remark_on_training,
)
from dashboard.charts.figure import Figure, compact
from dashboard.charts.learning_curves import Comparison, accuracy_figure, loss_figure
from dashboard.components.epoch_slider import past_epoch
from dashboard.components.live_charts import show_live_chart
from experiments.background.background_task import Status
from experiments.background.training_job import TrainingJob
from experiments.training.run import Run
from mlp.records import EpochRecord

AFTER_DIVERGENCE = 1.25  # the axis ends so many times later than a run that has diverged


def choose_loss_scale() -> bool:
    """Draw the choice of the axis of the loss; say whether it is logarithmic."""
    return st.toggle(
        "Logarithmic loss axis",
        key=session.LOG_LOSS,
        bind="query-params",
        on_change=session.forget_notices,
        help="Draw the loss on a logarithmic axis: it shows how a small loss becomes smaller.",
    )


def draw_curves(job: TrainingJob | None, *, log_scale: bool, height: int) -> None:
    """Draw loss above accuracy, as far as they are known; each so many pixels high."""
    best = BestEpoch()
    show_live_chart(
        lambda: compact(_loss_figure(job, best, log_scale=log_scale), "Mean loss"),
        lambda: (job and job.run.step, _past_epoch(job)),
        key=session.LOSS_CHART,
        height=height,
        fill=0.5,
        alt="Loss of the training and the validation samples, by epoch",
    )
    show_live_chart(
        lambda: compact(_accuracy_figure(job, best), "Accuracy"),
        lambda: (job and len(job.run.history), _past_epoch(job)),
        key=session.ACCURACY_CHART,
        height=height,
        fill=0.5,
        alt="Accuracy on the training and the validation samples, by epoch",
    )
    if remark := remark_on_training(job.run.config if job else session.config()):
        st.caption(remark, help=HARDER)


def _loss_figure(job: TrainingJob | None, best: BestEpoch, *, log_scale: bool) -> Figure:
    """Draw the losses of a run, or the empty chart before there is one."""
    run = job.run if job else None
    current_epoch = run.current_epoch if run else None  # before the history, which is then no older
    history = list(run.history) if run else []
    losses = epoch_curves(history, "loss")
    if run and current_epoch:
        batches = last_batches if run.diverged else batch_curve
        losses.append(batches(*current_epoch, run.plan.steps_per_epoch))
    return loss_figure(
        losses,
        epochs=_axis_end(job),
        log_scale=log_scale,
        revision=_revision(run),
        marks=_marks(job, history, best),
        others=compared_runs(run, "loss"),
        diverged_at=_diverged_at(run),
    )


def _accuracy_figure(job: TrainingJob | None, best: BestEpoch) -> Figure:
    """Draw the accuracies of a run."""
    run = job.run if job else None
    history = list(run.history) if run else []
    return accuracy_figure(
        epoch_curves(history, "accuracy"),
        epochs=_axis_end(job),
        revision=_revision(run),
        marks=_marks(job, history, best),
        others=compared_runs(run, "accuracy"),
    )


def _marks(job: TrainingJob | None, history: Sequence[EpochRecord], best: BestEpoch) -> list[Mark]:
    """Return what happened on the way, up to the end of a history."""
    if job is None:
        return []
    return run_marks(
        job.run,
        history,
        best_epoch=best.of(history),
        past_epoch=past_epoch(job.run),
        is_over=job.status.is_over,
        axis_end=_axis_end(job),
    )


def _diverged_at(run: Run | None) -> float | None:
    """Return the epoch, and the fraction of it, at which a run has diverged."""
    return run.diverged.step / run.plan.steps_per_epoch if run and run.diverged else None


def _axis_end(job: TrainingJob | None) -> float:
    """Return the last epoch of the curves; of a run that has diverged, a little after that."""
    diverged_at = _diverged_at(job.run if job else None)
    return epochs_in_view(job) if diverged_at is None else AFTER_DIVERGENCE * diverged_at


def _revision(run: Run | None) -> str:
    """Return what stays the same as long as a zoom is to be kept."""
    return run.id if run else ""


def _past_epoch(job: TrainingJob | None) -> int | None:
    return past_epoch(job.run) if job else None


def compared_runs(run: Run | None, measure: Measure) -> list[Comparison]:
    """Return the curves of other runs on the same dataset, on held-out samples if any."""
    others = []
    for stored in session.runs():
        is_comparable = run is None or (
            (stored.run.config.dataset, stored.run.own) == (run.config.dataset, run.own)
        )
        is_other = stored.is_drawn and stored.run is not run and is_comparable
        if is_other and stored.run.epochs_done:
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
