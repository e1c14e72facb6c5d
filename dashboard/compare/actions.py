"""Begin and end the comparisons of this tab."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from dashboard import session, training_speed
from experiments.background.run_sequence import RunSequence, count_moving_sequences
from experiments.comparison.networks import (
    NONLINEAR_SETS,
    Layers,
    compared_networks,
    configs_over_seeds,
)
from experiments.comparison.over_seeds import RunOutcome, outcome_of
from experiments.comparison.side_by_side import SideBySide
from experiments.comparison.significance import check_comparable
from experiments.config import OWN, RunConfig, parse_field
from experiments.evaluation.decision_regions import regions_of
from experiments.presets import preset
from experiments.training.plan import plan

POLL_SECONDS = 0.5  # a relay tells its news a run at a time


YOURS, PUBLISHED, HELD_OUT = "Your settings", "As published", "As published, held out"


PAIRS: dict[str, tuple[str, str]] = {
    PUBLISHED: ("slp-digits", "mlp-digits"),
    HELD_OUT: ("slp-digits-held-out", "mlp-digits-held-out"),
}


WHAT = (YOURS, *PAIRS)


AS_ABOVE = "as above"


DATA = (AS_ABOVE, *NONLINEAR_SETS)


class Event(StrEnum):
    """What a reader can ask for."""

    CONTEST = "contest"
    SERIES = "series"
    SCHEDULES = "shapes"
    LADDER = "ladder"


def base_of(what: str) -> RunConfig:
    """Return the settings that all networks share."""
    return session.config() if what == YOURS else preset(PAIRS[what][1]).config


def understand(texts: Sequence[str]) -> tuple[list[Layers], list[str]]:
    """Return the hidden layers that were written down, and what is wrong with the others."""
    layers, problems = [], []
    for text in texts:
        try:
            layers += [parse_field("hidden_layers", text)] if text.strip() else []
        except ValueError as error:
            problems.append(str(error))
    return layers, problems


def networks_for(data: str, networks: Sequence[RunConfig]) -> tuple[RunConfig, ...]:
    """Return the networks as they are, or such as suit a set of points."""
    if data == AS_ABOVE:
        return tuple(networks)
    return compared_networks(
        NONLINEAR_SETS[data], [config.hidden_layers for config in networks[2:]]
    )


def objection(networks: Sequence[RunConfig]) -> str:
    """Return why networks cannot be compared over seeds, or nothing."""
    try:
        check_comparable(networks)
    except ValueError as error:
        return str(error)
    return ""


def ask(event: Event) -> None:
    """Remember a click; what was typed right before it is only known later in the run.

    Another click may come before that run is over, and must not take the place of this one.
    """
    session.tab().asked.add(event)


def begin_if_asked(event: Event, begin: Callable[[], None]) -> str:
    """Begin if the reader has asked for it; return what stands against it, or nothing."""
    asked = session.tab().asked
    if event not in asked:
        return ""
    asked.remove(event)
    try:
        begin()
    except ValueError as error:
        return str(error)
    return ""


def begin_contest(networks: Sequence[RunConfig]) -> None:
    """Train the networks side by side, slow enough to watch.

    Raises
    ------
    ValueError : if one of them asks for more than the data or a server can give
    """
    tab = session.tab()
    pace = training_speed.seconds_per_epoch("auto", networks[0].epochs)
    contest = SideBySide(
        networks, session.own(), seconds_per_epoch=pace, is_present=session.presence()
    )
    previous, tab.contest = tab.contest, contest
    if previous:
        previous.discard()
    contest.go()


def begin_series(networks: Sequence[RunConfig], n_seeds: int) -> None:
    """Train the networks again and again, each time with another seed.

    Raises
    ------
    ValueError : if they cannot be compared, or ask for too much
    """
    check_comparable(networks)
    session.tab().series = _start_sequence(networks, n_seeds, session.tab().series)


def begin_ladder(rungs: Sequence[RunConfig], n_seeds: int) -> None:
    """Train networks of all depths and widths.

    Raises
    ------
    ValueError : if they cannot be compared, or ask for too much
    """
    check_comparable(rungs)
    session.tab().ladder = _start_sequence(rungs, n_seeds, session.tab().ladder)


def is_of(competition: SideBySide | RunSequence[RunOutcome], networks: Sequence[RunConfig]) -> bool:
    """Say whether a competition was made with these networks, on the samples there are now."""
    if networks[0].dataset == OWN and competition.own is not session.own():
        return False
    return competition.networks == tuple(networks)


def is_moving(event: Event) -> bool:
    """Say whether the competition that was asked for so is on its way."""
    competition: SideBySide | RunSequence[RunOutcome] | None = getattr(session.tab(), event)
    return competition is not None and competition.status.is_moving


def begin_shapes() -> None:
    """Train the single layer and a small network on points that no line separates."""
    tab = session.tab()
    configs = [config for base in NONLINEAR_SETS.values() for config in compared_networks(base)]
    if tab.shapes:
        tab.shapes.stop()
    tab.shapes = RunSequence(configs, regions_of, is_present=session.presence())
    tab.shapes.go()


def _start_sequence(
    networks: Sequence[RunConfig], n_seeds: int, previous: RunSequence[RunOutcome] | None
) -> RunSequence[RunOutcome]:
    own = session.own()
    for config in networks:
        plan(config, own)  # says now what would not work
    if previous:
        previous.stop()
    sequence = RunSequence(
        configs_over_seeds(networks, n_seeds), outcome_of, own, is_present=session.presence()
    )
    sequence.go()
    return sequence


def pause_contest() -> None:
    """Let all networks of the contest stand still."""
    if contest := session.tab().contest:
        contest.pause()


def resume_contest() -> None:
    """Let them go on."""
    if contest := session.tab().contest:
        contest.go()


def stop(event: Event) -> None:
    """End it here, with what was reached."""
    if comparison := getattr(session.tab(), event):
        comparison.stop()


def poll_seconds() -> float:
    """Return how long a page waits between two looks at a relay: longer when many are moving."""
    crowd = -(-count_moving_sequences() // training_speed.CALM_JOBS)
    return max(POLL_SECONDS * max(1, crowd), training_speed.poll_seconds())
