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
    """Take what a link asks for; what means nothing is left out."""
    playground = session.tab().playground
    if (pace := asked.get(session.PLAY_PACE)) in PLAY_PACES:
        playground.pace = str(pace)
    _take_second(asked.get(session.DIFFERS, ""))
    if asked.get("dataset") == OWN:
        take_placed(_placed(asked.get(session.PLACED, "")))


def _placed(text: str) -> PlacedPoints:
    with suppress(OwnDataError):
        return PlacedPoints.from_text(text)
    return PlacedPoints()


def _take_second(text: str) -> None:
    """Take the setting in which a second network differs, such as activation:relu."""
    name, _, value = text.partition(":")
    if name in DIFFERING:
        with suppress(ValueError):
            session.tab().playground.second = name, parse_field(name, value)


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
    extras = {}
    if playground.pace != session.Playground.pace:
        extras[session.PLAY_PACE] = playground.pace
    if playground.second is not None:
        name, value = playground.second
        extras[session.DIFFERS] = f"{name}:{control_value(name, value)}"
    if tab.config.dataset == OWN and playground.placed.points:
        with suppress(OwnDataError):  # too many for a link
            extras[session.PLACED] = playground.placed.to_text()
    return extras
