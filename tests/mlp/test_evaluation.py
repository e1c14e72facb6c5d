"""Which answers count as right."""

import numpy as np
import pytest

from mlp.activations import OUTPUTS
from mlp.evaluation import count_all_correct, count_correct


@pytest.mark.parametrize(("output", "logits"), [("sigmoid", 0.0), ("identity", 0.5)])
def test_a_single_output_says_yes_above_a_half(output: str, logits: float) -> None:
    just_above, just_below = logits + 0.01, logits - 0.01
    answers, targets = (
        np.array([[just_above], [just_below], [just_above]]),
        np.array([[1], [0], [0]]),
    )
    assert count_correct(answers, targets, OUTPUTS[output]) == 2


def test_several_labels_are_right_only_together() -> None:
    sigmoid = OUTPUTS["sigmoid"]
    logits = np.array([[3.0, -3.0], [3.0, 3.0], [-3.0, -3.0]])
    targets = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    assert count_all_correct(logits, targets, sigmoid) == 2
    assert count_correct(logits, targets, sigmoid) == 3  # the largest: ties are the first
