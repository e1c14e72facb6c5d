"""Draw a sequence of runs again and again while it is under way."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dashboard.compare import actions
from experiments.background.run_sequence import Relay

T = TypeVar("T")


def watch(relay: Relay[T], draw: Callable[[Relay[T]], None]) -> None:
    """Draw a relay again and again while it is on its way, and once more when it is over."""
    was_moving = relay.status.is_moving
    seconds = actions.poll_seconds() if was_moving else None
    st.fragment(_look, run_every=seconds)(relay, draw, was_moving)


def _look(relay: Relay[T], draw: Callable[[Relay[T]], None], was_moving: bool) -> None:
    draw(relay)
    if was_moving != relay.status.is_moving:
        st.rerun()  # the whole page: its buttons are others
