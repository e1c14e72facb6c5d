"""The way of a network of the playground to the other pages."""

import streamlit as st

from dashboard import session
from dashboard.playground.trainings import reset
from dashboard.training_actions import has_unfinished_run, show_run
from experiments.background.background_task import Status
from experiments.background.run_store import StoredRun
from experiments.background.training_job import TrainingJob
from experiments.training.run import Run

PATIENCE_SECONDS = 0.5  # until the slice under way is over
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
        on_click=_keep,
        help="Ends the run with a result, puts it into the list of runs, where other pages find it "
        "and where it can be exported and continued, and begins a new one here. A second network "
        "is kept as well.",
    )
    if not is_asked:
        return
    if not session.tab().playground.has_kept:
        st.info("Train a step first: there is nothing to keep yet.", icon=":material/info:")
        return
    st.markdown("Kept, and begun anew here. Look at it in")
    for name, (title, icon) in TARGETS.items():
        st.page_link(f"pages/{name}.py", label=title, icon=icon)


def _keep() -> None:
    """Put what has begun into the list of runs, and begin anew here."""
    playground = session.tab().playground
    trainings = tuple(playground.trainings.values())
    playground.pause()
    for training in trainings:
        training.wait_until_paused(PATIENCE_SECONDS)
    begun = [training.run for training in trainings if training.run.step]
    playground.has_kept = bool(begun)
    if not begun:
        return
    reset()
    first, *_ = [session.tab().run_store.add(_ended_job(run)) for run in begun]
    _show(first)


def _show(stored: StoredRun) -> None:
    """Show a run on the other pages; on Train, unless another one is unfinished there."""
    tab = session.tab()
    if has_unfinished_run():
        tab.chosen = stored
    else:
        show_run(stored)
        tab.other_settings = session.KeptSettings(stored.run.config, stored.run.own, {})


def _ended_job(run: Run) -> TrainingJob:
    """Return the job of a run that ends here, with a result; it can be continued."""
    if run.result or run.diverged:
        return TrainingJob(run, ending=Status.DIVERGED if run.diverged else Status.FINISHED)
    job = TrainingJob(run, page=session.page())
    job.pause()
    job.stop()
    return job
