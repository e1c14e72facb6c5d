"""Precision, recall, F1 and support of each class."""

import numpy as np
import streamlit as st

from dashboard.components.tables import markdown_table
from dashboard.text import percent, plain
from experiments.evaluation.metrics import ClassScores, FloatArray, class_scores
from experiments.evaluation.predictions import Predictions


def draw_each_class(predictions: Predictions) -> None:
    """Draw the scores of each class."""
    st.caption(
        "Precision: the share of the predictions of this class that are right. Recall: the share "
        "of the samples of this class that are recognized. F1: the harmonic mean of the two. "
        "Support: the number of samples of this class. 'none': there is nothing to divide by."
    )
    st.markdown(scores_table(class_scores(predictions), predictions.class_names))


def scores_table(scores: ClassScores, names: tuple[str, ...]) -> str:
    """Return precision, recall, F1 and support of each class as a Markdown table."""
    columns = [
        [plain(name) for name in names],
        *(_with_badges(column) for column in scores[:3]),
        [f"{support:,}" for support in scores.support.tolist()],
    ]
    header = ("Class", "Precision", "Recall", "F1", "Support")
    return markdown_table(header, zip(*columns, strict=True))


def _with_badges(values: FloatArray) -> list[str]:
    """Write shares in percent, and mark the best and the worst, if they differ."""
    known = values[~np.isnan(values)]
    best, worst = (known.max(), known.min()) if len(known) else (np.nan, np.nan)

    def write(value: float) -> str:
        if np.isnan(value):
            return "none"
        if value == best > worst:
            return f":green-badge[best {percent(value)}]"
        return f":orange-badge[worst {percent(value)}]" if value == worst < best else percent(value)

    return [write(value) for value in values.tolist()]
