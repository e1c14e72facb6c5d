"""What changes while the network learns, until the training is over."""

from functools import partial
from typing import NamedTuple

import streamlit as st

from dashboard import session
from dashboard.components.epoch_slider import advance_film, choose_epoch
from dashboard.components.live_feed import ask_for_news, forget_live_elements
from dashboard.train import panels
from dashboard.train.curves import choose_loss_scale, draw_curves, epochs_in_view
from dashboard.train.decision_regions import draw_decision_regions
from dashboard.train.run_status import draw_run_status
from dashboard.train.untrained import untrained_run
from dashboard.train.watched_samples import draw_network, draw_samples
from experiments.background.background_task import Status
from experiments.background.training_job import TrainingJob
from experiments.training.run import Run

STAGE_HEIGHT = 312  # pixels, of the network and of what is beside it


class Drawn(NamedTuple):
    """For what the whole page was drawn; when it changes, the page is drawn anew.

    is_moving : whether the run trains, or a film of it plays
    has_snapshots : whether there were charts of the network to show
    """

    is_moving: bool
    has_snapshots: bool


def draw_live(status: Status | None) -> None:
    """Draw all that shows the run, from its progress to the charts, and have it follow the run."""
    drawn = _drawn_now(status)
    st.fragment(_draw_run)(drawn)
    ask_for_news(partial(_is_outdated, drawn), is_moving=drawn.is_moving)


def _drawn_now(status: Status | None) -> Drawn:
    is_moving = (status is not None and status.is_active) or session.tab().film is not None
    job = session.job()
    return Drawn(is_moving, job is not None and bool(job.run.snapshots.steps))


def _is_outdated(drawn: Drawn) -> bool:
    """Move the film on, if one plays; say whether the page needs other buttons or charts."""
    job = session.job()
    advance_film(job.run if job else None)
    return _drawn_now(job.status if job else None) != drawn


def _draw_run(drawn: Drawn) -> None:
    """Draw the run on the page, or the untrained network before there is one."""
    job = session.job()
    if _drawn_now(job.status if job else None) != drawn:
        st.rerun()  # a film that begins, for example, needs looks
    forget_live_elements()
    run = job.run if job else untrained_run()
    draw_run_status(job)
    is_plane = run is not None and run.prepared_data().plane is not None
    stage = st.container(key="stage-of-plane" if is_plane else "stage")
    if run:
        choose_epoch(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width="stretch"):
            names = panels.choose_panels()
        log_scale = choose_loss_scale()
    with stage:
        _draw_stage(job, run, is_plane=is_plane, log_scale=log_scale)
    if job and job.run.snapshots.steps:
        panels.draw(names, job.run, epochs_in_view(job))


def _draw_stage(
    job: TrainingJob | None, run: Run | None, *, is_plane: bool, log_scale: bool
) -> None:
    """Draw what the network does, the network, and how it learns, side by side."""
    if run and not is_plane:
        draw_samples(run)
    columns = st.columns([4, 6, 4] if is_plane else [6, 4], gap="small")
    if run and is_plane:
        with columns[0]:
            draw_decision_regions(run, height=STAGE_HEIGHT + 40)
    if run:
        with columns[-2]:
            draw_network(run, height=STAGE_HEIGHT)
    with columns[-1]:
        draw_curves(job, log_scale=log_scale, height=STAGE_HEIGHT // 2 + 20)
