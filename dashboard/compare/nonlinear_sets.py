"""Points that no line separates, where a single layer must fail: the view."""

import streamlit as st

from dashboard import session
from dashboard.compare import actions
from dashboard.compare.buttons import begin_button
from dashboard.compare.decision_regions import draw_decision_regions
from dashboard.compare.polling import show_status, watch
from dashboard.session import ComparisonKind
from dashboard.training_speed import Progress
from experiments.background.run_sequence import RunSequence
from experiments.evaluation.decision_regions import DecisionRegions


def nonlinear_sets() -> None:
    """Draw the decision regions of both networks on points that no line separates."""
    st.header("Where a single layer must fail")
    kind = ComparisonKind.NONLINEAR_SETS
    actions.begin_if_requested(kind, actions.begin_nonlinear_sets)  # its networks always fit
    begin_button(
        "Try it on XOR, circles and spirals",
        kind,
        disabled=actions.is_active(kind),
        help_text="Train six small networks with fixed settings; it takes a few seconds.",
    )
    if comparison := session.tab().nonlinear_sets:
        watch(comparison, _draw)
    else:
        st.info(
            "A single layer draws one straight line between two classes. No line separates these "
            "points, and a few hidden units bend it until it does.",
            icon=":material/shapes:",
        )


def _draw(comparison: RunSequence[DecisionRegions]) -> None:
    """Draw each plane as soon as its network is trained."""
    words = f"{len(comparison.outcomes)} of {len(comparison.configs)} done"
    show_status(comparison, Progress(comparison.fraction, words))
    regions = list(comparison.outcomes)
    single = [each for each in regions if not each.config.hidden_layers]
    multi = [each for each in regions if each.config.hidden_layers]
    draw_decision_regions(single, session.SLP_REGIONS_CHARTS)
    draw_decision_regions(multi, session.MLP_REGIONS_CHARTS)
    st.caption(
        "Accuracies and points are of the test part, never seen before; the color behind is the "
        "predicted class. In xor, 1 point in 20 was moved across an axis at random, so that 95 % "
        "is about as good as it gets. To try them with many seeds, choose them above as data."
    )
