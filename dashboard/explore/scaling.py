"""A sample as it was recorded, and as the network gets it."""

import streamlit as st

from dashboard import session
from dashboard.charts.style import escape
from dashboard.components.source_code import show_source
from dashboard.explore.selected_sample import draw_sample_values, select_sample
from dashboard.explore.values import largest_magnitude
from data.datasets import Dataset
from data.scaling import SCALERS
from experiments.training.prepared_data import PreparedData


def draw_scaling(prepared: PreparedData) -> None:
    """Draw the selected sample before and after scaling."""
    dataset, scaling = prepared.dataset, session.config().scaling
    sample = select_sample(prepared)
    st.markdown(scaling_sentence(scaling, dataset))
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
            limit=largest_magnitude(sample.scaled) if scaling == "z-score" else 1.0,
            key=session.SCALED_CHART,
        )
    with st.expander("The lines of NumPy that do this", icon=":material/code:"):
        show_source({"Scaler": SCALERS[scaling]})


def scaling_sentence(scaling: str, dataset: Dataset) -> str:
    """Say what the scaler of the settings does, with its formula."""
    noun = "pixel" if dataset.image_shape else "feature"
    if scaling == "pixel":
        formula = (
            f"**x′ = x / {dataset.maximum:.4g}**: every {noun} is divided by the largest value a "
            f"{noun} can have, so that none is above 1."
        )
    else:
        formula = (
            f"**x′ = (x − μ) / σ**, with the mean μ and the standard deviation σ of each {noun} "
            "over the training samples: values below the mean become negative, those above it "
            "positive."
        )
    return f"{formula} The other scaler is in the settings, under Data and initialization."
