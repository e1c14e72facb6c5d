"""A pad to draw on: by mouse, pen, finger or keys. What is on it goes to the server at once."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard import session
from dashboard.components.live_feed import TELL
from data.drawing.ink import DrawingError
from data.drawing.strokes import MAX_POINTS, Stroke, read_strokes

HERE = Path(__file__)
PAD_SIDE = 280  # of the pad, in its own units, whatever its size on the screen
PEN = 24  # thickness at first, in the same units
MOST_POINTS = MAX_POINTS * 9 // 10  # before a stroke: the last one may have some more
PAD = (float(PAD_SIDE), float(PAD_SIDE))
DIGITS = 1  # after the point, of a coordinate on its way to the browser

_mount = st.components.v2.component(
    "digit_pad",
    html="""<div class="digit-pad"><canvas tabindex="0" role="application"></canvas>
<div class="tools">
<button type="button" class="undo" title="Take the last stroke back (Z)">Undo</button>
<button type="button" class="clear" title="Wipe the pad (C)">Clear</button>
<label title="Of the pen (+ and −)">Thickness <input type="range" min="8" max="44" step="2"
aria-label="Thickness of the pen"></label></div>
<div class="keys">Keys: arrows move the pen, space puts it down and lifts it.</div>
<div class="problem" role="status"></div><div class="words" aria-live="polite"></div></div>""",
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=TELL + HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def show_digit_pad(address: str, *, key: str, on_take: Callable[[], None]) -> None:
    """Show the pad with the drawing of this tab on it.

    Parameters
    ----------
    address : where what is on the pad is told, and where news of the page are in the answer
    on_take : called once the pad has told what is on it by a rerun of the page, which it does
        if requests to the address do not come through
    """
    drawing = session.tab().drawing
    data = {
        "address": address,
        "id": drawing.id,
        "strokes": [stroke.round(DIGITS).tolist() for stroke in drawing.strokes],
        "side": PAD_SIDE,
        "pen": PEN,
        "mostPoints": MOST_POINTS,
    }

    def take() -> None:
        take_drawing(session.sent(key, "drawing"))
        on_take()

    _mount(key=key, data=data, on_drawing_change=take, on_outdated_change=lambda: None)


def take_drawing(message: object) -> None:
    """Put what the browser says is on the pad into the session, unless it cannot be a drawing."""
    drawing = session.tab().drawing
    match message:
        case {"id": str(id), "strokes": strokes, "isDown": bool(is_down)} if id == drawing.id:
            try:
                drawing.change(read_strokes(strokes, PAD), is_pen_down=is_down)
            except DrawingError as error:
                drawing.problem = str(error)
                drawing.number += 1


def put_on_pad(strokes: list[Stroke]) -> None:
    """Replace what is on the pad, in every browser that shows it."""
    session.tab().drawing = session.Drawing(strokes)
