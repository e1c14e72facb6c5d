import numpy as np
import pytest

from dashboard import session
from dashboard.components.chart import Click
from dashboard.confusion import selected_cell
from experiments.evaluation.predictions import Predictions

COUNTS = np.array([[1, 1], [1, 1]])


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    found: dict[str, object] = {}
    monkeypatch.setattr("dashboard.session.st.session_state", found)
    return found


def test_a_click_selects_its_cell_and_the_first_sample(state) -> None:
    state[session.MATRIX_SAMPLE] = 7
    selected_cell.select_clicked_cell(Click(0, (4, 9)))
    assert list(state.values()) == [1, 4, 9]
    selected_cell.select_clicked_cell(Click(0, (5,)))
    assert state[session.MATRIX_TRUE] == 4


def test_classes_that_are_not_there_any_more_are_forgotten(state) -> None:
    selected_cell.select_cell(4, 1)
    selected_cell.forget_absent_classes(2)
    assert (state[session.MATRIX_TRUE], state[session.MATRIX_PREDICTED]) == (None, 1)


def test_a_sample_is_selected_in_its_cell(state, predictions: Predictions) -> None:
    selected_cell.select_sample(predictions, 3)
    cell = selected_cell.cell_of(predictions, COUNTS, 1, 0)
    assert cell.sample == 3
    assert predictions.rows[cell.sample] == 13


def test_a_number_beyond_the_cell_is_clipped(state, predictions: Predictions) -> None:
    state[session.MATRIX_SAMPLE] = 99
    cell = selected_cell.cell_of(predictions, COUNTS, 0, 0)
    assert (cell.number, cell.sample, state[session.MATRIX_SAMPLE]) == (1, 0, 1)


def test_the_page_of_a_number_holds_it() -> None:
    positions = np.arange(45)
    for number in range(1, 46):
        cell = selected_cell.Cell(0, 0, positions, number)
        assert cell.sample == cell.page[number - cell.first]
    assert selected_cell.Cell(0, 0, positions, 41).page.tolist() == [40, 41, 42, 43, 44]
    empty = selected_cell.Cell(0, 0, positions[:0], 0)
    assert (empty.sample, len(empty.page)) == (None, 0)


def test_a_page_knows_its_first_and_last_number_and_the_selected_place(state) -> None:
    cell = selected_cell.Cell(0, 0, np.arange(45), 43)
    assert (cell.first, cell.last, cell.place) == (41, 45, 2)
    selected_cell.select_on_page(cell, 0)
    assert state[session.MATRIX_SAMPLE] == 41
    assert state[session.MATRIX_TAB] == selected_cell.ONE_SAMPLE
