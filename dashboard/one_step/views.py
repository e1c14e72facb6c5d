"""The views of the One step page by name, of which one at a time is drawn."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard import session
from dashboard.components.epoch_slider import choose_epoch
from dashboard.components.live_feed import ask_for_news, forget_live_elements
from dashboard.components.view_choice import choose_view
from dashboard.inspected_network import InspectedNetwork, inspected_network
from dashboard.one_step.broken_term import draw_broken_term
from dashboard.one_step.gradient_check import draw_gradient_check
from dashboard.one_step.slow_motion import draw_slow_motion
from experiments.training.run import Run

VIEWS: dict[str, Callable[[InspectedNetwork], None]] = {
    "Slow motion": draw_slow_motion,
    "Gradient check": draw_gradient_check,
    "Break a term": draw_broken_term,
}


def draw_views(run: Run) -> None:
    """Draw the slider, the choice of a view, and the chosen one below."""
    forget_live_elements()
    is_training, has_begun = session.is_training(run), bool(run.snapshots.steps)
    choose_epoch(run, can_play=False)
    view = choose_view(VIEWS, key=session.ONE_STEP_VIEW)
    if has_begun:
        VIEWS[view](inspected_network(run))
    else:
        st.info("The run has not begun yet; it waits for its turn.", icon=":material/schedule:")
    ask_for_news(partial(_has_changed, run, is_training, has_begun), is_moving=is_training)


def _has_changed(run: Run, was_training: bool, had_begun: bool) -> bool:
    return session.is_training(run) != was_training or bool(run.snapshots.steps) != had_begun
