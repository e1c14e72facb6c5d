"""A few sentences that follow a run, as the charts beside them do."""

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from dashboard.components.live_feed import FOLLOW, LiveContent, follow

HERE = Path(__file__)

_mount = st.components.v2.component(
    "live_caption",
    html='<div class="live-caption"><strong></strong> <span></span></div>',
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=FOLLOW + HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


class Caption(NamedTuple):
    """What is said, and of what; both plain text.

    name : what the sentence begins with, in bold
    text : the rest of it
    """

    name: str
    text: str


def show_live_caption(
    make: Callable[[], Caption], version: Callable[[], Hashable], *, key: str
) -> None:
    """Show a caption, and keep it up to date while something moves.

    Parameters
    ----------
    make, version : return what is said, and what changes whenever that does
    """
    element = follow(key, LiveContent(lambda: make()._asdict(), version))
    _mount(key=key, data={"key": key, "drawing": element.drawing, "content": element.drawn})
