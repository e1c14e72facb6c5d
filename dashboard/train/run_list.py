"""The runs of this tab: their settings, their results, and what can be done with them."""

import streamlit as st

from dashboard import session, settings, training_actions
from dashboard.text import duration, percent, plain
from experiments.background.background_task import Status
from experiments.background.run_store import StoredRun
from experiments.config import SETTINGS, differences
from experiments.training.run import Run


def draw() -> None:
    """Draw a row for each run, the newest first."""
    runs, remark = session.runs(), session.tab().run_store.remark
    if not runs:
        return
    with st.expander(f"Runs on this page: {len(runs)}", icon=":material/list:", expanded=True):
        if remark:
            st.caption(plain(remark))
        for stored in reversed(runs):
            with st.container(horizontal=True, vertical_alignment="center"):
                _draw_row(stored)


def _draw_row(stored: StoredRun) -> None:
    """Draw the switch for the curves of a run, its settings and result, and its actions."""
    is_here = stored.job is session.job()
    key = session.key_of(session.DRAW_RUN, stored.number)
    session.set_value(key, is_here or stored.is_drawn)
    st.toggle(
        plain(stored.name),
        key=key,
        disabled=is_here,
        on_change=_compare_curves,
        args=(stored,),
        width=170,
        help="The run on this page." if is_here else "Draw its curves in the charts above.",
    )
    time = f" · {_time_taken(stored.run)}" if stored.job.status.is_over else ""
    st.markdown(f"{_changed_settings(stored.run)}  \n**{_outcome(stored)}**{time}", width="stretch")
    with st.popover("More", icon=":material/more_horiz:", help="Rename, show or delete it."):
        _draw_actions(stored, is_here=is_here)


def _draw_actions(stored: StoredRun, *, is_here: bool) -> None:
    """Draw the controls that rename, show and delete a run."""
    name = session.key_of(session.NAME_RUN, stored.number)
    session.set_value(name, stored.name)
    st.text_input(
        "Name",
        key=name,
        on_change=lambda: session.tab().run_store.rename(stored, session.value(name)),
        help="What this run is called in the list and in the charts.",
    )
    st.button(
        "Show",
        key=session.key_of(session.SHOW_RUN, stored.number),
        icon=":material/undo:",
        disabled=is_here or training_actions.has_unfinished_run(),
        on_click=_show,
        args=(stored,),
        help="Show the run on this page, with its settings.",
    )
    st.button(
        "Delete",
        key=session.key_of(session.DELETE_RUN, stored.number),
        icon=":material/delete:",
        on_click=training_actions.delete_run,
        args=(stored,),
        help="Remove the run from the list. This cannot be undone.",
    )


def _compare_curves(stored: StoredRun) -> None:
    stored.is_drawn = session.value(session.key_of(session.DRAW_RUN, stored.number))


def _show(stored: StoredRun) -> None:
    training_actions.show_run(stored)
    settings.apply(stored.run.config)


def _changed_settings(run: Run) -> str:
    """Return the settings of a run that differ from the defaults."""
    changed = [
        f"{SETTINGS[name].in_words} {plain(_short(settings.control_value(name, value)))}"
        for name, value in differences(run.config).items()
    ]
    if run.n_new_samples:
        changed.append(f"fine-tuned with {run.n_new_samples} drawings")
    if run.is_edited:
        changed.append("weights set by hand")
    return " · ".join(changed) or "the defaults"


def _short(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"


def _outcome(stored: StoredRun) -> str:
    run, status = stored.run, stored.job.status
    if run.result is None:
        return str(status) if status.is_over else "in progress"
    part, score = (
        ("test", run.result.test) if run.result.test else ("training", run.result.training)
    )
    early = " at its best epoch" if run.best_epoch is not None else ""
    stopped = f" ({status})" if status is Status.STOPPED else ""
    return f"{percent(score.accuracy)} {part} accuracy{early}{stopped}"


def _time_taken(run: Run) -> str:
    epochs = f"{run.epochs_done:,} {'epoch' if run.epochs_done == 1 else 'epochs'}"
    if not run.seconds:  # loaded from a file that does not say
        return epochs
    return f"{epochs} in {duration(run.seconds)} of computing time"
