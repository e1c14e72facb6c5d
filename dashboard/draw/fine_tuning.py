"""Train on with the drawings, and see what that does to all other digits."""

import re
from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import session, training_actions, training_speed
from dashboard.components.live_feed import ask_for_news
from dashboard.components.transport_buttons import play_button
from dashboard.draw.fine_tuning_effect import draw_effect
from dashboard.draw.kept_answers import class_of
from dashboard.draw.novelty import can_load_samples, training_samples
from dashboard.draw.trained_networks import TrainedNetwork
from dashboard.text import duration, plain
from dashboard.training_speed import waiting_in_words
from data.drawing.gallery import samples_of
from experiments.background.limits import check_affordable
from experiments.background.run_store import StoredRun
from experiments.background.training_job import Goal, TrainingJob
from experiments.training.fine_tuning import (
    MAX_NEW_ROWS,
    MAX_REHEARSED,
    MAX_REPEATS,
    FineTuning,
    fine_tuned_config,
)
from experiments.training.run import Run

MAX_EPOCHS = 30
USUAL_EPOCHS, USUAL_REPEATS = 5, 50
TAUGHT = ", taught"
REHEARSED: dict[str, int] = {"All": MAX_REHEARSED, "Few": 500, "None": 0}
"""How many old samples are rehearsed, by what the reader chooses."""


def draw_fine_tuning(trained: TrainedNetwork) -> None:
    """Draw how a network can be trained on with the drawings, and what the last time has done."""
    st.markdown(
        "**Train on with these.** A copy of the network goes on learning, with your drawings "
        "among those that it has learned from: teach it your seven. Then see what it has forgotten."
    )
    stored = _newest_fine_tuned()
    if stored and not stored.job.status.is_over:
        _follow(stored)
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _draw_choices(trained)
    if stored:
        with right:
            draw_effect(stored)


def _newest_fine_tuned() -> StoredRun | None:
    return next((each for each in reversed(session.runs()) if each.run.fine_tuning), None)


