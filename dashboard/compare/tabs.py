"""The comparisons, each under a tab; one that is under way goes on while another tab is open."""

from collections.abc import Callable

import streamlit as st

from dashboard import session
from dashboard.compare.architecture_grid import depth_and_width
from dashboard.compare.networks import choose_networks
from dashboard.compare.nonlinear_sets import nonlinear_sets
from dashboard.compare.over_seeds import over_seeds
from dashboard.compare.side_by_side import side_by_side
from experiments.comparison.architecture_grid import architecture_grid

TABS: dict[str, Callable[[], None]] = {
    "Where a single layer fails": nonlinear_sets,
    "Side by side": lambda: side_by_side(choose_networks()),
    "Over many seeds": lambda: over_seeds(choose_networks()),
    "Depth and width": lambda: depth_and_width(architecture_grid(choose_networks()[1])),
}


def draw_tabs() -> None:
    """Draw the tabs, and the comparison of the open one; after a while away, it is the same."""
    if session.value(session.COMPARE_TAB) is None and session.value(session.COMPARE_TAB_LEFT):
        session.set_value(session.COMPARE_TAB, session.value(session.COMPARE_TAB_LEFT))
    tabs = st.tabs(list(TABS), key=session.COMPARE_TAB, on_change=_keep_tab)
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def _keep_tab() -> None:
    session.set_value(session.COMPARE_TAB_LEFT, session.value(session.COMPARE_TAB))
