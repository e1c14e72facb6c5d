"""The views of the Inside page by name, of which one at a time is drawn."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard import session
from dashboard.components.epoch_slider import advance_film, choose_epoch
from dashboard.components.live_feed import ask_for_news, forget_live_elements
from dashboard.components.view_choice import choose_view
from dashboard.inside.decision import draw_decision
from dashboard.inside.landscape import draw_landscape
from dashboard.inside.layers import draw_layers
from dashboard.inside.representations import TSNE, draw_representations
from dashboard.inside.switched_off import draw_switched_off
from dashboard.inside.units import draw_units
from dashboard.inspected_network import InspectedNetwork, inspected_network
from experiments.training.run import Run

VIEWS: dict[str, Callable[[InspectedNetwork], None]] = {
    "Units": draw_units,
    "Switch units off": draw_switched_off,
    "Layers": draw_layers,
    "Representations": draw_representations,
    "Decision": draw_decision,
    "Landscape": draw_landscape,
}
FILMED = {"Layers", "Representations"}
"""The views that follow a film of the training; all charts in them are live."""


def draw_views(run: Run) -> None:
    """Draw the slider, the choice of a view, and the chosen one below."""
    forget_live_elements()
    can_play = _can_play()
    if not can_play:
        _stop_film()
    is_moving = _is_moving(run)
    choose_epoch(run, can_play=can_play)
    view = choose_view(VIEWS, key=session.INSIDE_VIEW, on_change=_stop_film)
    has_begun = bool(run.snapshots.steps)
    if has_begun:
        VIEWS[view](inspected_network(run))
    else:
        st.info("The run has not begun yet; it waits for its turn.", icon=":material/schedule:")
    ask_for_news(partial(_has_changed, run, is_moving, has_begun), is_moving=is_moving)


def _can_play() -> bool:
    """Say whether all that the view shows moves with a film of the training."""
    view = session.value(session.INSIDE_VIEW, next(iter(VIEWS)))
    is_tsne = view == "Representations" and session.value(session.LAYER_MAP) == TSNE
    return view in FILMED and not is_tsne


def _stop_film() -> None:
    session.tab().film = None


def _is_moving(run: Run) -> bool:
    """Say whether the run trains, or a film of it plays."""
    return session.is_training(run) or session.tab().film is not None


def _has_changed(run: Run, was_moving: bool, had_begun: bool) -> bool:
    """Move the film on, if one plays; say whether the page is outdated."""
    advance_film(run)
    return _is_moving(run) != was_moving or bool(run.snapshots.steps) != had_begun
