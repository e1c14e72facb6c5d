"""What is set once for the whole server process, and what is made ready for each session."""

import ctypes
import gc
import sys
import threading
import time

import pandas  # noqa: F401  # plotly fails on one that another thread has half imported
import streamlit as st
from threadpoolctl import threadpool_limits

from experiments.background.slice_scheduler import PROCESS_SCHEDULER

M_ARENA_MAX, MAX_ARENAS = -8, 2  # as in glibc's malloc.h
YOUNG_OBJECTS = (2_000, 20, 1_000_000)  # so that a full search never comes by itself
PAGE_SECONDS = 2.0  # so long a browser may take to load and draw the first page
SEARCH_SECONDS = 60.0  # between two full searches for garbage


def tune() -> None:
    """Set up the process for the first session, and the workers for each."""
    _tune_process()
    _warm_up_workers()


@st.cache_resource(show_spinner=False)
def _tune_process() -> None:
    """Keep the interface responsive while many networks train in other processes.

    A thread hands over Python's lock after a millisecond. A full search for garbage stops all
    pages, with fifty runs for a third of a second; so it comes once a minute, and leaves out
    what the imports have left in memory.
    """
    threadpool_limits(1)
    sys.setswitchinterval(0.001)
    malloc = _malloc_settings()
    if malloc:  # else each rerun, which is a thread, may have memory of its own, and keep it
        malloc.mallopt(M_ARENA_MAX, MAX_ARENAS)
    gc.set_threshold(*YOUNG_OBJECTS)
    gc.collect()
    gc.freeze()
    threading.Thread(target=_search_garbage, args=(malloc,), daemon=True).start()


def _malloc_settings() -> ctypes.CDLL | None:
    """Return the C library if its memory can be tuned: glibc, on Linux."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None


def _search_garbage(malloc: ctypes.CDLL | None) -> None:
    """Free what sessions that have gone have left, again and again."""
    while True:
        time.sleep(SEARCH_SECONDS)
        gc.collect()
        if malloc:
            malloc.malloc_trim(0)  # gives it back to the system


@st.cache_resource(scope="session", show_spinner=False)
def _warm_up_workers() -> None:
    """Start the worker processes, so that the first training begins at once.

    Not before the page is there, for until then it has use for all cores itself.
    """
    timer = threading.Timer(PAGE_SECONDS, lambda: PROCESS_SCHEDULER.executor.warm_up())
    timer.daemon = True
    timer.start()
