"""What is set once for the whole server process, and what is made ready for each session."""

import ctypes
import gc
import sys
import threading

import pandas  # noqa: F401  # plotly fails on one that another thread has half imported
import streamlit as st
from threadpoolctl import threadpool_limits

from experiments.background.slice_scheduler import PROCESS_SCHEDULER

M_ARENA_MAX, MAX_ARENAS = -8, 2  # as in glibc's malloc.h


def tune() -> None:
    """Set up the process for the first session, and the workers for each."""
    _tune_process()
    _warm_up_workers()


@st.cache_resource(show_spinner=False)
def _tune_process() -> None:
    """Keep the interface responsive while many networks train in other processes.

    A thread hands over Python's lock after a millisecond. What the imports have left in memory
    stays, so the garbage collector need not scan it.
    """
    threadpool_limits(1)
    sys.setswitchinterval(0.001)
    _limit_arenas()
    gc.collect()
    gc.freeze()


def _limit_arenas() -> None:
    """Let all threads share a little memory: every rerun of a page is a new thread.

    Else glibc gives threads memory of their own, and keeps it after they have ended.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(M_ARENA_MAX, MAX_ARENAS)


@st.cache_resource(scope="session", show_spinner=False)
def _warm_up_workers() -> None:
    """Start the worker processes, so that the first training begins at once."""
    threading.Thread(target=lambda: PROCESS_SCHEDULER.executor.warm_up(), daemon=True).start()
