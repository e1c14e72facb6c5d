"""Whether the confidence matches the accuracy, and what rejecting uncertain predictions gains."""

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts.reliability import rejection_figure, reliability_figure
from dashboard.components.chart import show_chart
from dashboard.components.wrapping_columns import wrapping_columns
from dashboard.confusion.sample_list import draw_sample_list
from dashboard.confusion.samples import PAGE
from dashboard.text import percent
from experiments.evaluation import metrics
from experiments.evaluation.metrics import N_BINS, Rejection, Reliability, least_certain
from experiments.evaluation.predictions import OUTPUT_MEANINGS, Predictions
from experiments.training.run import Run

CHART_WIDTH, HEIGHT = 360, 420  # pixels
TENTH = 0.1


def draw_confidence(run: Run, predictions: Predictions) -> None:
    """Draw reliability diagram and rejection curve, and the predictions to be rejected first.

    Outputs that are no probabilities have no reliability diagram.
    """
    left, right = wrapping_columns(session.CONFIDENCE_COLUMNS, (CHART_WIDTH, CHART_WIDTH))
    with left:
        if OUTPUT_MEANINGS[run.config.output].are_shares:
            _draw_reliability(predictions)
        else:
            st.markdown("**Reliability**")
            st.caption(
                "These outputs are not probabilities, so they cannot be compared with the "
                "accuracy. Train with softmax or sigmoid to see a reliability diagram."
            )
    with right:
        _draw_rejection(predictions)
    draw_sample_list(
        run,
        predictions,
        least_certain(predictions, PAGE),
        session.LEAST_CERTAIN_CHART,
        "Least confident, rejected first (✓ right, → wrong)",
    )


def _draw_reliability(predictions: Predictions) -> None:
    """Draw accuracy by confidence, and say what the difference means."""
    reliability = metrics.reliability(predictions)
    ece = percent(reliability.ece)
    show_chart(
        reliability_figure(reliability),
        key=session.RELIABILITY_CHART,
        height=HEIGHT,
        alt=f"Accuracy by confidence in {N_BINS} bins; expected calibration error {ece}",
    )
    st.markdown(reliability_sentence(reliability, predictions))
    st.caption(
        f"The expected calibration error (ECE) is {ece}: the mean absolute difference between "
        "accuracy and confidence over the bins, each weighted by its number of samples. A bar of "
        "few samples says little."
    )


def reliability_sentence(reliability: Reliability, predictions: Predictions) -> str:
    """Say whether the mean confidence is above or below the accuracy."""
    accuracy, gap = predictions.n_correct / len(predictions.labels), reliability.gap
    means = f"its mean confidence is {percent(accuracy + gap)}, its accuracy {percent(accuracy)}"
    if abs(gap) <= 2 * reliability.gap_error:
        return f"**Near perfectly calibrated**: {means}. Chance alone could explain that gap."
    if gap > 0:
        return f"**Overconfident**: {means}. It is more confident than it should be."
    return f"**Underconfident**: {means}. It could be more confident than it is."


def _draw_rejection(predictions: Predictions) -> None:
    rejection = metrics.rejection(predictions)
    show_chart(
        rejection_figure(rejection),
        key=session.REJECTION_CHART,
        height=HEIGHT,
        alt="Accuracy on the predictions kept when the least confident are rejected",
    )
    st.markdown(rejection_sentence(rejection))


def rejection_sentence(rejection: Rejection) -> str:
    """Say how much the accuracy gains at a rejection rate of a tenth."""
    i = int(np.argmin(np.abs(rejection.rejected - TENTH)))
    if abs(rejection.rejected[i] - TENTH) > TENTH / 2:
        return (
            "Too many predictions have the same confidence for a rejection rate of 10 %: nothing "
            "tells them apart."
        )
    return (
        f"**Rejection rate {percent(rejection.rejected[i])}**, the least confident predictions "
        f"left to a person: of the others, {percent(rejection.accuracy[i])} are right, instead of "
        f"{percent(rejection.accuracy[0])} of all. The more mistakes have a low confidence, the "
        "higher the curve rises."
    )
