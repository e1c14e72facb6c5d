"""What the confusion matrix page turns to, and the sentences it says."""

import numpy as np
import pytest

from dashboard import confusion, session
from dashboard.chart import Click
from data.datasets import Dataset
from experiments.config import RunConfig
from experiments.evaluation.metrics import ClassScores, Confusion, Rejection, Reliability
from experiments.evaluation.predictions import OUTPUT_MEANINGS, Answers
from experiments.training.run import Run
from mlp.activations import OUTPUTS

OUTPUT = np.array([[0.9, 0.1], [0.4, 0.6], [0.004, 0.996], [1, 0]], np.float32)
NAMES = ("cat", "a*b")
ANSWERS = Answers(np.arange(4) + 10, np.array([0, 0, 1, 1]), OUTPUT, OUTPUT.argmax(axis=1), NAMES)
COUNTS = np.array([[1, 1], [1, 1]])


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    found: dict[str, object] = {}
    monkeypatch.setattr("dashboard.confusion.st.session_state", found)
    return found


def test_a_click_turns_to_its_cell_and_to_the_first_sample(state) -> None:
    state[session.MATRIX_SAMPLE] = 7
    confusion.clicked_cell(Click(0, (4, 9)))
    assert list(state.values()) == [1, 4, 9]
    confusion.clicked_cell(Click(0, (5,)))
    assert state[session.MATRIX_TRUE] == 4


def test_classes_that_are_not_there_any_more_are_forgotten(state) -> None:
    confusion.look_at(4, 1)
    confusion.forget_absent_classes(2)
    assert (state[session.MATRIX_TRUE], state[session.MATRIX_PREDICTED]) == (None, 1)


def test_a_sample_is_found_again_in_its_cell(state) -> None:
    confusion.look_at_sample(ANSWERS, 3)
    cell = confusion.cell_of(ANSWERS, COUNTS, 1, 0)
    assert cell.sample == 3
    assert ANSWERS.rows[cell.sample] == 13


def test_a_number_beyond_the_cell_is_brought_back(state) -> None:
    state[session.MATRIX_SAMPLE] = 99
    cell = confusion.cell_of(ANSWERS, COUNTS, 0, 0)
    assert (cell.number, cell.sample, state[session.MATRIX_SAMPLE]) == (1, 0, 1)


def test_the_page_of_a_number_holds_it() -> None:
    positions = np.arange(45)
    for number in range(1, 46):
        cell = confusion.Cell(0, 0, positions, number)
        assert cell.sample == cell.page[number - cell.first]
    assert confusion.Cell(0, 0, positions, 41).page.tolist() == [40, 41, 42, 43, 44]
    empty = confusion.Cell(0, 0, positions[:0], 0)
    assert (empty.sample, len(empty.page)) == (None, 0)


def test_a_page_knows_its_first_and_last_number_and_the_place_looked_at(state) -> None:
    cell = confusion.Cell(0, 0, np.arange(45), 43)
    assert (cell.first, cell.last, cell.place) == (41, 45, 2)
    confusion.look_at_place(cell, 0)
    assert state[session.MATRIX_SAMPLE] == 41
    assert state[session.MATRIX_TAB] == confusion.ONE_SAMPLE


@pytest.mark.parametrize(
    ("n_features", "header"),
    [
        (1, "| Number | How sure | feature 1 |"),
        (2, "| Number | How sure | x₁ | x₂ |"),
        (3, "| Number | How sure | feature 1 | feature 2 | … |"),
    ],
)
def test_samples_that_are_no_images_are_a_table_of_features(n_features: int, header: str) -> None:
    X = np.arange(20 * n_features, dtype=np.float32).reshape(20, n_features)
    labels = np.zeros(20, int)
    own = Dataset("own", "T", X, labels, NAMES, None, 1.0, "value", "here")
    table = confusion.features_table(own, ANSWERS, np.array([1, 0]), ["60 %", "90 %"], 7)
    lines = table.splitlines()
    assert lines[0] == header
    assert lines[2].startswith(f"| 7 | 60\u00a0% | {X[11, 0]:.3g} |")
    assert lines[3].startswith(f"| 8 | 90\u00a0% | {X[10, 0]:.3g} |")


