"""Draw a sequence of runs again and again while it is under way."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dashboard.compare import actions
from experiments.background.run_sequence import RunSequence

T = TypeVar("T")


def watch(sequence: RunSequence[T], draw: Callable[[RunSequence[T]], None]) -> None:
    """Draw a relay again and again while it is on its way, and once more when it is over."""
    was_moving = sequence.status.is_moving
    seconds = actions.poll_seconds() if was_moving else None
    st.fragment(_look, run_every=seconds)(sequence, draw, was_moving)


def _look(
    sequence: RunSequence[T], draw: Callable[[RunSequence[T]], None], was_moving: bool
) -> None:
    draw(sequence)
    if was_moving != sequence.status.is_moving:
        st.rerun()  # the whole page: its buttons are others
