"""One step in slow motion: where it is in the network, its formula, its numbers, its lines."""

import streamlit as st

from dashboard import session
from dashboard.components.network_view import MarkedPlace, Unit, show_network
from dashboard.components.wrapping_columns import wrapping_columns
from dashboard.inspected_network import InspectedNetwork
from dashboard.one_step.move_details import draw_details
from dashboard.one_step.move_text import draw_text
from dashboard.one_step.player import advance, draw_player, go_to, play_seconds, shown_move
from dashboard.one_step.traced_step import TracedStep, choose_step, followed_units
from experiments.inspection.step_moves import Move, Phase, Place

NETWORK_WIDTH, TEXT_WIDTH = 480, 400  # pixels, at least
NETWORK_HEIGHT = 330


def draw_slow_motion(inspected: InspectedNetwork) -> None:
    """Draw the choice of a step, and the step itself, move by move."""
    seconds = play_seconds()
    st.fragment(_draw_step, run_every=seconds)(inspected, seconds)


def _draw_step(inspected: InspectedNetwork, seconds: float | None) -> None:
    """Draw the move that is shown; while the film plays, this is called again and again."""
    traced = choose_step(inspected)
    advance(traced.moves)
    if play_seconds() != seconds:
        st.rerun()  # a fragment cannot begin or end its own calls
    draw_player(traced.moves)
    move, units = shown_move(traced.moves), followed_units(traced)
    place = Place(traced.sample, units, move.layer or _layer_of_all(traced))
    left, right = wrapping_columns(session.STEP_COLUMNS, (NETWORK_WIDTH, TEXT_WIDTH))
    with left:
        _draw_network(traced, move, place)
    with right:
        draw_text(traced, move, place)
    draw_details(traced, move, place)


def _layer_of_all(traced: TracedStep) -> int:
    """Return whose parameters to follow where those of all layers change."""
    last = traced.trace.network.n_layers
    return min(int(session.value(session.STEP_LAYER) or last), last)


def _draw_network(traced: TracedStep, move: Move, place: Place) -> None:
    layer = move.layer or place.layer
    terms = move.terms(place) if move.terms else None
    values = move.of_units(place)
    version = (id(traced.trace), traced.shown.about, move.name, place)
    show_network(
        lambda: traced.trace.network,
        lambda: version,
        lambda: traced.shown,
        traced.run.prepared_data().dataset,
        key=session.STEP_NETWORK_VIEW,
        height=NETWORK_HEIGHT,
        on_select=lambda unit: _select(traced, move, unit),
        place=MarkedPlace(
            layer,
            place.units,
            move.unit_symbol,
            values,
            terms.layer if terms else 0,
            terms.values if terms else values[:0],
            is_backward=move.phase is Phase.BACKWARD and terms is not None and terms.layer > layer,
        ),
    )
    st.caption(
        "What to notice: the frame is where the step is now, with the number of each unit; the "
        "bold one is written out on the right. Click on a unit to follow that one."
    )


def _select(traced: TracedStep, move: Move, unit: Unit) -> None:
    """Follow a unit, and go to the move of its layer that is like this one."""
    motion = session.tab().slow_motion
    motion.units[unit.layer] = unit.unit
    motion.is_playing = False
    names = [each.name for each in traced.moves]
    kind = move.name.rstrip("0123456789")
    like_this = f"{kind}{unit.layer}"
    if not move.layer and unit.layer:
        session.set_value(session.STEP_LAYER, unit.layer)
    elif unit.layer and like_this in names:
        go_to(traced.moves, names.index(like_this))
    elif unit.layer and unit.layer != move.layer:
        go_to(traced.moves, names.index(f"z{unit.layer}"))
