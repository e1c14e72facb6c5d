"""The playground has settings of its own: those of the other pages are there again after it."""

from collections.abc import Mapping

import streamlit as st

from dashboard import session
from dashboard.playground_link import take_link
from dashboard.settings import apply, control_value
from experiments.config import SETTINGS, RunConfig

PLAYGROUND = "playground"
FIRST = RunConfig(dataset="circles", epochs=2000)
"""What the playground begins with, unless a link says otherwise."""


def choose_settings(page: str) -> None:
    """Bring the settings that belong to a page into the sidebar; call it before they are drawn.

    Parameters
    ----------
    page : its address, such as playground
    """
    tab, is_playground = session.tab(), page == PLAYGROUND
    if tab.is_in_playground == is_playground:
        return
    tab.is_in_playground = is_playground
    controls = {name: value for name in SETTINGS if (value := session.value(name)) is not None}
    kept, tab.other_settings = (
        tab.other_settings,
        session.KeptSettings(tab.config, tab.own, controls),
    )
    if not is_playground:
        tab.playground.pause()  # nobody watches it any more
    if kept is not None:
        tab.config, tab.own, controls = kept
        apply(kept.config)
        for name, value in controls.items():
            session.set_value(name, value)
    elif is_playground:
        _begin_playground(st.query_params.to_dict() if session.notices() is None else {})
    elif session.notices() is not None:  # the first page was the playground
        tab.own = None
        apply(RunConfig())


def _begin_playground(asked: Mapping[str, str]) -> None:
    """Take the first settings, but for those that the link of a first visit asks for."""
    take_link(asked)
    first = FIRST.model_dump(include={"epochs"} if "dataset" in asked else None)
    for field, value in first.items():
        if field not in asked:
            session.set_value(field, control_value(field, value))
