"""The answer of a network and the bars beside it."""

import numpy as np
import pytest

from dashboard.components.class_bars import MOST_CLASSES, class_answer, no_answer
from mlp.network import Network

NAMES = tuple("abc")


def network_with(biases: list[float], output: str = "softmax") -> Network:
    """One whose logits are these, whatever the sample is."""
    network = Network((2, len(biases)), output=output, rng=np.random.default_rng(0))
    network.weights[1][:] = 0
    network.biases[1][:] = biases
    return network


X = np.ones(2, np.float32)


def test_the_answer_is_the_class_with_the_largest_logit_and_its_bar_is_the_probability() -> None:
    answer = class_answer(network_with([0, np.log(6), 0]), X, NAMES, title="mine")
    assert (answer.title, answer.answer, answer.how) == ("mine", "b", "75.0 %")
    assert answer.names == ["a", "b", "c"]
    np.testing.assert_allclose(answer.shares, [1 / 8, 6 / 8, 1 / 8], atol=1e-4)
    assert answer.chosen == 1


def test_outputs_that_are_no_shares_have_bars_in_proportion_to_the_largest() -> None:
    answer = class_answer(network_with([-4, 2, 1], "identity"), X, NAMES)
    assert answer.how == "output 2"
    np.testing.assert_allclose(answer.shares, [0, 0.5, 0.25])


def test_of_many_classes_those_with_the_largest_logits_have_a_bar() -> None:
    names = [f"class {i}" for i in range(40)]
    answer = class_answer(network_with([float(i) for i in range(40)]), X, names)
    assert answer.names == names[-MOST_CLASSES:]
    assert answer.chosen == MOST_CLASSES - 1


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_network_that_has_diverged_has_no_answer(value: float) -> None:
    answer = class_answer(network_with([0, value, 0]), X, NAMES)
    assert (answer.answer, answer.chosen) == ("–", None)
    assert "not finite" in answer.how


def test_without_a_sample_all_bars_are_empty() -> None:
    answer = no_answer(NAMES, "Draw.")
    assert (answer.answer, answer.how, answer.shares) == ("–", "Draw.", [0.0] * 3)
