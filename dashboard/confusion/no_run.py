"""What the page shows before the first run."""

import streamlit as st

from dashboard import session
from dashboard.charts.confusion_matrix import NORMALIZATIONS, confusion_figure
from dashboard.components.chart import show_chart
from dashboard.components.train_first import draw_train_first
from experiments.comparison.examples import example_predictions
from experiments.evaluation.metrics import confusion_counts

HEIGHT = 520  # pixels


def draw_no_run() -> None:
    """Say that a network has to be trained first, offer to do so, and show an example."""
    draw_train_first(
        "The matrix shows which classes are mistaken for which.", "watch the matrix here"
    )
    st.markdown(
        ":blue-badge[Example] The default network, trained beforehand: each row is a true class, "
        "each column what was predicted. Right answers are on the diagonal."
    )
    predictions = example_predictions()
    figure = confusion_figure(
        confusion_counts(predictions),
        predictions.class_names,
        normalization=NORMALIZATIONS["counts"],
    )
    show_chart(
        figure,
        key=session.MATRIX_CHART,
        height=HEIGHT,
        alt=f"Example: confusion matrix of {len(predictions.labels)} samples",
    )
