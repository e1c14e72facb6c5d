"""Every page is run by app.py, even for the first visitor of a server.

Until app.py has run once in a server process, Streamlit takes the files in pages/ for
an app of the old kind. The first visitor with a link to a page would get that page
alone, without the settings and the navigation that app.py draws.
"""

import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from dashboard import session

APP = Path(__file__).parents[2] / "app.py"


@contextmanager
def running_in_app() -> Iterator[None]:
    """Mark that a page is run by app.py."""
    session.set_value(session.IN_APP, True)
    try:
        yield
    finally:
        session.set_value(session.IN_APP, False)


def enter_through_app() -> None:
    """Run app.py, which runs the same page, unless it has; call it first on a page."""
    if not session.value(session.IN_APP):
        runpy.run_path(str(APP), run_name="__main__")
        st.stop()
