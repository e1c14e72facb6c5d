"""The samples to watch: as many classes as there are places."""

import numpy as np
import pytest

from experiments.inspection.sample_choice import first_misread, samples_of_each_class
from mlp.network import Network
from mlp.samples import Samples, one_hot


@pytest.mark.parametrize(("n_classes", "n_samples"), [(10, 12), (2, 12), (40, 12), (10, 10)])
def test_the_classes_share_the_places_and_stand_in_order(n_classes: int, n_samples: int) -> None:
    rng = np.random.default_rng(0)
    labels = rng.permutation(np.repeat(np.arange(n_classes), 20))
    chosen = samples_of_each_class(labels, n_samples, rng=rng)
    counts = np.bincount(labels[chosen], minlength=n_classes)
    assert len(set(chosen.tolist())) == n_samples
    assert counts.max() - counts.min() <= 1
    assert (np.diff(labels[chosen]) >= 0).all()


def test_a_rare_class_leaves_its_places_to_others() -> None:
    labels = np.array([0] * 9 + [1])
    chosen = samples_of_each_class(labels, 6, rng=np.random.default_rng(0))
    assert np.bincount(labels[chosen]).tolist() == [5, 1]


def test_few_samples_are_all_chosen() -> None:
    assert len(samples_of_each_class(np.array([1, 0]), 12, rng=np.random.default_rng(0))) == 2


def test_another_draw_gives_other_samples() -> None:
    labels = np.repeat(np.arange(10), 30)
    draws = [samples_of_each_class(labels, 12, rng=np.random.default_rng(i)) for i in (0, 0, 1)]
    assert draws[0].tolist() == draws[1].tolist() != draws[2].tolist()


def test_the_first_misread_sample_is_found_if_there_is_one() -> None:
    network = Network([2, 2], rng=np.random.default_rng(0))
    network.weights[1][:], network.biases[1][:] = np.eye(2), 0
    X = np.array([[1, 0], [0, 1], [1, 0]], np.float32)  # read as 0, 1, 0
    assert first_misread(network, Samples(X, one_hot(np.array([0, 1, 1]), 2, np.float32))) == 2
    assert first_misread(network, Samples(X, one_hot(np.array([0, 1, 0]), 2, np.float32))) is None
