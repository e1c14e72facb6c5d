"""The network that a page looks into: that of a run, after one of its epochs."""

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import NamedTuple

import streamlit as st

from dashboard import session
from dashboard.components.epoch_slider import (
    advance_film,
    choose_epoch,
    past_epoch,
    shown_network,
    shown_version,
)
from dashboard.components.live_feed import ask_for_news, forget_live_elements
from dashboard.components.view_choice import choose_view
from experiments.training.run import Run
from mlp.network import Network


class InspectedNetwork(NamedTuple):
    """The network of a run as the slider shows it.

    epoch : that of the slider; None for the newest
    network : a copy
    version : what changes whenever the network does
    """

    run: Run
    epoch: int | None
    network: Network
    version: Hashable

    @property
    def is_still(self) -> bool:
        """Say whether it stays as it is: that of a past epoch, or of a run that does not train."""
        return self.epoch is not None or not session.is_training(self.run)


def inspected_network(run: Run) -> InspectedNetwork:
    """Return the network of a run after the epoch of the slider."""
    version = shown_version(run)  # before the network, which is then no older
    return InspectedNetwork(run, past_epoch(run), shown_network(run), version)


def draw_views_into(
    run: Run,
    views: Mapping[str, Callable[[InspectedNetwork], None]],
    *,
    key: str,
    has_film: Callable[[], bool] = lambda: False,
) -> None:
    """Draw the slider, the choice of a view into the network of a run, and the chosen one below.

    Parameters
    ----------
    key : of the choice
    has_film : says whether all that the view shows moves with a film of the training
    """
    forget_live_elements()
    can_play = has_film()
    if not can_play:
        _stop_film()
    is_moving, has_begun = _is_moving(run), bool(run.snapshots.steps)
    choose_epoch(run, can_play=can_play)
    view = choose_view(views, key=key, on_change=_stop_film)
    if has_begun:
        views[view](inspected_network(run))
    else:
        st.info("The run has not begun yet; it waits for its turn.", icon=":material/schedule:")
    ask_for_news(partial(_has_changed, run, is_moving, has_begun), is_moving=is_moving)


def _stop_film() -> None:
    session.tab().film = None


def _is_moving(run: Run) -> bool:
    """Say whether the run trains, or a film of it plays."""
    return session.is_training(run) or session.tab().film is not None


def _has_changed(run: Run, was_moving: bool, had_begun: bool) -> bool:
    """Move the film on, if one plays; say whether the page is outdated."""
    advance_film(run)
    return _is_moving(run) != was_moving or bool(run.snapshots.steps) != had_begun
