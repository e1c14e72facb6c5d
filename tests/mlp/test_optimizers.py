"""Two steps of each optimizer, against its formula written for a single number."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from mlp.losses import CROSS_ENTROPY, Objective
from mlp.network import Network
from mlp.optimizers import OPTIMIZERS, Adam, AdamW, Momentum, Optimizer
from mlp.records import Diverged
from mlp.samples import Samples
from mlp.training import train

THETA, GRADIENTS, ETA = 2.0, (0.5, -1.0), 0.1


def sgd() -> float:
    g1, g2 = GRADIENTS
    return THETA - ETA * g1 - ETA * g2


def momentum() -> float:
    g1, g2 = GRADIENTS
    v1 = g1
    v2 = 0.9 * v1 + g2
    return THETA - ETA * v1 - ETA * v2


def nesterov() -> float:
    g1, g2 = GRADIENTS
    v1 = g1
    v2 = 0.9 * v1 + g2
    return THETA - ETA * (g1 + 0.9 * v1) - ETA * (g2 + 0.9 * v2)


def rmsprop() -> float:
    g1, g2 = GRADIENTS
    s1 = 0.1 * g1**2
    s2 = 0.9 * s1 + 0.1 * g2**2
    return THETA - ETA * g1 / (math.sqrt(s1) + 1e-7) - ETA * g2 / (math.sqrt(s2) + 1e-7)


def adam(theta: float = THETA, weight_decay: float = 0.0) -> float:
    m = v = 0.0
    for t, g in enumerate(GRADIENTS, start=1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        theta = theta - ETA * weight_decay * theta - ETA * m_hat / (math.sqrt(v_hat) + 1e-8)
    return theta


EXPECTED: dict[str, Callable[[], float]] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "rmsprop": rmsprop,
    "adam": adam,
    "adamw": lambda: adam(weight_decay=0.01),
}


def two_steps(name: str) -> Network:
    network = Network([1, 1], dtype=np.float64)
    network.parameters[:] = THETA
    optimizer = OPTIMIZERS[name](network, ETA)
    for gradient in GRADIENTS:
        optimizer.step(np.full(2, gradient))
    return network


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_two_steps_follow_the_formula(name: str) -> None:
    assert two_steps(name).weights[1][0, 0] == pytest.approx(EXPECTED[name](), rel=1e-12)


def test_weight_decay_spares_the_biases() -> None:
    assert two_steps("adamw").biases[1][0] == pytest.approx(adam(weight_decay=0.0), rel=1e-12)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_gradient_is_left_as_it_was(name: str) -> None:
    network, gradient = Network([3, 2], rng=np.random.default_rng(0)), np.ones(8, np.float32)
    OPTIMIZERS[name](network, ETA).step(gradient)
    np.testing.assert_array_equal(gradient, 1)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_single_precision_stays_single(name: str) -> None:
    network = Network([3, 2])
    optimizer = OPTIMIZERS[name](network, ETA)
    optimizer.step(np.ones(8, np.float32))
    arrays = [value for value in vars(optimizer).values() if isinstance(value, np.ndarray)]
    assert {array.dtype for array in [*arrays, network.parameters]} == {np.dtype(np.float32)}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_finds_the_bottom_of_a_bowl(name: str) -> None:
    network = Network([2, 2], dtype=np.float64)
    network.parameters[:] = [3, -2, 1, 0.5, -1, 2]
    optimizer = OPTIMIZERS[name](network, 0.05)
    for step in range(2000):
        optimizer.learning_rate = 0.05 / (1 + step / 100)  # rmsprop never stands still otherwise
        optimizer.step(network.parameters * [1, 2, 3, 4, 5, 6])  # C = sum of k theta_k**2 / 2
    np.testing.assert_allclose(network.parameters, 0, atol=1e-2)


GRADIENT = np.linspace(-2, 1.5, 8, dtype=np.float32)


def optimizer_after(name: str, n_steps: int) -> Optimizer:
    optimizer = OPTIMIZERS[name](Network([3, 2], rng=np.random.default_rng(0)), ETA)
    for step in range(n_steps):
        optimizer.step(GRADIENT * (step + 1))
    return optimizer


def copy_of_state(optimizer: Optimizer) -> dict[str, np.ndarray]:
    return {part: array.copy() for part, array in optimizer.state().items()}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_state_is_all_that_the_next_steps_need(name: str) -> None:
    stopped, restored = optimizer_after(name, 3), optimizer_after(name, 0)
    restored.network.parameters[:] = stopped.network.parameters
    restored.restore(copy_of_state(stopped))
    for optimizer in (stopped, restored):
        for _ in range(2):
            optimizer.step(GRADIENT)
    assert restored.network.parameters.tobytes() == stopped.network.parameters.tobytes()
    for part, array in stopped.state().items():
        assert restored.state()[part].tobytes() == array.tobytes()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_no_negative_state_that_is_accepted_makes_a_step_nan(name: str) -> None:
    """So that a part must be named in `non_negative` where its formula needs that."""
    for part, array in optimizer_after(name, 3).state().items():
        optimizer = optimizer_after(name, 3)
        state = copy_of_state(optimizer) | {part: np.full_like(array, -1)}
        if part in optimizer.non_negative:
            with pytest.raises(ValueError, match=f"part {part} .* finite and not below 0"):
                optimizer.restore(state)
        else:
            optimizer.restore(state)
        optimizer.step(GRADIENT)
        assert np.isfinite(optimizer.network.parameters).all()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(name: str) -> None:
    optimizer = optimizer_after(name, 3)
    before = copy_of_state(optimizer)
    with pytest.raises(ValueError, match=r"The state of \w+ consists of .*, not of .*extra\. Take"):
        optimizer.restore(before | {"extra": np.zeros(8, np.float32)})
    zeros = {part: np.zeros_like(array) for part, array in before.items()}
    for part, array in before.items():
        for wrong, words in (
            (array[:-1], rf"The part {part} .* must have the shape \(\d,\) and the type \w+, not"),
            (array.astype(np.float16), rf"The part {part} .*, not \(\d,\) and float16\. Take"),
            (array * np.nan, f"(of the part {part} .* must be finite|, not .* and float64)"),
        ):
            with pytest.raises(ValueError, match=words):
                optimizer.restore(zeros | {part: wrong})
    for part, array in before.items():
        assert optimizer.state()[part].tobytes() == array.tobytes()


@pytest.mark.parametrize("learning_rate", [0, -0.1, math.inf, math.nan])
def test_a_learning_rate_is_positive_and_finite(learning_rate: float) -> None:
    with pytest.raises(ValueError, match="The learning rate must be a positive number, not"):
        Momentum(Network([1, 1]), learning_rate)


def test_adamw_is_adam_but_for_the_decay() -> None:
    results = []
    for optimizer_class, settings in ((Adam, {}), (AdamW, {"weight_decay": 0.0})):
        network = Network([3, 2], rng=np.random.default_rng(0))
        optimizer_class(network, ETA, **settings).step(np.arange(8, dtype=np.float32))
        results.append(network.parameters)
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("optimizer_class", [Adam, AdamW])
def test_gradients_whose_squares_overflow_end_as_diverged(optimizer_class: type[Adam]) -> None:
    network = Network([1, 2])
    network.parameters[:] = 0
    samples = Samples(np.array([[1e19], [-1e19]], np.float32), np.eye(2, dtype=np.float32))
    optimizer = optimizer_class(network, 1e-25)  # the loss itself hardly moves
    *_, last = train(
        optimizer, Objective(CROSS_ENTROPY), samples, epochs=50, batch_size=2, rng=None
    )
    assert isinstance(last, Diverged)


def test_one_parameter_that_overflows_leaves_the_others_as_they_are() -> None:
    network = Network([1, 1], rng=np.random.default_rng(0))
    with np.errstate(over="ignore"):
        Adam(network, ETA).step(np.array([1e20, 0.5], np.float32))
    np.testing.assert_array_equal(np.isnan(network.parameters), [True, False])


def test_squares_that_overflow_only_in_their_sum_are_no_divergence() -> None:
    network = Network([1, 1], rng=np.random.default_rng(0))
    with np.errstate(over="ignore"):
        Adam(network, ETA).step(np.full(2, 1.5e19, np.float32))  # 2.25e38 each, of 3.4e38
    assert np.isfinite(network.parameters).all()
