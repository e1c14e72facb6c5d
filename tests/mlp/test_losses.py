"""Each loss against its definition, worked out the slow way."""

import math

import numpy as np
import pytest

from mlp.activations import OUTPUTS, SIGMOID, SOFTMAX
from mlp.losses import (
    BINARY_CROSS_ENTROPY,
    CROSS_ENTROPY,
    LOSSES,
    MSE,
    Objective,
    losses_for,
    mean_shares,
)

LOGITS = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]])
TARGETS = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].outputs]


def test_cross_entropy_is_a_mean_over_samples() -> None:
    a = SOFTMAX.value(LOGITS)
    expected = -(math.log(a[0, 0]) + math.log(a[1, 2])) / 2
    assert CROSS_ENTROPY.value(LOGITS, TARGETS, SOFTMAX) == pytest.approx(expected)


def test_binary_cross_entropy_sums_over_outputs() -> None:
    a = SIGMOID.value(LOGITS)
    terms = TARGETS * np.log(a) + (1 - TARGETS) * np.log(1 - a)
    expected = -terms.sum() / 2
    assert BINARY_CROSS_ENTROPY.value(LOGITS, TARGETS, SIGMOID) == pytest.approx(expected)


@pytest.mark.parametrize("output", OUTPUTS)
def test_mse_is_a_mean_over_samples_and_outputs(output: str) -> None:
    a = OUTPUTS[output].value(LOGITS)
    assert MSE.value(LOGITS, TARGETS, OUTPUTS[output]) == pytest.approx(((a - TARGETS) ** 2).mean())


@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_gradient_is_that_of_the_reported_loss(loss: str, output: str) -> None:
    gradient = np.empty_like(LOGITS)
    weights = np.array([0.4, 1.6])
    shares = mean_shares(2, LOGITS.dtype, weights)
    LOSSES[loss].value_and_gradient(LOGITS, TARGETS, OUTPUTS[output], gradient, shares)
    for index in np.ndindex(*LOGITS.shape):
        nudge = np.zeros_like(LOGITS)
        nudge[index] = 1e-6
        above = LOSSES[loss].value(LOGITS + nudge, TARGETS, OUTPUTS[output], weights)
        below = LOSSES[loss].value(LOGITS - nudge, TARGETS, OUTPUTS[output], weights)
        assert gradient[index] == pytest.approx((above - below) / 2e-6, abs=1e-8)


@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_certainty_in_the_wrong_answer_is_finite(loss: str, output: str) -> None:
    logits = np.array([[-500.0, 500.0, 0.0]], np.float32)
    gradient = np.empty_like(logits)
    targets = TARGETS[:1].astype(np.float32)
    shares = mean_shares(1, logits.dtype)
    value = LOSSES[loss].value_and_gradient(logits, targets, OUTPUTS[output], gradient, shares)
    assert math.isfinite(value)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_a_sample_of_weight_two_counts_like_two_samples(loss: str, output: str) -> None:
    twice = [0, 1, 1]
    expected = LOSSES[loss].value(LOGITS[twice], TARGETS[twice], OUTPUTS[output])
    weights = np.array([2 / 3, 4 / 3])  # 1 and 2, brought to a mean of 1
    weighted = LOSSES[loss].value(LOGITS, TARGETS, OUTPUTS[output], weights)
    assert weighted == pytest.approx(expected)


def test_a_loss_refuses_an_output_it_does_not_go_with() -> None:
    with pytest.raises(ValueError, match="'cross-entropy' goes with the output softmax"):
        CROSS_ENTROPY.value(LOGITS, TARGETS, SIGMOID)


def test_every_output_has_a_loss_and_the_usual_one_comes_first() -> None:
    assert losses_for("softmax") == ["cross-entropy", "mse"]
    assert losses_for("sigmoid") == ["binary-cross-entropy", "mse"]
    assert losses_for("identity") == losses_for("tanh") == ["mse"]


def test_penalties_by_hand() -> None:
    objective, weights, gradient = Objective(MSE, l1=0.1, l2=0.5), np.array([1.0, -2.0]), np.ones(2)
    assert objective.penalty(weights) == pytest.approx(0.1 * 3 + 0.5 / 2 * 5)
    objective.add_penalty_gradient(weights, gradient)
    np.testing.assert_allclose(gradient, [1 + 0.1 + 0.5, 1 - 0.1 - 1.0])


@pytest.mark.parametrize("strength", [-1.0, math.inf, math.nan])
def test_a_penalty_is_not_negative(strength: float) -> None:
    with pytest.raises(ValueError, match="l2 must be 0 or a positive number"):
        Objective(MSE, l2=strength)


@pytest.mark.parametrize(("loss", "output"), PAIRS)
def test_single_precision_is_close_and_never_negative(loss: str, output: str) -> None:
    rng = np.random.default_rng(0)
    for spread in (1, 10, 60):
        logits = rng.normal(scale=spread, size=(200, 10))
        targets = np.eye(10)[logits.argmax(axis=1)]
        double = LOSSES[loss].value(logits, targets, OUTPUTS[output])
        single = LOSSES[loss].value(
            logits.astype(np.float32), targets.astype(np.float32), OUTPUTS[output]
        )
        assert single >= 0
        assert single == pytest.approx(double, rel=1e-4, abs=1e-7)
