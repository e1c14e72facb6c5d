"""Which run the pages show, and after which of its epochs."""

import time
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.components.live_feed import FOLLOW, LiveContent, follow
from dashboard.session import Film
from experiments.training.run import Run
from mlp.network import Network

HERE = Path(__file__)
FILM_SECONDS = (3.0, 12.0)  # the least and the most that a film takes
SECONDS_PER_EPOCH = 0.6  # of a film between the two

_mount = st.components.v2.component(
    "epoch_slider",
    html="""<div class="epoch-slider"><button type="button"></button><div>
<div class="line"><span class="where"></span><span class="note"></span></div>
<input type="range" min="0" step="1" aria-label="Epoch"></div></div>""",
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=FOLLOW + HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def choose_run() -> Run | None:
    """Draw a list of the runs, if there are several; return the one to show."""
    runs, shown = session.runs(), session.shown_run()
    if len(runs) > 1 and shown is not None:
        stored = session.tab().run_store.find(shown)
        session.set_value(session.CHOSEN, stored.number if stored else runs[-1].number)
        st.selectbox(
            "Run",
            [stored.number for stored in runs],
            key=session.CHOSEN,
            format_func={stored.number: stored.name for stored in runs}.__getitem__,
            on_change=_take_chosen_run,
            help="The runs of this tab; the Train page lists them.",
        )
    return session.shown_run()


def _take_chosen_run() -> None:
    tab, number = session.tab(), session.value(session.CHOSEN)
    tab.chosen = next((stored for stored in tab.run_store.runs if stored.number == number), None)
    tab.epoch = tab.film = None


def newest_epoch(run: Run) -> int:
    """Return the epoch that is shown unless the reader looks back: that of the result, if any."""
    return run.epochs_done if run.best_epoch is None else run.best_epoch


def past_epoch(run: Run) -> int | None:
    """Return the epoch that the reader looks at; None for the newest."""
    epoch = session.tab().epoch
    if epoch is None or epoch == newest_epoch(run) or epoch > run.epochs_done:
        return None
    return epoch


def choose_epoch(run: Run, *, can_play: bool = True) -> None:
    """Draw the slider that goes back in time; `shown_step` then gives the step to show.

    Parameters
    ----------
    can_play : whether the page moves the film on, so that it can be played
    """
    element = follow(
        session.EPOCH, LiveContent(lambda: _content(run, can_play=can_play), lambda: _version(run))
    )
    data = {"key": session.EPOCH, "drawing": element.drawing, "content": element.drawn}
    _mount(
        key=session.EPOCH,
        data=data,
        on_epoch_change=lambda: _take_epoch(run),
        on_film_change=lambda: _take_film(run),
    )


def _content(run: Run, *, can_play: bool) -> dict[str, Any]:
    """Return what the slider shows."""
    epoch, newest = past_epoch(run), newest_epoch(run)
    words = " (the newest)" if run.best_epoch is None else " (best epoch)"
    return {
        "epoch": newest if epoch is None else epoch,
        "newest": newest,
        "newestWords": words if run.epochs_done else "",
        "last": run.epochs_done,
        "note": _stride_note(run),
        "hasFilm": can_play,
        "canPlay": run.epochs_done > 1,
        "isPlaying": session.tab().film is not None,
    }


def _version(run: Run) -> Hashable:
    return past_epoch(run), run.best_epoch, run.epochs_done, session.tab().film is not None


def shown_network(run: Run) -> Network:
    """Return the network after the epoch that is shown, or as it is now."""
    return run.network_at(None if past_epoch(run) is None else shown_step(run))


def shown_version(run: Run) -> Hashable:
    """Return what changes whenever `shown_network` does."""
    epoch = past_epoch(run)
    return (run.id, run.step, run.best_epoch) if epoch is None else (run.id, "epoch", epoch)


def shown_step(run: Run) -> int:
    """Return the step to show: that of the epoch chosen by the slider.

    Unless the reader looks back, that is the newest step, or that of the result once there is
    one.
    """
    epoch = past_epoch(run)
    if epoch is None:
        return step_now(run)
    return min(epoch * run.plan.steps_per_epoch, run.snapshots.steps[-1])


def _take_epoch(run: Run) -> None:
    """Look at the epoch that the slider was moved to; at its end, follow the newest."""
    match session.sent(session.EPOCH, "epoch"):
        case {"epoch": int(epoch), "newest": newest} if (
            type(epoch) is int and 0 <= epoch <= run.epochs_done
        ):
            session.tab().epoch = None if epoch == newest else epoch
            session.tab().film = None


def _take_film(run: Run) -> None:
    """Begin the film of the training with the untrained network, or stop it."""
    tab = session.tab()
    if session.sent(session.EPOCH, "film") is True and run.epochs_done > 1:
        least, most = FILM_SECONDS
        seconds = min(max(least, SECONDS_PER_EPOCH * run.epochs_done), most)
        tab.epoch, tab.film = 0, Film(time.monotonic(), run.epochs_done / seconds)
    else:
        tab.film = None


def advance_film(run: Run | None) -> None:
    """Look at the epoch that the film has come to, if one plays."""
    tab = session.tab()
    film = tab.film
    if run is None or film is None:
        return
    epoch = int((time.monotonic() - film.began) * film.epochs_per_second)
    is_over = epoch >= newest_epoch(run)
    if tab.film is film:  # the reader may just have stopped it, or moved the slider
        tab.epoch = None if is_over else epoch
        tab.film = None if is_over else film


def _stride_note(run: Run) -> str:
    stride = run.snapshots.stride
    if stride == 1:
        return ""
    return f"To save memory, one of every {stride} epochs is kept; the nearest one is shown."


def step_now(run: Run) -> int:
    """Return the newest step of a run, or that of its result, if it has one."""
    if run.best_epoch is not None:
        return run.history[run.best_epoch].step
    return run.snapshots.steps[-1] if run.snapshots.steps else 0
