"""An editor of points in the plane: by mouse, pen, finger or keys."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard import session
from dashboard.charts.style import PLANE_AXES, class_symbol
from dashboard.components.live_feed import FOLLOW
from data.own.checks import OwnDataError
from data.placed_points import CLASS_NAMES, DIGITS, LIMIT, MAX_POINTS, PlacedPoints, read_points

HERE = Path(__file__)
CLASSES = [{"name": name, "symbol": class_symbol(label)} for label, name in enumerate(CLASS_NAMES)]

_mount = st.components.v2.component(
    "point_editor",
    html="""<div class="point-editor">
<div class="classes row" role="group" aria-label="Class"></div>
<div class="tools row" role="group" aria-label="Tool"></div>
<canvas tabindex="0" role="application"></canvas>
<div class="row">
<button type="button" class="undo" title="Take the last change back (Z)">Undo</button>
<button type="button" class="clear" title="Take all points away (C)">Clear</button>
<span class="count"></span></div>
<div class="hint" aria-live="polite"></div>
<div class="keys">Keys: arrows move the cursor, space uses the tool, 1 to 5 choose the class.</div>
<div class="problem" role="status"></div><div class="words" aria-live="polite"></div></div>""",
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=FOLLOW
    + HERE.with_name("symbols.js").read_text(encoding="utf-8")
    + HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def show_point_editor(
    points: PlacedPoints, *, key: str, on_change: Callable[[PlacedPoints], None]
) -> None:
    """Show the plane with points in it, to be changed by hand.

    Parameters
    ----------
    points : what is there; those with another id replace what the reader has placed
    on_change : called with all points when a change is finished; what it gets is to be shown next
    """

    def take() -> None:
        changed, _ = read_change(session.sent(key, "points"), points)
        if changed is not None:
            on_change(changed)

    _, problem = read_change(session.sent(key, "points"), points)
    data = {
        "id": points.id,
        "points": points.points,
        "classes": CLASSES,
        "axes": PLANE_AXES,
        "limit": LIMIT,
        "digits": DIGITS,
        "mostPoints": MAX_POINTS,
        "problem": problem,
    }
    _mount(key=key, data=data, on_points_change=take)


def read_change(message: object, shown: PlacedPoints) -> tuple[PlacedPoints | None, str]:
    """Return the points after a change, if it is one of those shown, and what is wrong with it."""
    match message:
        case {"id": shown.id}:
            try:
                return read_points(message), ""
            except OwnDataError as error:
                return None, str(error)
    return None, ""
