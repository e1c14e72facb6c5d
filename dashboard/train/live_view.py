"""What changes while the network learns; redrawn by itself until the training is over."""

import streamlit as st

from dashboard import session, training_speed
from dashboard.train import panels
from dashboard.train.curves import draw_curves, epochs_in_view
from dashboard.train.progress import draw_progress
from dashboard.train.scores import draw_scores
from experiments.background.background_task import Status


def draw_live(status: Status | None, *, log_scale: bool) -> None:
    """Draw progress, scores, curves and panels, again and again while the run is training."""
    poll_seconds = training_speed.poll_seconds()
    redraw = st.fragment(_draw, run_every=poll_seconds if _is_moving(status) else None)
    redraw(status, poll_seconds, log_scale)


def _draw(status: Status | None, poll_seconds: float, log_scale: bool) -> None:
    """Draw once; reload the whole page when its buttons or the polling interval change.

    Parameters
    ----------
    status, poll_seconds : as they were when the whole page was last drawn
    """
    job = session.job()
    with st.container():
        if not (job and status and status.is_over):
            draw_progress(job)
    draw_scores(job)
    draw_curves(job, log_scale=log_scale)
    if job and job.run.snapshots.steps:
        panels.draw(job.run, epochs_in_view(job))
    is_active = _is_moving(status)
    is_late = is_active and training_speed.poll_seconds() != poll_seconds
    if is_late or is_active != _is_moving(job.status if job else None):
        st.rerun()


def _is_moving(status: Status | None) -> bool:
    return status is not None and status.is_active
