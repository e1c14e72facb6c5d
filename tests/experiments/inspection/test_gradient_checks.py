import numpy as np
import pytest

from experiments.config import RunConfig
from experiments.inspection.gradient_checks import (
    ALL_UP_TO,
    N_BIASES,
    N_WEIGHTS,
    NUDGES,
    Problem,
    backpropagated_gradient,
    choose_parameters,
    error_in_words,
    n_affordable,
    power_of_ten,
    problem_of,
    relative_errors,
    sweep,
    sweep_sentence,
)
from experiments.training.run import Run
from mlp.losses import CROSS_ENTROPY, Objective
from mlp.network import Network


def problem(sizes=(6, 5, 4, 3), *, dropout: float = 0.0) -> Problem:
    rng = np.random.default_rng(0)
    network = Network(sizes, activation="tanh", weight_init="xavier", rng=rng)
    X = rng.normal(size=(8, sizes[0])).astype(np.float32)
    targets = np.eye(sizes[-1], dtype=np.float32)[np.arange(8) % sizes[-1]]
    return Problem(network, Objective(CROSS_ENTROPY, l2=0.01), X, targets, dropout)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_the_error_is_a_v_with_its_best_nudge_near_the_cube_root_of_epsilon(dropout) -> None:
    exact = sweep(problem(dropout=dropout), np.float64)
    errors = exact.errors()
    best = errors.argmin()
    assert 1e-6 <= exact.nudges[best] <= 1e-4
    assert errors.min() < 1e-9
    assert (np.diff(errors[: best + 1]) < 0).all()
    assert errors[-1] > 1e4 * errors.min()
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.1)  # truncation: h**2


def test_single_precision_needs_a_longer_nudge_and_is_less_exact() -> None:
    single, double = sweep(problem(), np.float32), sweep(problem(), np.float64)
    assert single.analytic.dtype == np.float32
    errors = single.errors()
    assert single.nudges[errors.argmin()] > 30 * double.nudges[double.errors().argmin()]
    assert errors.min() > 1e4 * double.errors().min()
    assert errors[-1] == 1  # the parameter plus h is the parameter itself
    np.testing.assert_array_equal(single.chosen.numbers, double.chosen.numbers)


def test_all_parameters_of_a_small_network_are_checked() -> None:
    small = problem((3, 4, 3))
    chosen = choose_parameters(small)
    assert chosen.numbers.tolist() == list(range(31))
    assert len(chosen.names) == 31 <= ALL_UP_TO
    assert chosen.names[0] == "W1[0, 0]"
    assert chosen.names[12] == "W2[0, 0]"
    assert chosen.names[-1] == "b2[2]"
    assert chosen.layers.tolist() == 12 * [1] + 12 * [2] + 4 * [1] + 3 * [2]


def test_of_a_large_network_some_of_each_layer_are_checked_that_have_a_gradient() -> None:
    run = Run(RunConfig(hidden_layers=(16,)))
    digits = problem_of(run.network, run.objective, run.prepared_data())
    chosen = choose_parameters(digits)
    assert len(chosen.numbers) == 2 * (N_WEIGHTS + N_BIASES)
    gradient = backpropagated_gradient(digits)
    assert gradient[chosen.numbers].all()
    assert not gradient.all()


def test_a_name_leads_to_the_parameter() -> None:
    tall = problem((30, 20, 4))
    for name, number in zip(*choose_parameters(tall)[2::-2], strict=True):
        views = tall.network.weights if name[0] == "W" else tall.network.biases
        index = tuple(map(int, name[3:-1].split(", ")))
        assert views[int(name[1])][index] == tall.network.parameters[number]


def test_a_large_network_has_fewer_parameters_checked() -> None:
    assert n_affordable(problem()) == N_WEIGHTS + N_BIASES
    large = problem((2000, 1000, 1000, 3))
    assert n_affordable(large) == 1
    assert set(choose_parameters(large, most=1).names) < set(choose_parameters(large).names)
    assert [name[:2] for name in choose_parameters(large, most=1).names] == ["W1", "W2", "W3"]


def test_nothing_of_the_network_is_changed() -> None:
    given = problem()
    before = given.network.parameters.copy()
    sweep(given, np.float32)
    np.testing.assert_array_equal(given.network.parameters, before)


def test_a_network_that_has_diverged_has_no_gradient() -> None:
    broken = problem()
    broken.network.parameters[3] = np.nan
    assert not sweep(broken, np.float64).is_finite


def test_two_gradients_of_zero_agree() -> None:
    errors = relative_errors(np.array([0.0, 1.0, 1.0]), np.array([0.0, 1.0, -1.0]))
    assert errors.tolist() == [0, 0, 1]


def test_the_verdict_says_which_part_of_the_error_is_the_larger() -> None:
    found = sweep(problem(), np.float64)
    assert "truncation" in sweep_sentence(found, 0, "float64")
    assert "rounding" in sweep_sentence(found, len(NUDGES) - 1, "float64")
    assert "the best h of these in float64" in sweep_sentence(found, 4, "float64")
    assert sweep_sentence(found, 0, "float64").startswith(
        "With h = 10⁻¹, the two ways differ by 0.0"
    )


def test_the_verdict_on_one_parameter_has_both_numbers() -> None:
    found = sweep(problem(), np.float64)
    words = sweep_sentence(found, 4, "float64", 3)
    assert f"backpropagation says {found.analytic[3]:.8g}, the nudge says" in words
    assert found.errors(3)[4] == relative_errors(found.analytic, found.numeric[4])[3]


@pytest.mark.parametrize(
    ("number", "digits", "words"),
    [(1e-5, 0, "10⁻⁵"), (1e-12, 0, "10⁻¹²"), (3.64e-11, 1, "3.6 · 10⁻¹¹")],
)
def test_a_small_number_is_written_with_its_power_of_ten(number, digits, words) -> None:
    assert power_of_ten(number, digits) == words


def test_errors_in_words() -> None:
    assert [error_in_words(error) for error in (0.0, 0.25, 2e-5)] == ["0", "0.25", "2.0 · 10⁻⁵"]
