"""Train on with the drawings, and see what that does to all other digits."""

import numpy as np
import streamlit as st

from dashboard import session, training_actions, training_speed
from dashboard.components.live_feed import ask_for_news
from dashboard.components.transport_buttons import play_button
from dashboard.draw.fine_tuning_actions import Wish, begin_fine_tuning, teachable
from dashboard.draw.fine_tuning_effect import draw_effect
from dashboard.draw.novelty import (
    can_load_samples,
    has_failed_to_load,
    how_to_fetch,
    training_samples,
)
from dashboard.draw.trained_networks import TrainedNetwork
from dashboard.text import duration, plain
from dashboard.training_speed import waiting_in_words
from experiments.background.run_store import StoredRun
from experiments.training.fine_tuning import MAX_NEW_ROWS, MAX_REHEARSED, MAX_REPEATS

MAX_EPOCHS = 30
USUAL_EPOCHS, USUAL_REPEATS = 5, 50
REHEARSED: dict[str, int] = {"All": MAX_REHEARSED, "Few": 500, "None": 0}
"""How many old samples are rehearsed, by what the reader chooses."""


def draw_fine_tuning(trained: TrainedNetwork) -> None:
    """Draw how a network can be trained on with the drawings, and what the last time has done."""
    st.markdown(
        "**Train on with these.** A copy of the network goes on learning, with your drawings "
        "among those that it has learned from: teach it your seven. Then see what it has forgotten."
    )
    stored = next((each for each in reversed(session.runs()) if each.run.fine_tuning), None)
    if stored and not stored.job.status.is_over:
        _follow(stored)
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _draw_button(trained, _choose(len(teachable(trained).drawings)))
    if stored:
        with right:
            draw_effect(stored)


def _choose(n_drawings: int) -> Wish:
    """Draw how long, how often and beside what the drawings are learned."""
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
    possible = min(repeats, MAX_NEW_ROWS // max(1, n_drawings))
    return Wish(epochs, possible, REHEARSED[rehearsed or next(iter(REHEARSED))])


def _draw_button(trained: TrainedNetwork, wish: Wish) -> None:
    """Draw the button that begins, and what it will do or why it cannot."""
    is_loading = _is_loading(trained)  # once: it may be over at any moment
    objection = _objection(trained, is_loading=is_loading)
    play_button(
        "Train on with these",
        _begin,
        args=(trained, wish),
        disabled=bool(objection),
        help="A new run in the list of the Train page; the network itself stays as it is.",
    )
    st.caption(objection or _plan_sentence(trained, wish))
    ask_for_news(lambda: not _is_loading(trained), is_moving=is_loading)


def _begin(trained: TrainedNetwork, wish: Wish) -> None:
    if not _objection(trained, is_loading=_is_loading(trained)):
        begin_fine_tuning(trained, wish)


def _is_loading(trained: TrainedNetwork) -> bool:
    is_missing = can_load_samples(trained) and training_samples(trained) is None
    return is_missing and not has_failed_to_load(trained)


def _objection(trained: TrainedNetwork, *, is_loading: bool) -> str:
    """Say why this network cannot be trained on now; nothing if it can."""
    if not teachable(trained).drawings:
        return "It takes drawings with a label that this network knows: keep some first."
    if not np.isfinite(trained.network().parameters).all():
        return (
            "This network has diverged: its numbers are not finite, and nothing can be learned "
            "from there. Choose another one, or an earlier epoch."
        )
    if not can_load_samples(trained):
        return (
            "The images that this network has learned from are not on this machine. "
            f"{how_to_fetch(trained)}"
        )
    if training_actions.has_unfinished_run():
        return "A run on the Train page is not over. Stop it first, or wait for it."
    if has_failed_to_load(trained):
        return (
            "What this network has learned from could not be read. Reload the page to try again, "
            "or choose another network."
        )
    return "Loading what it has learned from …" if is_loading else ""


def _plan_sentence(trained: TrainedNetwork, wish: Wish) -> str:
    """Say what an epoch will consist of."""
    epochs, repeats, n_rehearsed = wish
    n_new, n_kept = len(teachable(trained).drawings), len(session.tab().gallery.drawings)
    prepared = training_samples(trained)
    n_old = min(n_rehearsed, len(prepared.training.X)) if prepared else n_rehearsed
    out = f" {n_kept - n_new} without such a label are left out." if n_kept > n_new else ""
    return (
        f"In each of {epochs} epoch{'s' * (epochs > 1)}: {n_new} drawing{'s' * (n_new > 1)}, "
        f"{repeats} time{'s' * (repeats > 1)} each, and {n_old:,} old samples.{out}"
    )


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
