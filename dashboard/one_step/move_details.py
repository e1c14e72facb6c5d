"""The matrices of a move, what each sample adds, and the functions of its lines."""

import streamlit as st

from dashboard import session
from dashboard.charts.matrices import (
    MOST_COLUMNS,
    MOST_ROWS,
    addends_figure,
    largest,
    matrix_figure,
)
from dashboard.components.chart import show_chart
from dashboard.components.marked_source import show_marked_functions
from dashboard.components.wrapping_columns import wrapping_columns
from dashboard.one_step.move_text import draw_choice_of_units
from dashboard.one_step.traced_step import TracedStep
from experiments.inspection.step_moves import Matrix, Move, Place
from experiments.inspection.step_numbers import number

LOWEST, PER_ROW = 150, 6  # pixels of a matrix, and of each of its rows
NARROWEST, PER_COLUMN = 120, 1.6


def draw_details(traced: TracedStep, move: Move, place: Place) -> None:
    """Draw what does not fit on the first screen."""
    draw_choice_of_units(traced, move, place)
    if move.of_samples and traced.trace.n_samples > 1:
        _draw_addends(traced, move, place)
    _draw_matrices(move, place)
    show_marked_functions(move.sources)


def _draw_addends(traced: TracedStep, move: Move, place: Place) -> None:
    """Draw the sum over the samples of the batch."""
    if move.of_samples is None:
        return
    addends, n = move.of_samples(place), traced.trace.n_samples
    total = number(float(move.lines(place)[-1].result))
    title = f"{move.symbol}: what each of the {n} samples adds to {total}"
    figure = addends_figure(addends, traced.sample, title, move.symbol)
    alt = f"What each of {n} samples adds to {move.symbol}"
    show_chart(figure, key=session.STEP_ADDENDS_CHART, alt=alt, height=240)
    st.caption(
        "What to notice: the bars add up to the number of the move; those above 0 and those below "
        "it cancel, and what is left is what the samples agree on."
    )


def _draw_matrices(move: Move, place: Place) -> None:
    matrices = move.matrices(place)
    is_one_scale = st.toggle(
        "One scale for all matrices",
        key=session.STEP_ONE_SCALE,
        persist_state="session",
        help="Compare the matrices with each other. Else each has a scale of its own, so that "
        "small numbers are seen as well.",
    )
    most = max(map(largest, matrices))
    columns = wrapping_columns(session.STEP_MATRIX_COLUMNS, [_width(each) for each in matrices])
    height = max(map(_height, matrices))
    for column, matrix, key in zip(columns, matrices, session.STEP_MATRIX_CHARTS, strict=False):
        figure = matrix_figure(matrix, most if is_one_scale else largest(matrix))
        with column:
            rows, n_columns = matrix.values.shape
            alt = f"The matrix {matrix.name} with {rows} rows and {n_columns} columns"
            show_chart(figure, key=key, alt=alt, height=height)
    st.caption(
        "What to notice: what is outlined on the left makes what is outlined on the right. "
        f"{_cut(matrices)}"
    )


def _cut(matrices: list[Matrix]) -> str:
    shapes = [matrix.values.shape for matrix in matrices]
    if all(rows <= MOST_ROWS and columns <= MOST_COLUMNS for rows, columns in shapes):
        return "Point at a cell for its number."
    return (
        f"Of a large matrix, {MOST_ROWS} rows and {MOST_COLUMNS} columns are shown; point at a "
        "cell for its number."
    )


def _width(matrix: Matrix) -> int:
    return round(NARROWEST + PER_COLUMN * min(MOST_COLUMNS, int(matrix.values.shape[1])))


def _height(matrix: Matrix) -> int:
    return LOWEST + PER_ROW * min(MOST_ROWS, int(matrix.values.shape[0]))