def _draw_choices(trained: TrainedNetwork) -> None:
    """Draw how long, how often and beside what the drawings are learned; and the button."""
    is_loading = _is_loading(trained)  # once: it may be over at any moment
    with st.container(horizontal=True):
        epochs = st.number_input(
            "Epochs",
            1,
            MAX_EPOCHS,
            USUAL_EPOCHS,
            key=session.FINE_TUNING_EPOCHS,
            persist_state="session",
            width=110,
            help="So many more.",
        )
        repeats = st.number_input(
            "Repeats",
            1,
            MAX_REPEATS,
            USUAL_REPEATS,
            key=session.FINE_TUNING_REPEATS,
            persist_state="session",
            width=130,
            help="How often each drawing comes in an epoch: among thousands of others, one would "
            "hardly count.",
        )
        rehearsed = st.segmented_control(
            "Old samples",
            REHEARSED,
            default=next(iter(REHEARSED)),
            required=True,
            key=session.FINE_TUNING_REHEARSED,
            persist_state="session",
            help="How many of those that it has learned from are learned again: all, "
            f"{MAX_REHEARSED:,} at the most; a few; or none, which shows how a network forgets.",
        )
    repeats = min(repeats, MAX_NEW_ROWS // max(1, len(_teachable(trained)[0])))
    n_rehearsed = REHEARSED[rehearsed or next(iter(REHEARSED))]
    objection = _objection(trained, is_loading=is_loading)
    play_button(
        "Train on with these",
        _begin,
        args=(trained, epochs, repeats, n_rehearsed),
        disabled=bool(objection),
        help="A new run in the list of the Train page; the network itself stays as it is.",
    )
    st.caption(objection or _plan_sentence(trained, epochs, repeats, n_rehearsed))
    ask_for_news(lambda: not _is_loading(trained), is_moving=is_loading)


def _is_loading(trained: TrainedNetwork) -> bool:
    return can_load_samples(trained) and training_samples(trained) is None


def _teachable(trained: TrainedNetwork) -> tuple[Sequence[int], list[int]]:
    """Return which drawings can be learned, by their places, and the class of each."""
    names = trained.dataset.class_names
    found = [class_of(drawing.label, names) for drawing in session.tab().gallery.drawings]
    places = [place for place, label in enumerate(found) if label is not None]
    return places, [label for label in found if label is not None]


def _objection(trained: TrainedNetwork, *, is_loading: bool) -> str:
    """Say why this network cannot be trained on now; nothing if it can."""
    if not _teachable(trained)[0]:
        return "It takes drawings with a label that this network knows: keep some first."
    if not can_load_samples(trained):
        return (
            "The images that this network has learned from are not on this machine. Choose "
            f"{trained.config.dataset} as the dataset in the sidebar, and they are fetched."
        )
    if training_actions.has_unfinished_run():
        return "A run on the Train page is not over. Stop it first, or wait for it."
    return "Loading what it has learned from …" if is_loading else ""


def _plan_sentence(trained: TrainedNetwork, epochs: int, repeats: int, n_rehearsed: int) -> str:
    """Say what an epoch will consist of."""
    n_new, n_kept = len(_teachable(trained)[0]), len(session.tab().gallery.drawings)
    prepared = training_samples(trained)
    n_old = min(n_rehearsed, len(prepared.training.X)) if prepared else n_rehearsed
    out = f" {n_kept - n_new} without such a label are left out." if n_kept > n_new else ""
    times = f"{n_new} drawing{'s' * (n_new > 1)}, {repeats} time{'s' * (repeats > 1)} each"
    return (
        f"In each of {epochs} epoch{'s' * (epochs > 1)}: {times}, and {n_old:,} old samples.{out}"
    )


def _begin(trained: TrainedNetwork, epochs: int, repeats: int, n_rehearsed: int) -> None:
    """Begin a run that goes on from a network, and show it on the Train page as well."""
    tab = session.tab()
    if _objection(trained, is_loading=_is_loading(trained)):
        return
    try:
        run = _run(trained, epochs, repeats, n_rehearsed)
    except (ValueError, OSError) as error:
        tab.gallery_problem = str(error)
        return
    tab.gallery_problem = ""
    job = TrainingJob(run, page=session.page())
    tab.job, tab.chosen, tab.epoch, tab.request, tab.film = job, None, None, None, None
    tab.run_store.add(job, _name(trained.title))
    tab.drawing_network = run.id
    _note_learned(trained, run)
    job.go(Goal.THE_END)


def _run(trained: TrainedNetwork, epochs: int, repeats: int, n_rehearsed: int) -> Run:
    places, labels = _teachable(trained)
    drawings = [session.tab().gallery.drawings[place] for place in places]
    X = samples_of(drawings, trained.preparation, trained.dataset.maximum)
    base = next((each.run for each in session.runs() if each.run.id == trained.id), None)
    fine_tuning = FineTuning(
        trained.network().parameters.copy(),
        X,
        np.array(labels, np.intp),
        repeats,
        n_rehearsed,
        base.n_results if base else 1,
    )
    n_training = len(trained.prepared_data().split.training)
    config = fine_tuned_config(trained.config, epochs, fine_tuning.n_samples(n_training))
    check_affordable([config], trained.own)
    return Run(config, trained.own, keeps_snapshots=True, fine_tuning=fine_tuning)


def _note_learned(trained: TrainedNetwork, run: Run) -> None:
    """Note which drawings a run learns from: its own, and those of the network before it."""
    places, _ = _teachable(trained)
    for place, drawing in enumerate(session.tab().gallery.drawings):
        if place in places or trained.id in drawing.learned_by:
            drawing.learned_by.add(run.id)


def _name(title: str) -> str:
    """Return a name for the run that goes on from another: 'Run 1, taught', 'Run 1, taught 2'."""
    first = re.sub(rf"{TAUGHT}( \d+)?$", "", title) + TAUGHT
    taken, number, name = {stored.name for stored in session.runs()}, 1, first
    while name in taken:
        number += 1
        name = f"{first} {number}"
    return name


def _follow(stored: StoredRun) -> None:
    """Show how far the run is, until it is over."""
    st.button(
        "Stop",
        icon=":material/stop:",
        on_click=stored.job.stop,
        help="End here, and keep what was reached.",
    )
    seconds = training_speed.sequence_poll_seconds()
    st.fragment(_look, run_every=seconds)(stored)


def _look(stored: StoredRun) -> None:
    job, run = stored.job, stored.run
    if job.status.is_over:
        st.rerun()
    words = waiting_in_words(job) or f"epoch {run.epochs_done:,} of {run.config.epochs:,}"
    speed, n_steps = job.steps_per_second, run.config.epochs * run.plan.steps_per_epoch
    left = f" · {duration((n_steps - run.step) / speed)} left" if speed else ""
    st.progress(run.fraction_done, text=f"{plain(stored.name)}: {words}{left}")
