"""The network is one vector; layers are views of it."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp.initializers import INITIALIZERS
from mlp.network import Network, count_parameters, split_layers

sizes_of_networks = st.lists(st.integers(1, 6), min_size=2, max_size=5)


@given(sizes_of_networks)
def test_views_cover_every_parameter_once(sizes: list[int]) -> None:
    vector = np.arange(count_parameters(sizes), dtype=np.float64)
    weights, biases = split_layers(vector, sizes)
    assert [w.shape for w in weights[1:]] == list(zip(sizes[1:], sizes[:-1], strict=True))
    assert [b.shape for b in biases[1:]] == [(size,) for size in sizes[1:]]
    pieces = [w.ravel() for w in weights] + biases
    np.testing.assert_array_equal(np.concatenate(pieces), vector)


@given(sizes_of_networks)
def test_all_weights_come_first_and_hold_no_bias(sizes: list[int]) -> None:
    network = Network(sizes, rng=np.random.default_rng(0))
    network.all_weights[...] = 0
    assert not any(w.any() for w in network.weights)
    for b in network.biases:
        b[...] = 1
    assert not network.all_weights.any()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))])  # noqa: S301
def test_a_copy_has_views_of_its_own(duplicate) -> None:
    original = Network([2, 3, 1], rng=np.random.default_rng(0))
    other = duplicate(original)
    np.testing.assert_array_equal(other.parameters, original.parameters)
    other.weights[1][0, 0] = 42
    assert other.parameters[0] == 42
    assert original.parameters[0] != 42


def test_no_hidden_layer_is_the_single_layer_perceptron() -> None:
    network = Network([64, 10])
    assert network.n_layers == 1
    assert repr(network) == "Network(64-10, relu, softmax, 650 parameters)"


@pytest.mark.parametrize("sizes", [[], [3], [3, 0], [2, -1, 1]])
def test_impossible_sizes_are_refused(sizes: list[int]) -> None:
    with pytest.raises(ValueError, match="at least one unit; the sizes given are"):
        Network(sizes)


@pytest.mark.parametrize("part", ["activation", "output", "weight_init"])
def test_unknown_names_list_the_choices(part: str) -> None:
    with pytest.raises(ValueError, match=r"There is no .* 'magic'. Choose one of: \w+"):
        Network([2, 1], **{part: "magic"})


@pytest.mark.parametrize("name", INITIALIZERS)
def test_weights_have_the_spread_they_should_and_biases_start_at_zero(name: str) -> None:
    network = Network([300, 200, 10], weight_init=name, rng=np.random.default_rng(0))
    expected = INITIALIZERS[name].std(300, 200)
    assert network.weights[1].std() == pytest.approx(expected, rel=0.02)
    assert network.weights[1].mean() == pytest.approx(0, abs=0.001)
    assert not network.biases[1].any()


def test_initializers_keep_to_their_papers() -> None:
    spreads = {name: initializer.std(8, 24) for name, initializer in INITIALIZERS.items()}
    assert spreads == pytest.approx(
        {
            "he": 0.5,
            "xavier": 0.25,
            "lecun": 8**-0.5,
            "normal": 0.1,
            "unit-normal": 1.0,
            "zeros": 0.0,
        }
    )


def test_both_precisions_start_from_the_same_draw() -> None:
    single, double = (
        Network([5, 4, 3], rng=np.random.default_rng(7), dtype=dtype).parameters
        for dtype in (np.float32, np.float64)
    )
    np.testing.assert_array_equal(single, double.astype(np.float32))


def test_biases_start_where_they_are_told() -> None:
    rng = np.random.default_rng(0)
    assert not Network([9, 500], rng=rng).parameters[-500:].any()
    drawn = Network([9, 500], bias_init="unit-normal", rng=rng).biases[1]
    assert drawn.std() == pytest.approx(1, abs=0.1)
    with pytest.raises(ValueError, match="There is no bias initialization 'he'"):
        Network([9, 5], bias_init="he")


def test_the_first_weights_are_the_same_whatever_the_biases() -> None:
    one, other = (
        Network([9, 5], bias_init=name, rng=np.random.default_rng(0))
        for name in ("zeros", "unit-normal")
    )
    np.testing.assert_array_equal(one.weights[1], other.weights[1])
