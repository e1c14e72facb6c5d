"""What changes while the network learns, until the training is over."""

from threading import BoundedSemaphore
from typing import NamedTuple

import streamlit as st

from dashboard import session, training_speed
from dashboard.components.live_charts import forget_live_charts, tell_changes
from dashboard.train import panels
from dashboard.train.curves import draw_curves, epochs_in_view
from dashboard.train.run_status import draw_run_status
from experiments.background.background_task import Status
from experiments.background.training_job import TrainingJob

LOOKS = BoundedSemaphore(1)  # threads that share Python's lock are quickest one after another


class Drawn(NamedTuple):
    """For what the whole page was drawn; when it changes, the page is drawn anew.

    poll_seconds : between two looks, while the run trains; else None
    has_panels : whether there were charts of the network to show
    """

    poll_seconds: float | None
    has_panels: bool


def draw_live(status: Status | None, *, log_scale: bool) -> None:
    """Draw progress, scores, curves and panels, and have them follow the run."""
    is_moving, has_panels = _is_moving(status), _has_panels(session.job())
    poll_seconds = training_speed.poll_seconds() if is_moving else None
    above = st.container()
    st.fragment(_draw_charts)(poll_seconds, log_scale)
    with above:
        look = st.fragment(_look, run_every=poll_seconds)
        look(Drawn(poll_seconds, has_panels))


def _look(drawn: Drawn) -> None:
    """Draw what is new since the last look: little, for all looks share one processor."""
    job = session.job()
    with LOOKS:
        draw_run_status(job)
        tell_changes()
    if _is_outdated(drawn, job):
        st.rerun()


def _is_outdated(drawn: Drawn, job: TrainingJob | None) -> bool:
    """Say whether the page needs other buttons, other charts or another interval."""
    was_moving, is_moving = drawn.poll_seconds is not None, _is_moving(job.status if job else None)
    is_good = drawn.poll_seconds is None or training_speed.is_good_interval(drawn.poll_seconds)
    return was_moving != is_moving or drawn.has_panels != _has_panels(job) or not is_good


def _draw_charts(poll_seconds: float | None, log_scale: bool) -> None:
    """Draw the charts, and the controls that choose what they show."""
    forget_live_charts()
    job = session.job()
    draw_curves(job, log_scale=log_scale)
    if job and _has_panels(job):
        panels.draw(job.run, epochs_in_view(job), poll_seconds)


def _is_moving(status: Status | None) -> bool:
    return status is not None and status.is_active


def _has_panels(job: TrainingJob | None) -> bool:
    return job is not None and bool(job.run.snapshots.steps)
