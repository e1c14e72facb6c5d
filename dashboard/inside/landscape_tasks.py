"""What is computed of the loss around networks: begun, stopped, and kept for a while."""

from collections.abc import Callable, Hashable
from functools import partial
from typing import NamedTuple

import streamlit as st

from dashboard import session, training_speed
from dashboard.inspected_network import InspectedNetwork
from experiments.background.background_task import Status
from experiments.inspection.loss_landscape import LossLandscape
from experiments.inspection.loss_line import LossLine
from experiments.training.run import Run

Computed = LossLandscape | LossLine
FINAL = (Status.FINISHED, Status.FAILED)  # to compute it again would give the same

MOST_KEPT = 8  # pictures of one tab; each takes at most some hundred kilobytes
QUICK_COST = 1e10  # multiplications: what takes no more begins by itself
COST_A_SECOND = 6e9  # that one core makes, about
POLL_SECONDS = 0.3  # between two looks at a picture that grows


def moment_of(run: Run) -> Hashable:
    """Return what changes with the newest network of a run; while it trains, that stays the same.

    Otherwise no picture would ever be done: the network has changed before its last point.
    """
    return (run.id, "training") if session.is_training(run) else (run.id, run.step, run.best_epoch)


def moment_shown(inspected: InspectedNetwork) -> Hashable:
    """Return the same for the network of the slider."""
    return moment_of(inspected.run) if inspected.epoch is None else inspected.version


def begin(key: Hashable, task: Computed) -> None:
    """Begin to compute a picture; what is under way ends, as nobody waits for it any more."""
    kept = session.tab().landscapes
    for old_key, old in tuple(kept.items()):
        if old_key == key or not old.status.is_over:
            old.discard()
            del kept[old_key]
    kept[key] = task
    for oldest in list(kept)[:-MOST_KEPT]:
        del kept[oldest]
    task.go()


def under_way_or_done(key: Hashable) -> Computed | None:
    """Return what was begun under a key, if it is still kept; it works for this page from now."""
    task = session.tab().landscapes.get(key)
    if task and task.status.is_active:
        task.set_page(session.page())
    return task


def is_running(key: Hashable) -> bool:
    """Say whether a picture is being computed."""
    task = session.tab().landscapes.get(key)
    return task is not None and task.status.is_active


class View(NamedTuple):
    """How to compute a picture, and how to draw it.

    key : all that it depends on
    make : returns the task, not yet begun
    cost : of all points, in multiplications
    draw, tell : draw the picture, and the sentences below it, as far as it is known
    is_of_past : whether its network may have changed since, so that it can be computed anew
    """

    key: Hashable
    make: Callable[[], Computed]
    cost: float
    draw: Callable[[Computed], None]
    tell: Callable[[Computed], None]
    is_of_past: bool


def draw_view(view: View) -> None:
    """Draw a picture as far as it is computed, again and again while it grows."""
    if under_way_or_done(view.key) is None and view.cost <= QUICK_COST:
        begin(view.key, view.make())
    was_running = is_running(view.key)
    st.fragment(_draw, run_every=POLL_SECONDS if was_running else None)(view, was_running)


def _draw(view: View, was_running: bool) -> None:
    task = under_way_or_done(view.key)
    if task and task.problem:
        st.info(task.problem, icon=":material/info:")
    if task:
        view.draw(task)
    with st.container(horizontal=True, vertical_alignment="center"):
        _draw_button(view, task)
        st.progress(task.fraction if task else 0.0, text=progress_sentence(task, view.cost))
    if view.is_of_past:
        st.caption("The run still trains. This is how it was when the computation began.")
    if task:
        view.tell(task)
    if was_running != is_running(view.key):
        st.rerun()  # the whole page, which sets how often this view is drawn


def _draw_button(view: View, task: Computed | None) -> None:
    """Draw the one button that begins or stops: it changes its words, not its place."""
    is_active = task is not None and task.status.is_active
    st.button(
        "Stop" if is_active else "Compute",
        key=session.LANDSCAPE_BUTTON,
        icon=":material/stop:" if is_active else ":material/play_arrow:",
        type="secondary" if is_active else "primary",
        on_click=task.stop if task and is_active else partial(_begin_anew, view),
        disabled=bool(task and task.status in FINAL and not view.is_of_past),
        help="Evaluate the network at each point, in the background; it can be stopped, and the "
        "picture so far stays.",
    )


def _begin_anew(view: View) -> None:
    begin(view.key, view.make())


def progress_sentence(task: Computed | None, cost: float) -> str:
    """Say what is computed, or how long it would take."""
    if task is None:
        return f"This takes about {max(1, round(cost / COST_A_SECOND))} seconds or more."
    match task.status:
        case Status.FINISHED:
            return "All points are computed."
        case Status.RUNNING | Status.QUEUED:
            waits = training_speed.waiting_in_words(task)
            return f"Computing the loss point by point{' · ' + waits if waits else ''}"
        case Status.FAILED:
            return "Nothing was computed."
    return "It ended early: the picture has gaps."
