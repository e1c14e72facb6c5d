"""The cell of the matrix that is open, and the sample in it."""

from typing import NamedTuple

import numpy as np

from dashboard import session
from dashboard.components.chart import Click
from data.split import Rows
from experiments.evaluation.metrics import (
    IntArray,
    cell_positions,
    complete_cell,
)
from experiments.evaluation.predictions import Predictions
from experiments.training.prepared_data import PreparedData
from experiments.training.run import Run
from mlp.arrays import Array

PARTS_NOW = ("validation", "training")


PARTS_AT_END = ("test", "validation", "training")


PAGE = 20  # samples shown at once


ONE_SAMPLE = "One sample"


class Cell(NamedTuple):
    """A cell of the matrix, and the samples in it.

    positions : of the samples among the answers, the most confident answer first
    number : which of them the reader looks at, from 1; 0 if there are none
    """

    true: int
    predicted: int
    positions: Rows
    number: int

    @property
    def sample(self) -> int | None:
        """Position of the sample that the reader looks at, if there is one."""
        return int(self.positions[self.number - 1]) if self.number else None

    @property
    def first(self) -> int:
        """Number, from 1, of the first sample on the same page."""
        return max(self.number - 1, 0) // PAGE * PAGE + 1

    @property
    def page(self) -> Rows:
        """Positions of the samples that are shown together with the one looked at."""
        return self.positions[self.first - 1 :][:PAGE]

    @property
    def last(self) -> int:
        """Number of the last sample on the page."""
        return self.first + len(self.page) - 1

    @property
    def place(self) -> int:
        """Place on the page, from 0, of the sample that the reader looks at."""
        return self.number - self.first


def default_part(run: Run, parts: tuple[str, ...]) -> str:
    """Return the most honest part that has samples."""
    return next(part for part in parts if getattr(run.prepared_data(), part) is not None)


def look_at(true: int | None, predicted: int | None, number: int = 1) -> None:
    """Turn to a cell, and to a sample in it; call it before the controls are drawn."""
    session.set_value(session.MATRIX_TRUE, true)
    session.set_value(session.MATRIX_PREDICTED, predicted)
    session.set_value(session.MATRIX_SAMPLE, number)


def look_at_sample(predictions: Predictions, position: int) -> None:
    """Turn to a sample, wherever in the matrix it is, and to its way through the network."""
    true, predicted = int(predictions.labels[position]), int(predictions.predicted[position])
    inside = cell_positions(predictions, true, predicted)
    look_at(true, predicted, int(np.flatnonzero(inside == position)[0]) + 1)
    follow()


def look_at_first() -> None:
    """Turn to the first sample of a cell."""
    session.set_value(session.MATRIX_SAMPLE, 1)


def look_at_place(cell: Cell, place: int) -> None:
    """Turn to a sample on the page of a cell, and to its way through the network."""
    session.set_value(session.MATRIX_SAMPLE, cell.first + place)
    follow()


def follow() -> None:
    """Turn to the view of the sample's way through the network."""
    session.set_value(session.MATRIX_TAB, ONE_SAMPLE)


def clicked_cell(click: Click) -> None:
    """Turn to the cell that was clicked."""
    if len(click.index) == 2:
        look_at(*click.index)


def forget_absent_classes(n_classes: int) -> None:
    """Let go of a choice that another dataset has made possible."""
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
    number = keep_within(session.MATRIX_SAMPLE, len(positions)) if len(positions) else 0
    return Cell(row, column, positions, number)


def keep_within(key: str, highest: int) -> int:
    """Bring a number that the reader has chosen back to 1..highest; return it."""
    number: int = min(max(session.value(key, 1), 1), highest)
    session.set_value(key, number)
    return number


def nth(positions: Rows, number: int) -> int:
    """Return the position with a number, counted from 1."""
    return int(positions[number - 1])


def is_moving(run: Run) -> bool:
    """Say whether a run is under way."""
    kept = session.tab().run_store.find(run)
    return kept is not None and kept.job.status.is_moving


def scaled(prepared: PreparedData, row: int) -> Array:
    """Return a sample, (n_features,), as it enters the network."""
    x: Array = prepared.scaler.transform(prepared.dataset.X[row : row + 1])[0]
    return x


def layers_height(n_layers: int) -> int:
    """Return how high the strips of the hidden layers are together, in pixels."""
    return max(340, 90 + 64 * n_layers)
