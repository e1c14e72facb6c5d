"""What is set once for the whole server process."""

import gc
import sys

import pandas  # noqa: F401  # plotly fails on one that another thread has half imported
import streamlit as st
from threadpoolctl import threadpool_limits


@st.cache_resource(show_spinner=False)
def tune() -> None:
    """Keep the interface responsive while many small networks train.

    A matrix product takes one thread: two jobs at once, or a job beside the interface,
    would compete for the cores otherwise. A thread hands over Python's lock after a
    millisecond. What the imports have left in memory stays, so the garbage collector need
    not scan it.
    """
    threadpool_limits(1)
    sys.setswitchinterval(0.001)
    gc.collect()
    gc.freeze()
