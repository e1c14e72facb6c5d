"""Draw a sequence of runs again and again while it is under way, and say how far it is."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from dashboard import training_speed
from dashboard.text import duration
from dashboard.training_speed import Progress, waiting_in_words
from experiments.background.background_task import Status
from experiments.background.run_sequence import RunSequence
from experiments.comparison.networks import network_name
from experiments.comparison.over_seeds import RunOutcome

T = TypeVar("T")


def watch(sequence: RunSequence[T], draw: Callable[[RunSequence[T]], None]) -> None:
    """Draw a sequence again and again while it is under way, and once more when it is over."""
    was_active = sequence.status.is_active
    seconds = training_speed.sequence_poll_seconds() if was_active else None
    st.fragment(_poll, run_every=seconds)(sequence, draw, was_active)


def _poll(
    sequence: RunSequence[T], draw: Callable[[RunSequence[T]], None], was_active: bool
) -> None:
    draw(sequence)
    if was_active != sequence.status.is_active:
        st.rerun()  # the whole page: it has other buttons now


def show_status(comparison: RunSequence[T], progress: Progress) -> None:
    """Show how far a comparison has come, or why it ended too early."""
    status = comparison.status
    if status.is_active:
        waiting = waiting_in_words(comparison)
        words = f"{progress.words} · {waiting}" if waiting else progress.words
        st.progress(progress.fraction, text=words)
    elif failure := failure_sentence(status, comparison.problem):
        st.warning(failure, icon=":material/error:")


def sequence_progress(sequence: RunSequence[RunOutcome]) -> Progress:
    """Say how far a sequence of runs has come."""
    n_seeds = sequence.n_seeds
    seed = min(len(sequence.outcomes) // len(sequence.networks) + 1, n_seeds)
    run, left = sequence.run, sequence.seconds_left
    words = [f"Seed {seed} of {n_seeds}"]
    words += [network_name(run.config)] if run else []
    words += [f"{duration(left)} left"] if left is not None else []
    return Progress(sequence.fraction, " · ".join(words))


def failure_sentence(status: Status, problem: str) -> str:
    """Say why something has ended that should not have; nothing if it ended as it should."""
    return {
        Status.ABANDONED: "This page lost its connection for a while, and the training ended. "
        "Start it again.",
        Status.FAILED: f"{problem} Start it again.",
    }.get(status, "")
