"""A page with nothing but the editor of points, what has come of it, and a preset."""

import streamlit as st

from dashboard.components.point_editor import show_point_editor
from data.placed_points import PlacedPoints


def take(points: PlacedPoints) -> None:
    st.session_state["placed"] = points


st.title("Points")
st.button("Preset", on_click=lambda: take(PlacedPoints(((0.5, 0.5, 0), (-0.5, -0.5, 1)))))
placed = st.session_state.setdefault("placed", PlacedPoints())
show_point_editor(placed, key="editor", on_change=take)
st.text(f"{len(placed.points)} placed: {[list(point) for point in placed.points]}")
