import numpy as np
import pytest

from experiments.config import OWN, RunConfig
from experiments.exploration.neighbors import neighbors_of
from experiments.inspection.drawn_sample import (
    N_HELD_OUT,
    Novelty,
    held_out_distances,
    novelty_of,
    other_answer,
)
from experiments.training.prepared_data import PreparedData, prepare
from mlp.evaluation import logits_of
from mlp.network import Network
from tests.datasets import dataset


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def digits() -> PreparedData:
    return prepare(RunConfig())


@pytest.mark.parametrize("sizes", [(6, 4), (6, 5, 4), (6, 7, 5, 4)])
def test_the_gradient_is_that_of_the_difference_of_two_logits(
    sizes: tuple[int, ...], rng: np.random.Generator
) -> None:
    network = Network(sizes, activation="tanh", rng=rng, dtype=np.float64)
    x = rng.normal(size=6)
    found = other_answer(network, x, 2)

    def gap(x: np.ndarray) -> float:
        logits = logits_of(network, x[None, :])[0]
        return float(logits[found.answer] - logits[2])

    assert found.answer == logits_of(network, x[None, :])[0].argmax()
    assert found.gap == pytest.approx(gap(x))
    for pixel, step in enumerate(1e-6 * np.eye(6)):
        slope = (gap(x + step) - gap(x - step)) / 2e-6
        assert found.gradient[pixel] == pytest.approx(-slope, abs=1e-6)


def test_nothing_is_needed_for_the_answer_that_is_given(rng: np.random.Generator) -> None:
    network = Network((6, 4), rng=rng)
    answer = other_answer(network, np.ones(6, np.float32), 0).answer
    same = other_answer(network, np.ones(6, np.float32), answer)
    assert same.gap == 0
    assert not same.gradient.any()


@pytest.mark.parametrize("other", [-1, 4])
def test_an_unknown_class_is_refused(other: int) -> None:
    with pytest.raises(ValueError, match=f"There is no class {other}: the network has 4"):
        other_answer(Network((6, 4)), np.ones(6, np.float32), other)


def novelty_for(prepared: PreparedData, x: np.ndarray) -> Novelty:
    return novelty_of(prepared, neighbors_of(prepared, x.astype(np.float32), 1))


def test_a_training_sample_is_near_and_noise_is_far(
    digits: PreparedData, rng: np.random.Generator
) -> None:
    near = novelty_for(digits, digits.training.X[7])
    assert (near.distance, near.percentile, near.is_novel) == (0, 0, False)
    noise = novelty_for(digits, rng.random(64))
    assert (noise.percentile, noise.is_novel) == (100, True)


def test_few_of_the_samples_held_out_are_far(digits: PreparedData) -> None:
    assert digits.test is not None
    far = [novelty_for(digits, x).is_novel for x in digits.test.X]
    assert np.mean(far) < 0.05


def test_distances_are_those_of_held_out_samples_to_the_nearest(digits: PreparedData) -> None:
    assert digits.validation is not None
    training = digits.training.X.astype(float)
    expected = [np.linalg.norm(training - x, axis=1).min() for x in digits.validation.X]
    np.testing.assert_allclose(held_out_distances(digits), np.sort(expected), rtol=1e-5)


@pytest.mark.parametrize("n_samples", [12, N_HELD_OUT + 100])
def test_where_none_is_held_out_each_training_sample_is_in_turn(n_samples: int) -> None:
    X = np.arange(2 * n_samples, dtype=np.float32).reshape(n_samples, 2)
    config = RunConfig(dataset=OWN, validation_fraction=0, test_fraction=0, scaling="pixel")
    prepared = prepare(config, dataset(X, [0, 1] * (n_samples // 2), n_classes=2))
    distances = held_out_distances(prepared)
    assert len(distances) == min(n_samples, N_HELD_OUT)
    np.testing.assert_allclose(distances, np.sqrt(8) / X.max(), rtol=1e-4)
