"""The selected cell of the matrix, its samples, and which of them is selected."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.components.chart import Click
from dashboard.confusion.samples import PAGE, draw_samples
from dashboard.text import plain
from data.split import Rows
from experiments.evaluation.metrics import IntArray, cell_positions, complete_cell
from experiments.evaluation.predictions import Predictions
from experiments.training.run import Run

ONE_SAMPLE = "One sample"  # the tab with the forward pass


class Cell(NamedTuple):
    """A cell of the matrix, and the samples in it.

    positions : of the samples among the predictions, the most confident prediction first
    number : which of them is selected, from 1; 0 if there are none
    """

    true: int
    predicted: int
    positions: Rows
    number: int

    @property
    def sample(self) -> int | None:
        """Position of the selected sample, if there is one."""
        return int(self.positions[self.number - 1]) if self.number else None

    @property
    def first(self) -> int:
        """Number, from 1, of the first sample on the same page."""
        return max(self.number - 1, 0) // PAGE * PAGE + 1

    @property
    def page(self) -> Rows:
        """Positions of the samples that are shown together with the selected one."""
        return self.positions[self.first - 1 :][:PAGE]

    @property
    def last(self) -> int:
        """Number of the last sample on the page."""
        return self.first + len(self.page) - 1

    @property
    def place(self) -> int:
        """Place on the page, from 0, of the selected sample."""
        return self.number - self.first


def select_cell(true: int | None, predicted: int | None, number: int = 1) -> None:
    """Select a cell, and a sample in it; call it before the controls are drawn."""
    session.set_value(session.MATRIX_TRUE, true)
    session.set_value(session.MATRIX_PREDICTED, predicted)
    session.set_value(session.MATRIX_SAMPLE, number)


def select_clicked_cell(click: Click) -> None:
    """Select the cell that was clicked."""
    if len(click.index) == 2:
        select_cell(*click.index)


def select_sample(predictions: Predictions, position: int) -> None:
    """Select a sample and the cell that it is in, and open its forward pass."""
    true, predicted = int(predictions.labels[position]), int(predictions.predicted[position])
    inside = cell_positions(predictions, true, predicted)
    select_cell(true, predicted, int(np.flatnonzero(inside == position)[0]) + 1)
    show_forward_pass()


def select_on_page(cell: Cell, place: int) -> None:
    """Select a sample on the page of a cell, and open its forward pass."""
    session.set_value(session.MATRIX_SAMPLE, cell.first + place)
    show_forward_pass()


def show_forward_pass() -> None:
    """Open the tab with the forward pass of the selected sample."""
    session.set_value(session.MATRIX_TAB, ONE_SAMPLE)


def choose_cell(predictions: Predictions, counts: IntArray) -> Cell:
    """Draw two lists that choose a cell by keyboard; return the cell."""
    names = predictions.class_names
    forget_absent_classes(len(names))
    left, right = st.columns(2)
    with left:
        true = _choose_class("True class", session.MATRIX_TRUE, names, "The class of the samples.")
    with right:
        meaning = "The class that the network predicts."
        predicted = _choose_class("Predicted class", session.MATRIX_PREDICTED, names, meaning)
    return cell_of(predictions, counts, true, predicted)


def _choose_class(label: str, key: str, names: tuple[str, ...], meaning: str) -> int | None:
    """Draw a list of the classes; return the chosen one, or None."""
    chosen: int | None = st.selectbox(
        label,
        range(len(names)),
        index=None,
        format_func=names.__getitem__,
        placeholder="most mistakes",
        on_change=_select_first_sample,
        key=key,
        persist_state="session",
        help=f"{meaning} With none chosen, the most frequent mistake is shown. "
        "A click on the matrix chooses, too.",
    )
    return chosen


def _select_first_sample() -> None:
    session.set_value(session.MATRIX_SAMPLE, 1)


def forget_absent_classes(n_classes: int) -> None:
    """Undo the choice of a class that this dataset does not have."""
    for key in (session.MATRIX_TRUE, session.MATRIX_PREDICTED):
        chosen = session.value(key)
        if chosen is not None and chosen >= n_classes:
            session.set_value(key, None)


def cell_of(
    predictions: Predictions, counts: IntArray, true: int | None, predicted: int | None
) -> Cell:
    """Return the cell to show; what is not chosen is filled in by the most frequent mistake."""
    row, column = complete_cell(counts, true, predicted)
    positions = cell_positions(predictions, row, column)
    number = clip_value(session.MATRIX_SAMPLE, len(positions)) if len(positions) else 0
    return Cell(row, column, positions, number)


def clip_value(key: str, highest: int) -> int:
    """Clip the number stored under a key to 1..highest; return it."""
    number: int = min(max(session.value(key, 1), 1), highest)
    session.set_value(key, number)
    return number


def draw_cell_samples(run: Run, predictions: Predictions, cell: Cell) -> None:
    """Draw the samples of a cell; one of them can be selected."""
    st.markdown(cell_sentence(cell, predictions.class_names))
    if not cell.number:
        st.caption("No sample is in this cell.")
        return
    st.number_input(
        "Sample no.",
        1,
        len(cell.positions),
        key=session.MATRIX_SAMPLE,
        persist_state="session",
        on_change=show_forward_pass,
        help=f"Number 1 is the most confident prediction; {PAGE} are shown at once. A click on an "
        f"image selects it, too. Its forward pass is shown below, under {ONE_SAMPLE}.",
    )
    draw_samples(
        run,
        predictions,
        cell.page,
        key=session.CELL_SAMPLES_CHART,
        title=f"Numbers {cell.first:,} to {cell.last:,}, with confidence",
        on_choice=lambda place: select_on_page(cell, place),
        chosen=cell.place,
        first=cell.first,
    )


def cell_sentence(cell: Cell, names: tuple[str, ...]) -> str:
    """Say what is in a cell."""
    n_samples = len(cell.positions)
    samples = f"{n_samples:,} {'sample' if n_samples == 1 else 'samples'}"
    true, predicted = plain(names[cell.true]), plain(names[cell.predicted])
    if cell.true == cell.predicted:
        return f"**{true} read as {predicted}**, correctly: {samples}"
    return f"**{true} read as {predicted}**: {samples}"
