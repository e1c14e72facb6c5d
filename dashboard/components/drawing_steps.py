"""The way from a drawing to a sample: a picture after each step, and a switch to leave it out."""

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts.figure import encoded
from dashboard.components.live_feed import IMAGES, LiveContent, follow
from data.drawing.ink import FULL_INK, Ink, fitted
from data.drawing.preparation import Preparation, StepPicture

HERE = Path(__file__)
MOST_PIXELS = 64  # of the longer side of a picture on its way to the browser

_mount = st.components.v2.component(
    "drawing_steps",
    html='<div class="drawing-steps" role="group" aria-label="From drawing to sample"></div>',
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=IMAGES + HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def show_drawing_steps(
    pictures: Callable[[], tuple[Ink, Sequence[StepPicture]]],
    version: Callable[[], Hashable],
    preparation: Preparation,
    *,
    key: str,
    on_switch: Callable[[str], None],
) -> None:
    """Show the drawing and what each step makes of it, and keep them up to date.

    Parameters
    ----------
    pictures, version : return the drawing and the picture after each step, and what changes
        whenever they do
    on_switch : called with the name of a step that is to be left out, or made again
    """
    element = follow(key, LiveContent(lambda: _content(*pictures()), version))
    names = [step.name for step in preparation.steps]

    def switch() -> None:
        name = session.sent(key, "switched")
        if name in names:
            on_switch(str(name))

    data = {
        "key": key,
        "drawing": element.drawing,
        "content": element.drawn,
        "steps": [
            {"name": step.name, "title": step.title, "meaning": step.meaning}
            for step in preparation.steps
        ],
    }
    _mount(key=key, data=data, on_switched_change=switch)


def _content(drawing: Ink, pictures: Sequence[StepPicture]) -> dict[str, Any]:
    last = pictures[-1].picture
    return {
        "pictures": [
            _picture(drawing, FULL_INK),
            *(_picture(each.picture, each.maximum) for each in pictures),
        ],
        "leftOut": [each.step.name for each in pictures if each.is_left_out],
        "size": f"{last.shape[1]} × {last.shape[0]} numbers",
    }


def _picture(ink: Ink, maximum: int) -> dict[str, Any]:
    small = fitted(ink, MOST_PIXELS) if max(ink.shape) > MOST_PIXELS else ink
    levels = np.rint(small * (FULL_INK / maximum)).astype(np.uint8)
    return {"shape": levels.shape, "bytes": encoded(levels)}
