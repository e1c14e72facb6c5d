"""A Plotly chart that changes only when the page does."""

import plotly.graph_objects as go
import streamlit as st

TOOLBAR = {
    "displaylogo": False,
    "showSendToCloud": False,  # what is drawn here stays here
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "sendChartToCloud"],
}


def show_chart(figure: go.Figure, *, key: str, alt: str, height: int = 400) -> None:
    """Show a figure.

    Parameters
    ----------
    alt : what the figure shows, for those who cannot see it
    height : in pixels
    """
    st.plotly_chart(figure, key=key, alt=alt, height=height, config=TOOLBAR)
