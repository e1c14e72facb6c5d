"""The runs of this tab: what each was asked, what came of it, and what to do with it."""

import streamlit as st

from dashboard import session, settings, training_actions
from dashboard.text import duration, percent, plain
from experiments.background.run_store import StoredRun
from experiments.background.training_job import Status
from experiments.config import differences, in_words
from experiments.training.run import Run


def draw() -> None:
    """Draw a row for each run, the newest first."""
    runs, remark = session.runs(), session.tab().run_store.remark
    if not runs:
        return
    with st.expander(f"Runs of this page: {len(runs)}", icon=":material/list:", expanded=True):
        if remark:
            st.caption(remark)
        for kept in reversed(runs):
            with st.container(horizontal=True, vertical_alignment="center"):
                _draw_row(kept)


def _draw_row(kept: StoredRun) -> None:
    is_here = kept.job is session.job()
    key = session.key_of("draw", kept.number)
    session.set_value(key, is_here or kept.is_drawn)
    st.toggle(
        plain(kept.name),
        key=key,
        disabled=is_here,
        on_change=_draw_beside,
        args=(kept,),
        width=170,
        help="The run on this page." if is_here else "Draw its curves beside those above.",
    )
    time = f" · {_time(kept.run)}" if kept.job.status.is_over else ""
    st.markdown(f"{_asked(kept.run)}  \n**{_outcome(kept)}**{time}", width="stretch")
    with st.popover("More", icon=":material/more_horiz:", help="Rename, show or delete it."):
        _draw_actions(kept, is_here=is_here)


def _draw_actions(kept: StoredRun, *, is_here: bool) -> None:
    name = session.key_of("name", kept.number)
    session.set_value(name, kept.name)
    st.text_input(
        "Name",
        key=name,
        on_change=lambda: session.tab().run_store.rename(kept, session.value(name)),
        help="What this run is called in the list and in the charts.",
    )
    st.button(
        "Show",
        key=session.key_of("show", kept.number),
        icon=":material/undo:",
        disabled=is_here or training_actions.is_under_way(),
        on_click=_show,
        args=(kept,),
        help="Bring the run and its settings back onto the page.",
    )
    st.button(
        "Delete",
        key=session.key_of("delete", kept.number),
        icon=":material/delete:",
        on_click=training_actions.delete,
        args=(kept,),
        help="Take the run out of the list. It cannot be brought back.",
    )


def _draw_beside(kept: StoredRun) -> None:
    kept.is_drawn = session.value(session.key_of("draw", kept.number))


def _show(kept: StoredRun) -> None:
    training_actions.show(kept)
    settings.apply(kept.run.config)


def _asked(run: Run) -> str:
    """Say what a run was asked that the defaults are not."""
    asked = [
        f"{in_words(name)} {plain(_in_short(settings.control_value(name, value)))}"
        for name, value in differences(run.config).items()
    ]
    return " · ".join(asked) or "the defaults"


def _in_short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"


def _outcome(kept: StoredRun) -> str:
    run, status = kept.run, kept.job.status
    if run.result is None:
        return str(status) if status.is_over else "under way"
    part, score = (
        ("test", run.result.test) if run.result.test else ("training", run.result.training)
    )
    early = " at its best epoch" if run.best_epoch is not None else ""
    stopped = f" ({status})" if status is Status.STOPPED else ""
    return f"{percent(score.accuracy)} {part} accuracy{early}{stopped}"


def _time(run: Run) -> str:
    epochs = f"{run.epochs_done:,} {'epoch' if run.epochs_done == 1 else 'epochs'}"
    return f"{epochs} in {duration(run.seconds)} of computing"
