"""Matrix, scores and predictions as CSV files."""

import streamlit as st

from dashboard import session
from experiments.evaluation.metrics import (
    IntArray,
    class_scores,
    matrix_csv,
    predictions_csv,
    scores_csv,
)
from experiments.evaluation.predictions import OUTPUT_MEANINGS, Predictions
from experiments.training.run import Run


def draw_downloads(run: Run, predictions: Predictions, counts: IntArray, part: str) -> None:
    """Draw a button for each table; the table is written when it is asked for."""
    names, noun = predictions.class_names, OUTPUT_MEANINGS[run.config.output].noun
    tables = (
        (
            "Matrix",
            "confusion_matrix",
            lambda: matrix_csv(counts, names),
            "The counts: a line for each true class, a column for each predicted one.",
        ),
        (
            "Each class",
            "classes",
            lambda: scores_csv(class_scores(predictions), names),
            "Precision, recall, F1 and support.",
        ),
        (
            "Predictions",
            "predictions",
            lambda: predictions_csv(predictions, noun),
            "For each sample its row in the dataset, the true and the predicted class, and the "
            f"{noun} of each class.",
        ),
    )
    with st.container(horizontal=True):
        for label, name, table, meaning in tables:
            st.download_button(
                f"{label} (CSV)",
                data=table,
                file_name=f"{part}_{name}.csv",
                mime="text/csv",
                on_click="ignore",
                icon=":material/download:",
                key=session.key_of(session.DOWNLOAD, name),
                help=meaning,
            )
