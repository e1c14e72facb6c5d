"""Points that no line separates, where a single layer must fail: the view."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.compare import actions
from dashboard.compare.buttons import begin_button, note_example, row
from dashboard.compare.decision_regions import draw_decision_regions
from dashboard.compare.polling import show_status, watch
from dashboard.components.wrapping_columns import wrapping_columns
from dashboard.session import ComparisonKind
from dashboard.training_speed import Progress
from experiments.background.run_sequence import RunSequence
from experiments.comparison.examples import example_regions
from experiments.evaluation.decision_regions import DecisionRegions

LABEL = "Try it on XOR, circles and spirals"
THREE_PLANES = 640  # pixels


def nonlinear_sets() -> None:
    """Draw the decision regions of both networks on points that no line separates."""
    st.markdown(
        "A single layer (SLP) draws **one straight line** between two classes. No line separates "
        "these points; a few hidden units (MLP) bend it until it does."
    )
    kind = ComparisonKind.NONLINEAR_SETS
    actions.begin_if_requested(kind, actions.begin_nonlinear_sets)  # its networks always fit
    comparison = session.tab().nonlinear_sets
    with row():
        begin_button(
            LABEL,
            kind,
            disabled=actions.is_active(kind),
            help_text="Train these six small networks with fixed settings; it takes a few seconds.",
        )
        if comparison is None:
            note_example("Trained beforehand; the accuracies are of test samples.")
    if comparison is None:
        _draw_regions(example_regions())
    else:
        watch(comparison, _draw)


def _draw(comparison: RunSequence[DecisionRegions]) -> None:
    """Draw each plane as soon as its network is trained."""
    words = f"{len(comparison.outcomes)} of {len(comparison.configs)} done"
    show_status(comparison, Progress(comparison.fraction, words))
    _draw_regions(list(comparison.outcomes))


def _draw_regions(regions: Sequence[DecisionRegions]) -> None:
    """Draw the planes of the single layer, and below or beside them those of the others."""
    single = [each for each in regions if not each.config.hidden_layers]
    multi = [each for each in regions if each.config.hidden_layers]
    left, right = wrapping_columns(session.COMPARE_PLANES, (THREE_PLANES, THREE_PLANES))
    with left:
        draw_decision_regions(single, session.SLP_REGIONS_CHARTS)
    with right:
        draw_decision_regions(multi, session.MLP_REGIONS_CHARTS)
    st.caption(
        "Points and accuracies are of the test part, never seen before; the color behind is the "
        "predicted class. xor has label noise: 1 point in 20 was moved across an axis, so that "
        "95 % is about as good as it gets. To try them with many seeds, choose them as data under "
        "Over many seeds."
    )
