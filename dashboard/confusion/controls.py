"""Which part of the samples to predict, and what the cells of the matrix show."""

from typing import NamedTuple

import streamlit as st

from dashboard import session
from dashboard.charts.confusion_matrix import NORMALIZATIONS
from experiments.training.run import Run

PARTS_NOW = ("validation", "training")  # while a run has no result
PARTS_AT_END = ("test", "validation", "training")


class MatrixOptions(NamedTuple):
    """What the cells show, and how they are colored.

    normalization : a name of NORMALIZATIONS
    hide_diagonal : leave out the correct predictions
    is_fixed : keep the color range the same for every epoch
    """

    normalization: str
    hide_diagonal: bool
    is_fixed: bool


def choose_part(run: Run) -> str:
    """Draw the choice of a part of the split; return the part."""
    is_over = run.result is not None
    parts = PARTS_AT_END if is_over else PARTS_NOW
    part: str = st.segmented_control(
        "Samples",
        parts,
        default=next(part for part in parts if run.prepared_data().samples(part)),
        required=True,
        key=session.MATRIX_PART_END if is_over else session.MATRIX_PART_NOW,
        persist_state="session",
        help="The test part can be chosen when the run has ended: settings chosen with its help "
        "would no longer be tested by it. Figures on the training part are too optimistic.",
    )
    return part


def no_samples_sentence(run: Run, part: str) -> str:
    """Say that no samples were held out for a part, and what to do."""
    fix = f"Choose other samples, or set the {part} part in the settings and train again."
    if run.result is None and run.prepared_data().validation is None:
        return (
            f"No samples were held out for the {part} part of this run. Its test part, if it has "
            f"one, becomes available at the end of the run. {fix}"
        )
    return f"No samples were held out for the {part} part of this run. {fix}"


def choose_matrix_options() -> MatrixOptions:
    """Draw the choice of what the cells show; return it."""
    normalization: str = st.segmented_control(
        "Cells",
        list(NORMALIZATIONS),
        default="counts",
        required=True,
        key=session.MATRIX_NORMALIZATION,
        persist_state="session",
        help="counts: numbers of samples. recall %: shares of each true class (a row). "
        "precision %: shares of each predicted class (a column).",
    )
    hide_diagonal = st.toggle(
        "Hide diagonal",
        key=session.MATRIX_HIDE_DIAGONAL,
        persist_state="session",
        help="Leave out the correct predictions, so that the mistakes stand out.",
    )
    is_fixed = st.toggle(
        "Fixed colors",
        key=session.MATRIX_FIXED_COLORS,
        persist_state="session",
        help="Keep the color range from 0 to the largest class, or to 100 %, so that two epochs "
        "can be compared.",
    )
    return MatrixOptions(normalization, hide_diagonal, is_fixed)
