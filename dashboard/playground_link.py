"""What a link to the playground holds besides the settings of a run."""

from collections.abc import Mapping
from contextlib import suppress

from dashboard import session
from dashboard.play_paces import PLAY_PACES
from dashboard.second_config import DIFFERING
from dashboard.settings import control_value
from data.own.checks import OwnDataError
from data.placed_points import PlacedPoints
from experiments.config import OWN, parse_field


def take_link(asked: Mapping[str, str]) -> None:
    """Take what a link asks for; say on the page what means nothing, and leave it out."""
    playground = session.tab().playground
    if (pace := asked.get(session.PLAY_PACE)) in PLAY_PACES:
        playground.pace = str(pace)
    if session.DIFFERS in asked:
        _take_second(asked[session.DIFFERS])
    if session.PLACED in asked:
        try:
            take_placed(PlacedPoints.from_text(asked[session.PLACED]))
        except OwnDataError as error:
            playground.placed_problem = str(error)


def _take_second(text: str) -> None:
    """Take the setting in which a second network differs, such as activation:relu."""
    playground, (name, _, value) = session.tab().playground, text.partition(":")
    problem = "There is no such setting."
    if name in DIFFERING:
        try:
            playground.second = name, parse_field(name, value)
            return
        except ValueError as error:
            problem = str(error)
    playground.problem = f"The link asks for a second network with '{text[:40]}'. {problem}"


def take_placed(points: PlacedPoints) -> bool:
    """Take points placed by hand as the reader's own data; say whether a network can learn them."""
    tab = session.tab()
    playground = tab.playground
    playground.placed, playground.placed_problem = points, ""
    try:
        data = points.dataset()
    except OwnDataError as error:
        playground.placed_problem = str(error)
        if tab.own is playground.placed_data:
            tab.own = playground.placed_data = None
        return False
    tab.own = playground.placed_data = data
    return True


def link_extras() -> dict[str, str]:
    """Return what a link to the playground holds besides the settings; nothing elsewhere."""
    tab = session.tab()
    playground = tab.playground
    if not tab.is_in_playground:
        return {}
    extras = {"epochs": str(tab.config.epochs)}  # the playground has other defaults of it
    if playground.pace != session.Playground.pace:
        extras[session.PLAY_PACE] = playground.pace
    if playground.second is not None:
        name, value = playground.second
        extras[session.DIFFERS] = f"{name}:{control_value(name, value)}"
    if tab.config.dataset == OWN and playground.placed.points:
        with suppress(OwnDataError):  # too many: see `left_out_of_link`
            extras[session.PLACED] = playground.placed.to_text()
    return extras


def left_out_of_link() -> list[str]:
    """Return what a link to the playground does not hold, a sentence each."""
    tab, left_out = session.tab(), []
    playground = tab.playground
    if tab.is_in_playground and tab.own is playground.placed_data is not None:
        try:
            playground.placed.to_text()
        except OwnDataError as error:
            left_out.append(str(error))
    if any(training.run.is_edited for training in playground.trainings.values()):
        left_out.append("Weights that were set or frozen by hand are not in the link.")
    return left_out
