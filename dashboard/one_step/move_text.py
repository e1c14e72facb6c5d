"""What a move does, in words, as a formula, with its numbers, and as lines of NumPy."""

import streamlit as st

from dashboard import session
from dashboard.components.marked_source import show_marked_lines
from dashboard.one_step.traced_step import TracedStep
from dashboard.text import plain
from experiments.inspection.step_moves import Move, Place


def draw_text(traced: TracedStep, move: Move, place: Place) -> None:
    """Draw what a move does."""
    st.markdown(f"**{move.title}.** {move.sentence}")
    st.latex(move.formula)
    lines = "\n".join(line.words for line in move.lines(place))
    st.caption(f"{_who(traced, move, place)}{f', {move.factors}' if move.factors else ''}:")
    st.code(lines, language=None, wrap_lines=True)
    st.caption(f"Shapes: {plain(move.shapes)}")
    show_marked_lines(move.sources)
    if traced.remark:
        st.caption(traced.remark)


def _who(traced: TracedStep, move: Move, place: Place) -> str:
    """Say whose numbers follow."""
    layer, last = place.layer, traced.trace.network.n_layers
    unit = place.units[layer]
    names = traced.run.prepared_data().dataset.class_names
    name = (
        f"output “{plain(names[unit])}”" if layer == last else f"unit {unit + 1} of layer {layer}"
    )
    if move.name.startswith("dW") or (not move.layer and move.name != "limit"):
        below = "input" if layer == 1 else f"unit {place.units[layer - 1] + 1}"
        number = f" {place.units[0] + 1}" if layer == 1 else ""
        return f"The same with numbers, for the weight from {below}{number} to {name}"
    if move.name == "C":
        return f"The same with numbers, for {traced.shown.about}"
    return f"The same with numbers, for {name}"


def draw_choice_of_units(traced: TracedStep, move: Move, place: Place) -> None:
    """Draw the choice of the units that are followed, for all that cannot be clicked on."""
    sizes, last = traced.trace.network.sizes, traced.trace.network.n_layers
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if not move.layer and last > 1:
            st.segmented_control(
                "Parameters of layer",
                range(1, last + 1),
                default=place.layer,
                required=True,
                key=session.STEP_LAYER,
                persist_state="session",
                help="All layers change at once; this is the one whose numbers are shown.",
            )
        for layer in (place.layer - 1, place.layer):
            _choose_unit(layer, place.units[layer], sizes[layer])


def _choose_unit(layer: int, unit: int, n_units: int) -> None:
    key = session.key_of(session.STEP_UNIT, layer)
    session.set_value(key, unit + 1)

    def follow() -> None:
        session.tab().slow_motion.units[layer] = int(session.value(key)) - 1

    st.number_input(
        f"Unit of layer {layer}" if layer else "Input",
        min_value=1,
        max_value=n_units,
        key=key,
        on_change=follow,
        width=150,
        help=f"Which of these {n_units:,} to follow; a click in the network does the same.",
    )
