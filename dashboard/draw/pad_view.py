"""The pad, and all that follows what is drawn on it."""

import streamlit as st

from dashboard import session
from dashboard.components.digit_pad import show_digit_pad, take_drawing
from dashboard.components.live_feed import forget_live_elements, open_live_page, poll
from dashboard.draw.answers import draw_answer, draw_network
from dashboard.draw.keep import draw_keep
from dashboard.draw.steps import draw_steps
from dashboard.draw.trained_networks import choose_network
from dashboard.draw.views import draw_chosen_view

NETWORK_HEIGHT = 290  # pixels


def draw_pad() -> None:
    """Draw the pad, what the network says and sees, and the views below."""
    forget_live_elements()
    address = open_live_page(_never, take_drawing)
    with st.container(key="draw-stage"):
        pad, answer, network = st.columns([31, 18, 51], gap="small")
    with pad:
        show_digit_pad(address, key=session.DIGIT_PAD, on_take=_nothing)
    with network:
        trained = choose_network()
        draw_network(trained, height=NETWORK_HEIGHT)
    with answer:
        draw_answer(trained)
    draw_keep()
    draw_steps(trained)
    draw_chosen_view(trained)
    poll(address, _never, is_moving=session.is_job_active())


def _never() -> bool:
    """Say that the page has no buttons that depend on what moves."""
    return False


def _nothing() -> None:
    """Leave it to the rerun to draw what has come."""
