"""Draw a sequence of runs again and again while it is under way."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dashboard import training_speed
from dashboard.compare import messages
from experiments.background.run_sequence import RunSequence
from experiments.background.training_job import Status

T = TypeVar("T")


def watch(sequence: RunSequence[T], draw: Callable[[RunSequence[T]], None]) -> None:
    """Draw a sequence again and again while it is under way, and once more when it is over."""
    was_moving = sequence.status.is_moving
    seconds = training_speed.sequence_poll_seconds() if was_moving else None
    st.fragment(_poll, run_every=seconds)(sequence, draw, was_moving)


def _poll(
    sequence: RunSequence[T], draw: Callable[[RunSequence[T]], None], was_moving: bool
) -> None:
    draw(sequence)
    if was_moving != sequence.status.is_moving:
        st.rerun()  # the whole page: it has other buttons now


def show_status(status: Status, progress: training_speed.Progress) -> None:
    """Show how far a comparison has come, or why it ended too early."""
    if status.is_moving:
        st.progress(progress.fraction, text=progress.words)
    elif failure := messages.failure_sentence(status):
        st.warning(failure, icon=":material/error:")
