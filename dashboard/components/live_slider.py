"""A slider that is followed while it moves: its place goes to the server at once."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from dashboard import session
from dashboard.components.live_feed import TELL

HERE = Path(__file__)

_mount = st.components.v2.component(
    "live_slider",
    html="""<div class="live-slider"><div class="line"><span class="words"></span>
<output></output></div><input type="range"></div>""",
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=TELL + HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


def show_live_slider(
    address: str,
    *,
    name: str,
    label: str,
    limits: tuple[int, int],
    step: float,
    unit: str,
    position: int,
    key: str,
    on_take: Callable[[object], None],
) -> None:
    """Show a slider; its value is a whole number of steps, its position.

    Parameters
    ----------
    address : where the position is told, and where news of the page are in the answer
    name : comes back in the message; under another name, it is another slider
    limits, position : in steps
    on_take : called with the message once it has come by a rerun of the page, which it does if
        requests to the address do not come through
    """
    decimals = max(len(f"{step:g}".partition(".")[2]), 0)
    data = {
        "address": address,
        "name": name,
        "label": label,
        "low": limits[0],
        "high": limits[1],
        "step": step,
        "decimals": decimals,
        "unit": unit,
        "position": position,
    }
    _mount(
        key=key,
        data=data,
        on_moved_change=lambda: on_take(session.sent(key, "moved")),
        on_outdated_change=lambda: None,
    )


def parse_position(message: object, name: str, limits: tuple[int, int]) -> int | None:
    """Return the position that the browser has sent of a slider; None if there is none like it."""
    low, high = limits
    match message:
        case {"slider": str(sent), "position": int(position)} if (
            sent == name and type(position) is int and low <= position <= high
        ):
            return position
    return None
