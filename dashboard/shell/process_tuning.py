"""What is set once for the whole server process."""

import gc
import sys

import pandas  # noqa: F401  # plotly looks into a half-imported one if another thread is at it
import streamlit as st
from threadpoolctl import threadpool_limits


@st.cache_resource(show_spinner=False)
def tune() -> None:
    """Make room for many small trainings beside a quick user interface.

    One thread for a matrix product: two jobs at once, or a job beside the interface,
    would fight for the cores otherwise. A training of a small net hands Python's lock over
    after a millisecond. And what the imports have left in memory stays, so the garbage
    collector, which Streamlit runs after every rerun, need not look at it.
    """
    threadpool_limits(1)
    sys.setswitchinterval(0.001)
    gc.collect()
    gc.freeze()
