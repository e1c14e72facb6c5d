"""Begin, pause and stop the comparisons of this tab."""

from collections.abc import Callable, Sequence

from dashboard import session, training_speed
from dashboard.session import ComparisonKind
from experiments.background.limits import check_affordable
from experiments.background.run_sequence import RunSequence
from experiments.comparison.networks import configs_over_seeds, nonlinear_networks
from experiments.comparison.over_seeds import RunOutcome, outcome_of
from experiments.comparison.side_by_side import SideBySide
from experiments.comparison.significance import check_comparable
from experiments.config import OWN, RunConfig
from experiments.evaluation.decision_regions import regions_of


def request(kind: ComparisonKind) -> None:
    """Remember a click; what was typed right before it is only known later in the run.

    Another click may come before that run is over, and must not take the place of this one.
    """
    session.tab().requested_comparisons.add(kind)


def begin_if_requested(kind: ComparisonKind, begin: Callable[[], None]) -> str:
    """Begin if the reader has requested it; return why it cannot begin, or nothing."""
    requested = session.tab().requested_comparisons
    if kind not in requested:
        return ""
    requested.remove(kind)
    return problem_of(begin)


def problem_of(action: Callable[[], None]) -> str:
    """Carry out an action; return why it was refused, or nothing."""
    try:
        action()
    except ValueError as error:
        return str(error)
    return ""


def begin_side_by_side(networks: Sequence[RunConfig]) -> None:
    """Train the networks side by side, slowly enough to watch.

    Raises
    ------
    ValueError : if one of them asks for more than the data or a server can give
    """
    tab = session.tab()
    check_affordable(networks, session.own())
    pace = training_speed.seconds_per_epoch("auto", networks[0].epochs)
    comparison = SideBySide(networks, session.own(), seconds_per_epoch=pace, page=session.page())
    previous, tab.side_by_side = tab.side_by_side, comparison
    if previous:
        previous.discard()
    comparison.go()


def begin_over_seeds(networks: Sequence[RunConfig], n_seeds: int) -> None:
    """Train each network with each of several seeds.

    Raises
    ------
    ValueError : if they cannot be compared, or ask for too much
    """
    session.tab().over_seeds = _start_sequence(networks, n_seeds, session.tab().over_seeds)


def begin_architecture_grid(networks: Sequence[RunConfig], n_seeds: int) -> None:
    """Train networks of all depths and widths.

    Raises
    ------
    ValueError : if they cannot be compared, or ask for too much
    """
    tab = session.tab()
    tab.architecture_grid = _start_sequence(networks, n_seeds, tab.architecture_grid)


def _start_sequence(
    networks: Sequence[RunConfig], n_seeds: int, previous: RunSequence[RunOutcome] | None
) -> RunSequence[RunOutcome]:
    """Train each network with each seed, in place of the sequence before.

    Raises
    ------
    ValueError : if the networks cannot be compared, or ask for too much
    """
    check_comparable(networks)
    own = session.own()
    check_affordable(networks, own, n_seeds)
    if previous:
        previous.stop()
    sequence = RunSequence(
        configs_over_seeds(networks, n_seeds), outcome_of, own, page=session.page()
    )
    sequence.go()
    return sequence


def begin_nonlinear_sets() -> None:
    """Train the single layer and a small network on points that no line separates."""
    tab = session.tab()
    configs = nonlinear_networks()
    if tab.nonlinear_sets:
        tab.nonlinear_sets.stop()
    tab.nonlinear_sets = RunSequence(configs, regions_of, page=session.page())
    tab.nonlinear_sets.go()


def pause_side_by_side() -> None:
    """Pause all networks that train side by side."""
    if comparison := session.tab().side_by_side:
        comparison.pause()


def resume_side_by_side() -> None:
    """Resume the training of all of them."""
    if comparison := session.tab().side_by_side:
        comparison.go()


def stop(kind: ComparisonKind) -> None:
    """End the comparison here, with what was reached."""
    if comparison := session.tab().comparisons[kind]:
        comparison.stop()


def is_active(kind: ComparisonKind) -> bool:
    """Say whether the comparison of this kind is under way."""
    comparison = session.tab().comparisons[kind]
    return comparison is not None and comparison.status.is_active


def is_of(comparison: SideBySide | RunSequence[RunOutcome], networks: Sequence[RunConfig]) -> bool:
    """Say whether a comparison was made with these networks, on the samples there are now."""
    if networks[0].dataset == OWN and comparison.own is not session.own():
        return False
    return comparison.networks == tuple(networks)
