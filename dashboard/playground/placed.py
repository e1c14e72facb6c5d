"""Points placed by hand, for a network to learn from."""

import streamlit as st

from dashboard import session
from dashboard.components.point_editor import show_point_editor
from dashboard.playground_link import take_placed
from dashboard.settings import control_value
from data.placed_points import PlacedPoints
from experiments.config import DATASET_SETTINGS, OWN, default_of


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
        for name in DATASET_SETTINGS - {"dataset"}:  # all others, such as its layers, stay
            session.set_value(name, control_value(name, default_of(name, OWN, session.own())))
    few = max(1, len(points.points) // 4)
    session.set_value("batch_size", min(session.value("batch_size", few), few))
    session.forget_notices()
