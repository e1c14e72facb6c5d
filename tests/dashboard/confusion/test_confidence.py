import numpy as np
import pytest

from dashboard.confusion.confidence import rejection_sentence, reliability_sentence
from experiments.evaluation.metrics import Rejection, Reliability
from experiments.evaluation.predictions import Predictions


@pytest.mark.parametrize(
    ("gap", "word"),
    [
        (0.1, "**Overconfident**"),
        (-0.1, "**Underconfident**"),
        (0.01, "**Near perfectly"),
    ],
)
def test_a_gap_within_two_standard_errors_is_no_miscalibration(
    predictions: Predictions, gap: float, word: str
) -> None:
    nothing = np.zeros(1)
    reliability = Reliability(nothing, nothing, np.zeros(1, int), 0.1, gap, 0.02)
    sentence = reliability_sentence(reliability, predictions)
    assert sentence.startswith(word)
    assert f"is {50 + 100 * gap:.1f} %, its accuracy 50.0 %" in sentence


def test_the_sentence_on_rejection_is_about_a_tenth_if_there_is_one() -> None:
    rejection = Rejection(np.array([0, 0.1, 0.5]), np.array([0.9, 0.95, 1]))
    assert "Rejection rate 10.0 %" in rejection_sentence(rejection)
    assert "95.0 % are right, instead of 90.0 % of all" in rejection_sentence(rejection)
    alike = Rejection(np.array([0, 0.5]), np.array([0.9, 1]))
    assert "nothing tells them apart" in rejection_sentence(alike)
