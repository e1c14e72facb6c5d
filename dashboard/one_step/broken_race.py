"""What a broken term costs: two networks from the same start, one right, one broken."""

import streamlit as st

from dashboard import session, training_speed
from dashboard.charts.broken_race import race_figure
from dashboard.components.chart import show_chart
from dashboard.session import BrokenRace
from experiments.background.background_task import Status
from experiments.inspection.broken_race import EPOCHS, Race, race_sentence
from experiments.inspection.broken_terms import BrokenTerm, Subject
from experiments.training.run import Run

HEIGHT = 320  # pixels


def draw_race(term: BrokenTerm, subject: Subject, run: Run) -> None:
    """Draw the race of a mistake; again and again while it goes on."""
    is_running = _is_running(term, run)
    seconds = training_speed.poll_seconds() if is_running else None
    st.fragment(_draw, run_every=seconds)(term, subject, run, is_running)


def _draw(term: BrokenTerm, subject: Subject, run: Run, was_running: bool) -> None:
    """Draw the curves of both networks, and the button that starts or stops them.

    Parameters
    ----------
    was_running : whether they trained when the page was drawn
    """
    st.markdown(
        "**The race.** The same network twice, with the same first weights and the same batches; "
        f"one of them learns with the broken term. {EPOCHS} epochs, with at most a thousand "
        "samples or so, at a constant learning rate."
    )
    race = race_of(term, run)
    is_running = _is_running(term, run)
    _draw_button(term, subject, run, is_running)
    if race:
        _draw_progress(race)
        _draw_curves(race)
    if was_running != is_running:
        st.rerun()  # the whole page, which sets how often this view is drawn


def _draw_button(term: BrokenTerm, subject: Subject, run: Run, is_running: bool) -> None:
    """Draw the one button that starts or stops the race: it changes its words, not its place."""
    st.button(
        "Stop" if is_running else "Race them",
        key=session.RACE_BUTTON,
        icon=":material/stop:" if is_running else ":material/sports_score:",
        type="secondary" if is_running else "primary",
        on_click=stop_race if is_running else start_race,
        args=() if is_running else (term, subject, run),
        help="Train both networks side by side for a few seconds; it can be stopped.",
    )


def _draw_progress(race: Race) -> None:
    status = race.status
    waiting = training_speed.waiting_in_words(race) if status.is_active else ""
    words = {Status.STOPPED: "Stopped", Status.FINISHED: "Over", Status.FAILED: "Failed"}
    st.progress(race.fraction, text=waiting or words.get(status, "Both networks learn"))
    if race.problem:
        st.error(race.problem, icon=":material/error:")


def _draw_curves(race: Race) -> None:
    left, right = st.columns(2)
    with left:
        show_chart(
            race_figure(race.curves, "accuracy", held_out=race.held_out),
            key=session.RACE_ACCURACY_CHART,
            height=HEIGHT,
            alt="The accuracy of the right and of the broken network, epoch by epoch",
        )
    with right:
        show_chart(
            race_figure(race.curves, "loss", held_out=race.held_out),
            key=session.RACE_LOSS_CHART,
            height=HEIGHT,
            alt="The loss of the right and of the broken network, epoch by epoch",
        )
    if race.curves[0].scores and race.curves[1].scores:
        st.markdown(f"{race_sentence(race)} One seed: a small difference can be chance.")
    st.markdown(
        "**What to notice:** some mistakes ruin the training, and some can hardly be seen in it. "
        "That a network learns does not show that its gradient is right; the check does."
    )


def race_of(term: BrokenTerm, run: Run) -> Race | None:
    """Return the race of a mistake that this tab began with a run, if it has."""
    begun = session.tab().broken_race
    is_this = begun and (begun.run_id, begun.race.term) == (run.id, term)
    return begun.race if begun and is_this else None


def _is_running(term: BrokenTerm, run: Run) -> bool:
    race = race_of(term, run)
    return race is not None and race.status.is_active


def start_race(term: BrokenTerm, subject: Subject, run: Run) -> None:
    """Begin a race, and end the one before it."""
    stop_race()
    race = Race(term, subject.config, run.prepared_data(), page=session.page())
    session.tab().broken_race = BrokenRace(run.id, race)
    race.go()


def stop_race() -> None:
    """End the race, and keep its curves."""
    begun = session.tab().broken_race
    if begun:
        begun.race.stop()
