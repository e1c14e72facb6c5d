"""How fast a run trains, and how often a page polls it."""

import math
from typing import NamedTuple

import streamlit as st

from dashboard import session
from experiments.background.background_task import BackgroundTask
from experiments.background.limits import MAX_WORKS
from experiments.background.run_sequence import count_active_sequences
from experiments.background.training_job import count_active_jobs

PACES = ("auto", "1", "2", "5", "10", "25", "full")  # epochs a second, but for the two ends
WATCHABLE_SECONDS = 8.0  # the least time a run takes at the pace auto
POLL_SECONDS = 0.3  # between two polls of a page, if there are few
POLLS_A_SECOND = 130  # of all pages: they take the server half a core
POLL_STRIDE = 0.13  # seconds by which polls become rarer; some pages are drawn anew for it
SEQUENCE_POLL_SECONDS = 0.5  # the same for a sequence of runs, which has news a run at a time
CALM_SEQUENCES = 5  # with more sequences under way than this, each page polls less often


class Progress(NamedTuple):
    """How far a run has come, from 0 to 1, and the same in words."""

    fraction: float
    words: str


def seconds_per_epoch(pace: str, epochs: int) -> float:
    """Return the least time an epoch takes, in seconds.

    At the pace auto, a run that would be over at once is stretched so that it can be
    watched; one that is long enough goes at full speed.
    """
    if pace == "auto":
        return WATCHABLE_SECONDS / epochs
    return 0.0 if pace == "full" else 1 / float(pace)


def requested_pace() -> str:
    """Return the pace chosen on the Train page, or in the link to another page."""
    pace = session.value(session.PACE, st.query_params.get(session.PACE))
    return pace if pace in PACES else PACES[0]


def waiting_in_words(task: BackgroundTask) -> str:
    """Say what a task waits for, if it has waited for a while; nothing if it does not."""
    if task.waits_for_own_works:
        return f"begins when one of the {MAX_WORKS} trainings before it in this tab is over"
    return f"waiting for the processor, place {task.place}" if task.place else ""


def poll_seconds() -> float:
    """Return how long a page waits between two polls: longer when many are training."""
    needed = count_active_jobs() / POLLS_A_SECOND
    return max(POLL_SECONDS, POLL_STRIDE * math.ceil(needed / POLL_STRIDE))


def is_good_interval(seconds: float) -> bool:
    """Say whether a page may go on polling as it does: often enough, but not too often."""
    return poll_seconds() <= seconds <= poll_seconds() + 1.5 * POLL_STRIDE


def sequence_poll_seconds() -> float:
    """Return the same for a sequence of runs: longer when many sequences are under way."""
    crowd = -(-count_active_sequences() // CALM_SEQUENCES)
    return max(SEQUENCE_POLL_SECONDS * max(1, crowd), poll_seconds())
