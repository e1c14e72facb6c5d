"""Points placed by hand, for a network to learn from."""

import streamlit as st

from dashboard import session
from dashboard.components.point_editor import show_point_editor
from dashboard.playground_link import take_placed
from dashboard.settings import change_dataset
from data.placed_points import PlacedPoints
from experiments.config import OWN


def draw_placing() -> None:
    """Draw the plane to place points in, and say what is still missing."""
    playground = session.tab().playground
    show_point_editor(playground.placed, key=session.POINT_EDITOR, on_change=_take)
    if playground.placed_problem:
        st.caption(playground.placed_problem)


def _take(points: PlacedPoints) -> None:
    """Let the network learn from these points from now on, if it can."""
    if not take_placed(points):
        return
    if session.value("dataset") != OWN:
        session.set_value("dataset", OWN)
        change_dataset()
    few = max(1, len(points.points) // 4)
    session.set_value("batch_size", min(session.value("batch_size", few), few))
    session.forget_notices()
