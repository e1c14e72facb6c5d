"""Which run the pages look at, and at which moment: going back in time."""

import streamlit as st

from dashboard import session
from experiments.training.run import Run


def choose_run() -> Run | None:
    """Draw a list of the runs, if there are several; return the one to look at."""
    runs, shown = session.runs(), session.shown_run()
    if len(runs) > 1 and shown is not None:
        now = session.tab().run_store.find(shown)
        session.set_value(session.CHOSEN, now.number if now else runs[-1].number)
        st.selectbox(
            "Run",
            [kept.number for kept in runs],
            key=session.CHOSEN,
            format_func={kept.number: kept.name for kept in runs}.__getitem__,
            on_change=_choose,
            help="The runs of this tab. Train makes new ones, and lists them.",
        )
    return session.shown_run()


def _choose() -> None:
    number = session.value(session.CHOSEN)
    tab = session.tab()
    tab.chosen = next((kept for kept in tab.run_store.runs if kept.number == number), None)
    tab.epoch = None


def epoch_looked_at(run: Run) -> int | None:
    """Return the epoch that is looked back at; None for the newest."""
    epoch = session.tab().epoch
    return None if epoch is None or epoch >= _last_epoch(run) else epoch


def choose_epoch(run: Run) -> int:
    """Draw the slider that goes back in time; return the step to look at.

    At its right end, the newest moment is shown: that of the result once there is one.
    """
    last, epoch = _last_epoch(run), epoch_looked_at(run)
    session.set_value(session.EPOCH, last if epoch is None else epoch)
    st.slider(
        "Epoch",
        0,
        last,
        key=session.EPOCH,
        on_change=_look_back,
        args=(last,),
        help="Takes every picture back to the network as it was after this epoch; at the right "
        "end, as it is now. " + _how_many(run),
    )
    epoch = epoch_looked_at(run)
    if epoch is None:
        return step_now(run)
    return min(epoch * run.plan.steps_per_epoch, run.snapshots.steps[-1])


def _look_back(last: int) -> None:
    epoch = session.value(session.EPOCH)
    session.tab().epoch = None if epoch == last else epoch


def _last_epoch(run: Run) -> int:
    return max(run.epochs_done, 1) if _is_over(run) else run.config.epochs


def _is_over(run: Run) -> bool:
    kept = session.tab().run_store.find(run)
    return kept is None or kept.job.status.is_over


def _how_many(run: Run) -> str:
    stride = run.snapshots.stride
    if stride == 1:
        return ""
    return f"To save memory, one of every {stride} epochs is kept; the one next to it is shown."


def step_now(run: Run) -> int:
    """Return the newest moment of a run: that of its result, if it has one."""
    if run.best_epoch is not None:
        return run.history[run.best_epoch].step
    return run.snapshots.steps[-1] if run.snapshots.steps else 0
