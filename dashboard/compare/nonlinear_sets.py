"""Points that no line separates: the view."""

import streamlit as st

from dashboard.compare import messages
from dashboard.compare.decision_regions import draw_decision_regions
from experiments.background.run_sequence import RunSequence
from experiments.evaluation.decision_regions import DecisionRegions


def draw_shapes(shapes: RunSequence[DecisionRegions]) -> None:
    """Draw each plane as soon as its network has learned."""
    if shapes.status.is_moving:
        st.progress(shapes.fraction, text=f"{len(shapes.outcomes)} of {len(shapes.configs)} done")
    elif lost := messages.lost_words(shapes.status):
        st.warning(lost, icon=":material/error:")
    lands = list(shapes.outcomes)
    draw_decision_regions([land for land in lands if not land.config.hidden_layers], "single")
    draw_decision_regions([land for land in lands if land.config.hidden_layers], "multi")
    st.caption(
        "Accuracies and points are of the test part, never seen before; the color behind is what "
        "the network says. In xor, chance has moved 1 point in 20 across an axis, and nobody can "
        "know which: 95 % is about as good as it gets. To try them with many seeds, choose them "
        "above as data."
    )
