"""The way of a network of the playground to the other pages."""

import streamlit as st

from dashboard import session
from dashboard.playground.trainings import PATIENCE_SECONDS, new_training
from dashboard.shell.page_registry import PAGES
from dashboard.training_actions import has_unfinished_run
from experiments.background.background_task import Status
from experiments.background.training_job import TrainingJob

TARGETS = ("train", "one_step", "inside")


def draw_send() -> None:
    """Offer to look at the network of the playground on another page."""
    for entry in PAGES:
        if entry.name in TARGETS and st.button(
            f"Open in {entry.title}",
            icon=entry.icon,
            key=session.key_of(session.SEND, entry.name),
            help="Puts this run into the list of runs, and begins a new one here.",
        ):
            if _send():
                st.switch_page(entry.file)
            st.info("Train a step first: there is nothing to look at yet.")


def _send() -> bool:
    """Put the run into the list of runs, and show it; say whether it has begun."""
    tab = session.tab()
    training = tab.playground.trainings[session.PLAYGROUND_NETWORK]
    run = training.run
    training.pause()
    training.wait_until_paused(PATIENCE_SECONDS)
    if not run.step:
        return False
    fresh = new_training(run.initial_config, run.own, session.page())
    tab.playground.trainings[session.PLAYGROUND_NETWORK] = fresh
    training.discard()
    is_over = run.result is not None or run.diverged is not None
    ending = Status.FINISHED if is_over else None
    stored = tab.run_store.add(TrainingJob(run, page=session.page(), ending=ending))
    if has_unfinished_run():
        tab.chosen = stored
    else:
        tab.job, tab.chosen, tab.epoch, tab.film = stored.job, None, None, None
    return True
