"""A sample as it was recorded, and as the network gets it."""

import streamlit as st

from dashboard import session
from dashboard.charts.style import escape
from dashboard.components.source_code import show_source
from dashboard.explore.selected_sample import draw_sample_values, select_sample
from dashboard.explore.values import largest_magnitude
from data.scaling import SCALERS
from experiments.training.prepared_data import PreparedData


def draw_scaling(prepared: PreparedData) -> None:
    """Draw the selected sample before and after scaling."""
    dataset, scaling = prepared.dataset, session.config().scaling
    sample = select_sample(prepared)
    st.markdown(scaling_sentence(scaling, prepared))
    left, right = st.columns(2)
    with left:
        draw_sample_values(
            sample,
            sample.recorded,
            title=f"As recorded ({escape(sample.unit)})",
            limit=dataset.maximum,
            key=session.RECORDED_CHART,
        )
    with right:
        draw_sample_values(
            sample,
            sample.scaled,
            title=f"Scaled by {scaling} (no unit)",
            limit=1.0 if scaling == "pixel" else largest_magnitude(sample.scaled),
            key=session.SCALED_CHART,
        )
    show_source("The lines of NumPy that do this", {"Scaler": SCALERS[scaling]})


def scaling_sentence(scaling: str, prepared: PreparedData) -> str:
    """Say what the scaler of the settings does, with its formula."""
    noun = "pixel" if prepared.dataset.image_shape else "feature"
    if scaling == "pixel":
        formula = _division_sentence(prepared, noun)
    else:
        which = f"each {noun}" if scaling == "z-score" else f"all {noun}s together"
        formula = (
            f"**x′ = (x − μ) / σ**, with the mean μ and the standard deviation σ of {which} "
            "over the training samples: values below the mean become negative, those above it "
            "positive."
        )
    return f"{formula} The other scalers are under All settings, Data and initialization."


def _division_sentence(prepared: PreparedData, noun: str) -> str:
    """Say what a feature is divided by: what it can be, or else what was seen in training."""
    largest = (
        f"the largest value a {noun} can have, so that none is above 1"
        if prepared.dataset.has_fixed_range
        else "the largest value among the training samples, so that none of those is above 1"
    )
    return f"**x′ = x / {prepared.scaler.scale[0]:.4g}**: every {noun} is divided by {largest}."
