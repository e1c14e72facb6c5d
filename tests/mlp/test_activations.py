"""Each activation against its definition, and each slope against a small step."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlp.activations import ACTIVATIONS, OUTPUTS, SOFTMAX

DEFINITIONS = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0),
    "leaky-relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, np.exp(z) - 1),
    "silu": lambda z: z / (1 + np.exp(-z)),
    "gelu": lambda z: 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
}
Z = np.array([[-6.0, -1.5, -0.3], [0.2, 1.0, 7.0]])  # clear of the kinks at 0

anything = pytest.mark.parametrize("name", ACTIVATIONS)


@anything
def test_value_follows_its_definition(name: str) -> None:
    np.testing.assert_allclose(ACTIVATIONS[name].value(Z), DEFINITIONS[name](Z), atol=1e-14)


@anything
def test_slope_is_the_derivative(name: str) -> None:
    activation, h = ACTIVATIONS[name], 1e-6
    difference = (activation.value(Z + h) - activation.value(Z - h)) / (2 * h)
    np.testing.assert_allclose(activation.slope(Z, activation.value(Z)), difference, atol=1e-9)


@anything
def test_out_is_filled_and_z_is_left_alone(name: str) -> None:
    activation, z = ACTIVATIONS[name], Z.copy()
    value, slope = np.empty_like(z), np.empty_like(z)
    activation.value(z, out=value)
    activation.slope(z, value, out=slope)
    np.testing.assert_array_equal(z, Z)
    np.testing.assert_array_equal(value, activation.value(z))
    np.testing.assert_array_equal(slope, activation.slope(z, value))


@pytest.mark.parametrize("name", [*ACTIVATIONS, *OUTPUTS])
def test_single_precision_stays_single(name: str) -> None:
    function = {**ACTIVATIONS, **OUTPUTS}[name]
    z = Z.astype(np.float32)
    a = function.value(z)
    assert a.dtype == np.float32
    assert function.pull_back(np.ones_like(z), z, a).dtype == np.float32


@pytest.mark.parametrize("name", [*ACTIVATIONS, *OUTPUTS])
def test_no_input_overflows(name: str) -> None:
    function = {**ACTIVATIONS, **OUTPUTS}[name]
    z = np.array([[-1e4, -100.0, 0.0, 100.0, 1e4]], np.float32)
    a = function.value(z)
    assert np.isfinite(a).all()
    assert np.isfinite(function.pull_back(np.ones_like(z), z, a)).all()


@given(arrays(np.float64, (3, 4), elements=st.floats(-500, 500)))
def test_softmax_gives_probabilities_that_keep_the_order(z: np.ndarray) -> None:
    a = SOFTMAX.value(z)
    assert (a >= 0).all()
    np.testing.assert_allclose(a.sum(axis=1), 1)
    np.testing.assert_allclose(np.sort(a, axis=1), SOFTMAX.value(np.sort(z, axis=1)))


def test_softmax_of_three_logits_by_hand() -> None:
    z = np.log([[1.0, 2.0, 5.0]])
    np.testing.assert_allclose(SOFTMAX.value(z), [[1 / 8, 2 / 8, 5 / 8]])
