"""Which run the pages show, and after which of its epochs."""

import streamlit as st

from dashboard import session
from experiments.training.run import Run


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
    tab.epoch = None


def past_epoch(run: Run) -> int | None:
    """Return the epoch that is shown; None for the newest."""
    epoch = session.tab().epoch
    return None if epoch is None or epoch >= _last_epoch(run) else epoch


def choose_epoch(run: Run) -> None:
    """Draw the slider that goes back in time; `shown_step` then gives the step to show."""
    last, epoch = _last_epoch(run), past_epoch(run)
    session.set_value(session.EPOCH, last if epoch is None else epoch)
    st.slider(
        "Epoch",
        0,
        last,
        key=session.EPOCH,
        on_change=_take_epoch,
        args=(last,),
        help="Shows the network in every chart as it was after this epoch; at the right end, as "
        "it is now. " + _stride_note(run),
    )


def shown_step(run: Run) -> int:
    """Return the step to show: that of the epoch chosen by the slider.

    At its right end, that is the newest step, or that of the result once there is one.
    """
    epoch = past_epoch(run)
    if epoch is None:
        return step_now(run)
    return min(epoch * run.plan.steps_per_epoch, run.snapshots.steps[-1])


def _take_epoch(last: int) -> None:
    epoch = session.value(session.EPOCH)
    session.tab().epoch = None if epoch == last else epoch


def _last_epoch(run: Run) -> int:
    return max(run.epochs_done, 1) if _is_over(run) else run.config.epochs


def _is_over(run: Run) -> bool:
    stored = session.tab().run_store.find(run)
    return stored is None or stored.job.status.is_over


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
