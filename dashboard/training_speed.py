"""How fast a training goes, and how often a page looks at it."""

from typing import NamedTuple

import streamlit as st

from dashboard import session
from experiments.background.run_sequence import count_moving_sequences
from experiments.background.training_job import count_moving_jobs

PACES = ("auto", "1", "2", "5", "10", "25", "full")  # epochs a second, between two others


WATCHABLE_SECONDS = 8.0  # how long a run takes at the least when the pace is left to itself


POLL_SECONDS = 0.3  # how often a page looks at its training


SEQUENCE_POLL_SECONDS = 0.5  # the same for a sequence of runs, which has news a run at a time


CALM_JOBS = 5  # with more jobs than this on their way, each page looks less often


class Progress(NamedTuple):
    """How far a run has come, from 0 to 1, and the same in words."""

    fraction: float
    words: str


def seconds_per_epoch(pace: str, epochs: int) -> float:
    """Return how long an epoch lasts at the least.

    Left to itself, a run that would be over in the wink of an eye is stretched so that
    it can be watched; one that is long enough goes at full speed.
    """
    if pace == "auto":
        return WATCHABLE_SECONDS / epochs
    return 0.0 if pace == "full" else 1 / float(pace)


def _pace() -> str:
    """Return the pace asked for, on the Train page or in a link to another one."""
    asked = session.value(session.PACE, st.query_params.get(session.PACE))
    return asked if asked in PACES else PACES[0]


def poll_seconds() -> float:
    """Return how long a page waits between two looks: longer when many are training."""
    return POLL_SECONDS * max(1, -(-count_moving_jobs() // CALM_JOBS))


def sequence_poll_seconds() -> float:
    """Return the same for a sequence of runs: longer when many sequences are under way."""
    crowd = -(-count_moving_sequences() // CALM_JOBS)
    return max(SEQUENCE_POLL_SECONDS * max(1, crowd), poll_seconds())
