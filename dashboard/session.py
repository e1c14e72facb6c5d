"""What one browser tab remembers. Every key of the session is named here.

The controls of the sidebar keep their values under the names of RunConfig's fields,
which are the names in the link as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from experiments.config import RunConfig
from experiments.job import Goal, TrainingJob

IN_APP = "_in_app"
CONFIG = "_config"
PROBLEMS = "_problems"
NOTICES = "_notices"
TAB = "_tab"

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


class Wish(NamedTuple):
    """How far the reader wants to train, and the run on the page where that was said."""

    goal: Goal
    job: TrainingJob | None


@dataclass
class Tab:
    """What this tab has under way.

    A plain object: Streamlit may interrupt a script at every look into its session
    state, and between two changes that belong together there must be none.
    """

    job: TrainingJob | None = None
    wish: Wish | None = None


def tab() -> Tab:
    """Return what this tab has under way."""
    found: Tab = st.session_state.setdefault(TAB, Tab())
    return found


def forget_notices() -> None:
    """Stop talking about the link: the reader has changed a setting since."""
    set_notices([])


def job() -> TrainingJob | None:
    """Return this tab's training, if there is one."""
    return tab().job


def presence() -> Callable[[], bool]:
    """Return a function, for any thread, that says whether this tab is connected now."""
    context, server = get_script_run_ctx(), runtime.get_instance()
    session_id = context.session_id if context else ""
    return lambda: bool(server.is_active_session(session_id))


def shuffles() -> int:
    """Return how often the reader has asked for other samples."""
    count: int = st.session_state.get(SHUFFLES, 0)
    return count


def shuffle() -> None:
    """Ask for other samples."""
    st.session_state[SHUFFLES] = shuffles() + 1
