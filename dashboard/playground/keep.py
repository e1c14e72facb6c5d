"""The way of a network of the playground to the other pages."""

import streamlit as st

from dashboard import session
from dashboard.playground.trainings import PATIENCE_SECONDS, fresh_training
from dashboard.training_actions import has_unfinished_run
from experiments.background.background_task import Status
from experiments.background.training_job import TrainingJob
from experiments.training.run import Run

TARGETS = {
    "train": ("Train", ":material/model_training:"),
    "one_step": ("One step", ":material/footprint:"),
    "inside": ("Inside", ":material/neurology:"),
}
"""Pages that show a run, by their files: what they are called there, and their icons."""


def draw_keep() -> None:
    """Offer to put the run into the list of runs, and then to look at it on other pages."""
    is_asked = st.button(
        "Keep this run",
        icon=":material/bookmark_add:",
        key=session.KEEP_RUN,
        help="Puts the run into the list of runs, where other pages find it and where it can be "
        "exported, and begins a new one here.",
    )
    if not is_asked:
        return
    if not _keep():
        st.info("Train a step first: there is nothing to keep yet.", icon=":material/info:")
        return
    st.markdown("Kept. Look at it in")
    for name, (title, icon) in TARGETS.items():
        st.page_link(f"pages/{name}.py", label=title, icon=icon)


def _keep() -> bool:
    """Put the run into the list of runs, and show it; say whether it has begun."""
    tab = session.tab()
    training = tab.playground.trainings[session.PLAYGROUND_NETWORK]
    run = training.run
    training.pause()
    training.wait_until_paused(PATIENCE_SECONDS)
    if not run.step:
        return False
    tab.playground.trainings[session.PLAYGROUND_NETWORK] = fresh_training(training)
    training.discard()
    stored = tab.run_store.add(_job_of(run))
    if has_unfinished_run():
        tab.chosen = stored
    else:
        tab.job, tab.chosen, tab.epoch, tab.film = stored.job, None, None, None
    return True


def _job_of(run: Run) -> TrainingJob:
    """Return a job that can train the run on, unless it is over."""
    if run.result or run.diverged:
        return TrainingJob(run, ending=Status.FINISHED)
    job = TrainingJob(run, page=session.page())
    job.pause()
    return job