def test_every_output_function_has_a_meaning() -> None:
    assert OUTPUT_MEANINGS.keys() == OUTPUTS.keys()


def test_shares_are_never_rounded_to_certainty() -> None:
    captions = [
        confusion.caption_of(ANSWERS, i, OUTPUT_MEANINGS["softmax"], with_answer=False, longest=12)
        for i in range(4)
    ]
    assert captions == ["90 %", "60 %", "> 99 %", "100 %"]
    assert confusion.written(0.004, OUTPUT_MEANINGS["softmax"]) == "probability < 1 %"
    assert confusion.written(1.25, OUTPUT_MEANINGS["identity"]) == "output 1.25"


@pytest.mark.parametrize(("longest", "caption"), [(12, "cat→a*b 60 %"), (11, "cat→a*b")])
def test_a_caption_is_as_long_as_there_is_room(longest: int, caption: str) -> None:
    meaning = OUTPUT_MEANINGS["softmax"]
    said = confusion.caption_of(ANSWERS, 1, meaning, with_answer=True, longest=longest)
    assert said == caption


def test_a_mistake_is_told_with_what_was_right() -> None:
    assert confusion.sample_sentence(ANSWERS, 1, OUTPUT_MEANINGS["softmax"]) == (
        r"Row 11 of the dataset was read as **a\*b** with probability 60 %; it is **cat**, with "
        "probability 40 %."
    )
    assert confusion.sample_sentence(ANSWERS, 0, OUTPUT_MEANINGS["softmax"]).endswith(
        "which is right."
    )


def test_confusions_are_sentences() -> None:
    assert confusion.confusion_sentence(Confusion(0, 1, 5), NAMES) == r"cat read as a\*b: 5 times"
    assert confusion.confusion_sentence(Confusion(1, 0, 1), NAMES) == r"a\*b read as cat: once"


def test_the_table_marks_best_and_worst_and_says_none_for_nothing() -> None:
    shares = np.array([0.5, 1.0, np.nan])
    scores = ClassScores(shares, np.ones(3), shares, np.array([4, 4, 0]))
    table = confusion.scores_table(scores, ("a", "b", "c")).splitlines()
    assert table[2].startswith("| a | :orange-badge[worst 50.0 %] | 100.0 % |")
    assert ":green-badge[best 100.0 %]" in table[3]
    assert table[4] == "| c | none | 100.0 % | none | 0 |"


@pytest.mark.parametrize(
    ("gap", "word"),
    [(0.1, "**Overconfident**"), (-0.1, "**Underconfident**"), (0.01, "**About as sure")],
)
def test_confidence_is_judged_with_what_chance_can_do(gap: float, word: str) -> None:
    nothing = np.zeros(1)
    found = Reliability(nothing, nothing, np.zeros(1, int), 0.1, gap, 0.02)
    sentence = confusion.reliability_sentence(found, ANSWERS)
    assert sentence.startswith(word)
    assert f"is {50 + 100 * gap:.1f} %, and it is right in 50.0 %" in sentence


def test_rejection_is_told_for_a_tenth_if_there_is_one() -> None:
    found = Rejection(np.array([0, 0.1, 0.5]), np.array([0.9, 0.95, 1]))
    assert "10.0 % aside" in confusion.rejection_sentence(found)
    assert "95.0 % are right, instead of 90.0 % of all" in confusion.rejection_sentence(found)
    alike = Rejection(np.array([0, 0.5]), np.array([0.9, 1]))
    assert "nothing tells them apart" in confusion.rejection_sentence(alike)


def test_a_moment_is_told_in_epochs_and_batches() -> None:
    run = Run(RunConfig(epochs=2))
    steps = run.plan.steps_per_epoch
    assert confusion.moment(run, 0) == "before any training"
    assert confusion.moment(run, 2 * steps) == "after epoch 2"
    assert confusion.moment(run, steps + 3) == "after epoch 1 and 3 batches"
