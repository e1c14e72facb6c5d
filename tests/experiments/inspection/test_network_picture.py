"""What is drawn of a network: the units that matter most, with their true numbers."""

import numpy as np
import pytest

from experiments.inspection.network_picture import (
    LEAST_UNITS,
    MAX_CLASSES,
    MAX_UNITS,
    MAX_WEIGHTS,
    chosen_units,
    forward_pass_of,
    picture_of,
)
from mlp.network import Network


def network_of(*sizes: int, activation: str = "tanh", seed: int = 0) -> Network:
    rng = np.random.default_rng(seed)
    return Network(sizes, activation=activation, bias_init="normal", rng=rng, dtype=np.float64)


def sample(n_features: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=n_features)


def test_the_shares_of_the_last_hidden_layer_and_the_bias_add_up_to_the_logit() -> None:
    network = network_of(6, 5, 4, 3)
    done = forward_pass_of(network, sample(6))
    bias = network.biases[3][done.answer]
    assert done.contributions[2].sum() + bias == pytest.approx(done.zs[3][done.answer])
    weights = network.weights[3][done.answer]
    np.testing.assert_allclose(done.contributions[2], weights * done.activations[2])


@pytest.mark.parametrize("l", [0, 1])
def test_a_share_is_the_activation_times_the_slope_of_the_logit(l: int) -> None:
    network, x = network_of(6, 5, 4, 3), sample(6)
    done = forward_pass_of(network, x)

    def logit_with(a: np.ndarray) -> float:
        for k in range(l + 1, 4):
            z = network.weights[k] @ a + network.biases[k]
            a = np.tanh(z)
        return z[done.answer]

    a, h = done.activations[l], 1e-6
    slopes = [
        (logit_with(a + h * unit) - logit_with(a - h * unit)) / (2 * h) for unit in np.eye(len(a))
    ]
    np.testing.assert_allclose(done.contributions[l], a * slopes, rtol=1e-6, atol=1e-9)


def test_the_units_with_the_largest_shares_are_drawn() -> None:
    shares = np.array([0.1, -3.0, 0.2, 2.0, 0.0])
    assert chosen_units(shares, 2).tolist() == [1, 3]
    assert chosen_units(shares, 9).tolist() == [0, 1, 2, 3, 4]


def test_a_unit_keeps_its_place_while_it_matters() -> None:
    shares = np.array([5.0, 4.0, 3.0, 2.0, 1.0, 0.5])
    assert chosen_units(shares, 2, [3, 1]).tolist() == [3, 1]
    assert chosen_units(shares, 2, [5, 1]).tolist() == [0, 1]


def test_shares_that_are_no_numbers_choose_units_all_the_same() -> None:
    assert len(set(chosen_units(np.full(9, np.nan), 4).tolist())) == 4


@pytest.mark.parametrize(
    "sizes", [(2, 2), (2, 3, 2), (784, 10), (64, 40, 50, 60, 70, 80, 10), (4, 4096, 3)]
)
@pytest.mark.parametrize("activation", ["tanh", "relu", "identity"])
def test_the_numbers_drawn_are_those_of_the_network(
    sizes: tuple[int, ...], activation: str
) -> None:
    network = network_of(*sizes, activation=activation)
    is_image = sizes[0] >= 64
    picture = picture_of(network, sample(sizes[0]), is_image=is_image)
    done = forward_pass_of(network, sample(sizes[0]))
    assert picture.answer == done.answer
    assert [layer.n_units for layer in picture.layers] == list(sizes)
    for l, layer in enumerate(picture.layers):
        np.testing.assert_array_equal(layer.activations, done.activations[l][layer.units])
        if l == 0:
            continue
        np.testing.assert_array_equal(layer.zs, done.zs[l][layer.units])
        np.testing.assert_array_equal(layer.biases, network.biases[l][layer.units])
        sources = picture.layers[l - 1].units
        np.testing.assert_array_equal(
            layer.weights, network.weights[l][np.ix_(layer.units, sources)]
        )


def test_a_wide_layer_is_drawn_in_part_and_an_image_as_a_whole() -> None:
    picture = picture_of(network_of(900, 128, 300, 10), sample(900), is_image=True)
    assert [len(units) for units in picture.units] == [900, MAX_WEIGHTS // 900, MAX_UNITS, 10]
    large = picture_of(network_of(4096, 128, 10), sample(4096), is_image=True)
    assert len(large.units[1]) == max(LEAST_UNITS, MAX_WEIGHTS // 4096)


def test_the_right_class_and_the_answer_are_always_drawn() -> None:
    network, x = network_of(5, 8, 100), sample(5)
    worst = int(forward_pass_of(network, x).zs[2].argmin())
    picture = picture_of(network, x, is_image=False, label=worst)
    drawn = picture.units[-1].tolist()
    assert len(drawn) == MAX_CLASSES
    assert {worst, picture.answer} <= set(drawn)
    assert drawn == sorted(drawn)


def test_units_keep_their_places_from_picture_to_picture() -> None:
    network, x = network_of(20, 200, 10), sample(20)
    before = picture_of(network, x, is_image=False)
    network.parameters *= 1 + 0.01 * np.random.default_rng(2).normal(size=len(network.parameters))
    after = picture_of(network, x, is_image=False, before=before)
    assert after.units[1].tolist() == before.units[1].tolist()


def test_a_diverged_network_has_no_answer() -> None:
    network = network_of(5, 8, 3)
    network.parameters[:] = np.nan
    assert picture_of(network, sample(5), is_image=False).answer is None
