from itertools import combinations

import numpy as np
import pytest

from dashboard.charts.curve_marks import (
    LETTER_WIDTH,
    NARROWEST,
    Mark,
    mark_layout,
    place_labels,
    run_marks,
)
from experiments.config import RunConfig
from experiments.training.changes import Change
from experiments.training.run import Run
from mlp.records import Diverged, EarlyStopped, EpochRecord, Score


def history(training: np.ndarray, validation: np.ndarray) -> list[EpochRecord]:
    return [
        EpochRecord(epoch, epoch, Score(a, 1.0), Score(b, 1.0), 0.1)
        for epoch, (a, b) in enumerate(zip(training.tolist(), validation.tolist(), strict=True))
    ]


EPOCHS = np.arange(41)
FALLING = np.exp(-EPOCHS / 10)
OVERFITTING = history(FALLING, np.where(EPOCHS < 15, FALLING, FALLING[15] + 0.01 * (EPOCHS - 15)))
STEADY = history(FALLING, FALLING)


@pytest.fixture
def run() -> Run:
    return Run(RunConfig(epochs=40))


def marks_of(run: Run, records: list[EpochRecord], **more) -> dict[str, float]:
    settings = {"best_epoch": None, "past_epoch": None, "is_over": True, "axis_end": 40.0}
    return {mark.words: mark.epoch for mark in run_marks(run, records, **(settings | more))}


def test_changes_stand_at_their_step(run: Run) -> None:
    steps = run.plan.steps_per_epoch
    run.changes += [Change(5 * steps, "learning_rate", 0.01), Change(20 * steps, "epochs", 40)]
    assert marks_of(run, STEADY) == {"learning rate 0.01": 5, "continued to 40": 20}


def test_of_quick_changes_of_the_learning_rate_the_last_one_is_marked(run: Run) -> None:
    run.changes += [Change(100 + i, "learning_rate", rate) for i, rate in enumerate((1, 0.5, 0.2))]
    assert list(marks_of(run, STEADY)) == ["learning rate 0.2"]


def test_the_end_of_a_run_is_marked(run: Run) -> None:
    run.early_stopped = EarlyStopped(30, 30 * run.plan.steps_per_epoch, 20)
    assert marks_of(run, STEADY, best_epoch=20) == {"stopped early": 30, "best epoch": 20}
    run.early_stopped, run.diverged = None, Diverged(1, run.plan.steps_per_epoch // 2, 9.0)
    assert marks_of(run, STEADY) == {"diverged": pytest.approx(0.5, abs=0.05)}


def test_while_a_run_goes_on_its_newest_epoch_is_not_marked_as_the_best(run: Run) -> None:
    assert marks_of(run, STEADY, best_epoch=40, is_over=False) == {}
    assert marks_of(run, STEADY, best_epoch=30, is_over=False) == {"best epoch": 30}
    assert marks_of(run, STEADY, best_epoch=40) == {"best epoch": 40}


def test_overfitting_is_marked_and_shares_a_mark_with_a_best_epoch_close_to_it(run: Run) -> None:
    apart, together = (marks_of(run, OVERFITTING, best_epoch=epoch) for epoch in (8, 15))
    assert list(apart) == ["best epoch", "overfitting starts"]
    assert apart["overfitting starts"] == pytest.approx(15, abs=2)
    assert list(together) in (["best, then overfitting"], ["best epoch", "overfitting starts"])
    start = int(apart["overfitting starts"])
    assert list(marks_of(run, OVERFITTING, best_epoch=start)) == ["best, then overfitting"]


def test_the_epoch_that_is_shown_has_the_first_choice_of_a_place(run: Run) -> None:
    assert list(marks_of(run, STEADY, past_epoch=3, best_epoch=3)) == ["epoch shown", "best epoch"]


def spans(marks: list[Mark], axis_end: float) -> list[tuple[int, float, float]]:
    found = []
    for mark, label in zip(marks, place_labels(marks, axis_end), strict=True):
        if label:
            width, at = LETTER_WIDTH * len(label.words), NARROWEST * mark.epoch / axis_end
            start = at if label.anchor == "left" else at - width
            found.append((label.row, start, start + width))
    return found


@pytest.mark.parametrize("epochs", [(0, 1), (1, 1, 2), (38, 39, 40), (28, 28, 38, 5, 6, 7, 20)])
def test_no_words_overlap_or_leave_the_chart(epochs: tuple[int, ...]) -> None:
    marks = [Mark(epoch, "learning rate 0.01", "Set.", "0.01") for epoch in epochs]
    placed = spans(marks, 40)
    assert len(placed) >= min(len(epochs), 2)
    for (row, start, end), (other_row, other_start, other_end) in combinations(placed, 2):
        assert row != other_row or end <= other_start or other_end <= start
    assert all(start >= 0 and end <= NARROWEST + LETTER_WIDTH for _, start, end in placed)


def test_where_there_is_no_room_for_words_the_line_stays() -> None:
    marks = [Mark(20, f"learning rate {i}", "Set.") for i in range(9)]
    layout = mark_layout(marks, 40)
    assert len(layout["shapes"]) == 9
    assert 2 <= len(layout["annotations"]) < 9
    assert layout["annotations"][0]["hovertext"] == "Set."
