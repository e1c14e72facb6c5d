"""What one browser tab remembers. Every key of the session is named here.

The controls of the sidebar keep their values under the names of RunConfig's fields,
which are the names in the link as well.
"""

from dataclasses import dataclass, field

import streamlit as st

from experiments.config import RunConfig
from experiments.job import Goal, TrainingJob

IN_APP = "_in_app"
CONFIG = "_config"
PROBLEMS = "_problems"
NOTICES = "_notices"
JOB = "_job"
WISH = "_wish"

PACE = "pace"
LOG_LOSS = "log_loss"
CLASSES = "classes"
PART = "part"
SHUFFLES = "_shuffles"


def config() -> RunConfig:
    """Return the settings of the sidebar, or the last ones that made sense."""
    found: RunConfig = st.session_state.get(CONFIG, RunConfig())
    return found


def problems() -> list[str]:
    """Return what is wrong with the settings now, a sentence each."""
    found: list[str] = st.session_state.get(PROBLEMS, [])
    return found


def set_config(config: RunConfig | None, problems: list[str]) -> None:
    """Remember the settings if they make sense, and what is wrong with them if not."""
    st.session_state[PROBLEMS] = problems
    if config is not None and not problems:
        st.session_state[CONFIG] = config


def notices() -> list[str] | None:
    """Return what there is to say about the link, or None before anything was looked at."""
    found: list[str] | None = st.session_state.get(NOTICES)
    return found


def set_notices(notices: list[str]) -> None:
    """Remember what there is to say about the link."""
    st.session_state[NOTICES] = notices


def job() -> TrainingJob | None:
    """Return this tab's training, if there is one."""
    found: TrainingJob | None = st.session_state.get(JOB)
    return found


def set_job(job: TrainingJob | None) -> None:
    """Put a training in place of the one before, which ends."""
    previous = st.session_state.get(JOB)
    if previous is not None:
        previous.dismiss()
    st.session_state[JOB] = job
    keep_alive()


def set_wish(goal: Goal) -> None:
    """Remember how far the reader wants to train."""
    st.session_state[WISH] = goal


def take_wish() -> Goal | None:
    """Return how far the reader wants to train, once; None if nothing was asked for."""
    goal: Goal | None = st.session_state.pop(WISH, None)
    return goal


def shuffles() -> int:
    """Return how often the reader has asked for other samples."""
    count: int = st.session_state.get(SHUFFLES, 0)
    return count


def shuffle() -> None:
    """Ask for other samples."""
    st.session_state[SHUFFLES] = shuffles() + 1


@dataclass
class _Presence:
    """Lives as long as the tab is connected."""

    jobs: list[TrainingJob] = field(default_factory=list)


def _tell_jobs_to_leave(presence: _Presence) -> None:
    for job in presence.jobs:
        job.leave()


@st.cache_resource(scope="session", on_release=_tell_jobs_to_leave, show_spinner=False)
def _presence() -> _Presence:
    return _Presence()


def keep_alive() -> None:
    """Tell the training that its page is there; call it on every run.

    A tab that lost its network and came back finds its training again.
    """
    current = job()
    _presence().jobs[:] = [current] if current else []
    if current is not None:
        current.keep()
