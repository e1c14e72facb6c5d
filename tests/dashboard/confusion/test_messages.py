import numpy as np
import pytest

from dashboard.confusion import messages
from data.datasets import Dataset
from experiments.config import RunConfig
from experiments.evaluation.metrics import ClassScores, Confusion, Rejection, Reliability
from experiments.evaluation.predictions import OUTPUT_MEANINGS, Predictions
from experiments.training.run import Run
from mlp.activations import OUTPUTS

OUTPUT = np.array([[0.9, 0.1], [0.4, 0.6], [0.004, 0.996], [1, 0]], np.float32)


NAMES = ("cat", "a*b")


ANSWERS = Predictions(
    np.arange(4) + 10, np.array([0, 0, 1, 1]), OUTPUT, OUTPUT.argmax(axis=1), NAMES
)


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
    table = messages.features_table(own, ANSWERS, np.array([1, 0]), ["60 %", "90 %"], 7)
    lines = table.splitlines()
    assert lines[0] == header
    assert lines[2].startswith(f"| 7 | 60\u00a0% | {X[11, 0]:.3g} |")
    assert lines[3].startswith(f"| 8 | 90\u00a0% | {X[10, 0]:.3g} |")


def test_every_output_function_has_a_meaning() -> None:
    assert OUTPUT_MEANINGS.keys() == OUTPUTS.keys()


def test_shares_are_never_rounded_to_certainty() -> None:
    captions = [
        messages.caption_of(ANSWERS, i, OUTPUT_MEANINGS["softmax"], with_answer=False, longest=12)
        for i in range(4)
    ]
    assert captions == ["90 %", "60 %", "> 99 %", "100 %"]
    assert messages.written(0.004, OUTPUT_MEANINGS["softmax"]) == "probability < 1 %"
    assert messages.written(1.25, OUTPUT_MEANINGS["identity"]) == "output 1.25"


@pytest.mark.parametrize(("longest", "caption"), [(12, "cat→a*b 60 %"), (11, "cat→a*b")])
def test_a_caption_is_as_long_as_there_is_room(longest: int, caption: str) -> None:
    meaning = OUTPUT_MEANINGS["softmax"]
    said = messages.caption_of(ANSWERS, 1, meaning, with_answer=True, longest=longest)
    assert said == caption


def test_a_mistake_is_told_with_what_was_right() -> None:
    assert messages.sample_sentence(ANSWERS, 1, OUTPUT_MEANINGS["softmax"]) == (
        r"Row 11 of the dataset was read as **a\*b** with probability 60 %; it is **cat**, with "
        "probability 40 %."
    )
    assert messages.sample_sentence(ANSWERS, 0, OUTPUT_MEANINGS["softmax"]).endswith(
        "which is right."
    )


def test_confusions_are_sentences() -> None:
    assert messages.confusion_sentence(Confusion(0, 1, 5), NAMES) == r"cat read as a\*b: 5 times"
    assert messages.confusion_sentence(Confusion(1, 0, 1), NAMES) == r"a\*b read as cat: once"


def test_the_table_marks_best_and_worst_and_says_none_for_nothing() -> None:
    shares = np.array([0.5, 1.0, np.nan])
    scores = ClassScores(shares, np.ones(3), shares, np.array([4, 4, 0]))
    table = messages.scores_table(scores, ("a", "b", "c")).splitlines()
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
    sentence = messages.reliability_sentence(found, ANSWERS)
    assert sentence.startswith(word)
    assert f"is {50 + 100 * gap:.1f} %, and it is right in 50.0 %" in sentence


def test_rejection_is_told_for_a_tenth_if_there_is_one() -> None:
    found = Rejection(np.array([0, 0.1, 0.5]), np.array([0.9, 0.95, 1]))
    assert "10.0 % aside" in messages.rejection_sentence(found)
    assert "95.0 % are right, instead of 90.0 % of all" in messages.rejection_sentence(found)
    alike = Rejection(np.array([0, 0.5]), np.array([0.9, 1]))
    assert "nothing tells them apart" in messages.rejection_sentence(alike)


def test_a_moment_is_told_in_epochs_and_batches() -> None:
    run = Run(RunConfig(epochs=2))
    steps = run.plan.steps_per_epoch
    assert messages.moment(run, 0) == "before any training"
    assert messages.moment(run, 2 * steps) == "after epoch 2"
    assert messages.moment(run, steps + 3) == "after epoch 1 and 3 batches"
