"""Units switched off: one after another at once, or a few in a copy, it comes to the same."""

import numpy as np
import pytest

from experiments.inspection import ablation
from experiments.inspection.ablation import (
    HiddenUnit,
    UnitRanking,
    enough_samples,
    hidden_units,
    scores_with_all,
    scores_without_each,
    some_of,
    switch_off,
    without_units,
)
from mlp.activations import ACTIVATIONS
from mlp.evaluation import evaluate
from mlp.losses import LOSSES, Objective
from mlp.network import Network
from mlp.samples import Samples, one_hot
from tests.waiting import PATIENCE

CROSS_ENTROPY = LOSSES["cross-entropy"]


def network_of(*sizes: int, activation: str = "relu") -> Network:
    return Network(sizes, activation=activation, bias_init="normal", rng=np.random.default_rng(0))


@pytest.fixture
def samples() -> Samples:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(50, 4)).astype(np.float32)
    return Samples(X, one_hot(rng.integers(3, size=50), 3, np.float32))


def test_a_unit_that_is_off_passes_nothing_on_and_the_network_stays_as_it_is() -> None:
    network = network_of(4, 3, 2)
    before = network.parameters.copy()
    off = without_units(network, [HiddenUnit(1, 2)])
    assert off.weights[2][:, 2].tolist() == [0, 0]
    np.testing.assert_array_equal(off.weights[2][:, :2], network.weights[2][:, :2])
    np.testing.assert_array_equal(off.weights[1], network.weights[1])
    np.testing.assert_array_equal(network.parameters, before)


@pytest.mark.parametrize("unit", [(0, 0), (2, 0), (1, 3), (1, -1)])
def test_only_hidden_units_can_be_switched_off(unit: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="not a hidden unit of this network, which has the layers"):
        without_units(network_of(4, 3, 2), [HiddenUnit(*unit)])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("most_numbers", [1, 2_000_000])
def test_all_at_once_come_to_the_same_as_one_copy_after_another(
    samples: Samples, activation: str, most_numbers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ablation, "MOST_NUMBERS", most_numbers)
    network, objective = network_of(4, 6, 5, 3, activation=activation), Objective(CROSS_ENTROPY)
    found = scores_without_each(network, CROSS_ENTROPY, samples)
    each = [
        evaluate(without_units(network, [unit]), objective, samples)
        for unit in hidden_units(network)
    ]
    np.testing.assert_allclose(found.accuracies, [score.accuracy for score in each])
    np.testing.assert_allclose(found.losses, [score.loss for score in each], rtol=1e-5)


def test_a_ranking_in_slices_is_the_same_and_the_most_costly_come_first(
    samples: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = network_of(4, 6, 5, 3)
    whole = UnitRanking(network, CROSS_ENTROPY, samples)
    whole.advance(PATIENCE)
    monkeypatch.setattr(ablation, "MOST_NUMBERS", 1)
    slices = UnitRanking(network, CROSS_ENTROPY, samples)
    slices.advance(0)
    assert slices.n_done == 1
    slices.go()
    assert slices.task
    assert slices.task.join(PATIENCE)
    assert slices.is_over
    np.testing.assert_allclose(slices.accuracy_lost, whole.accuracy_lost)
    assert (np.diff(whole.accuracy_lost[whole.order]) <= 1e-9).all()
    assert whole.accuracy == scores_with_all(network, CROSS_ENTROPY, samples).accuracies[0]


def test_a_dead_unit_costs_nothing(samples: Samples) -> None:
    network = network_of(4, 3, 3)
    network.biases[1][1] = -1e3
    ranking = UnitRanking(network, CROSS_ENTROPY, samples)
    ranking.advance(PATIENCE)
    assert (ranking.accuracy_lost[1], ranking.loss_added[1]) == (0, 0)


def test_a_network_without_hidden_units_has_nothing_to_rank(samples: Samples) -> None:
    ranking = UnitRanking(network_of(4, 3), CROSS_ENTROPY, samples)
    assert ranking.is_over
    assert not len(ranking.order)


def test_a_diverged_network_is_ranked_without_a_warning(samples: Samples) -> None:
    network = network_of(4, 3, 3)
    network.parameters[:] = np.inf
    ranking = UnitRanking(network, CROSS_ENTROPY, samples)
    ranking.advance(PATIENCE)
    assert sorted(ranking.order) == [0, 1, 2]


def test_nothing_is_measured_without_samples(samples: Samples) -> None:
    none = samples.each(lambda part: part[:0])
    with pytest.raises(ValueError, match="give at least one"):
        scores_without_each(network_of(4, 3, 3), CROSS_ENTROPY, none)


def test_the_effect_is_counted_class_by_class_and_an_absent_class_has_none(
    samples: Samples,
) -> None:
    network = network_of(4, 6, 3)
    off = [HiddenUnit(1, 0), HiddenUnit(1, 3)]
    effect = switch_off(network, off, samples)
    found = evaluate(without_units(network, off), Objective(CROSS_ENTROPY), samples)
    assert effect.right_after.mean() == pytest.approx(found.accuracy)
    before, after = effect.shares_by_class(4)
    counts = np.bincount(effect.labels)
    assert after[:3] @ counts == pytest.approx(effect.right_after.sum())
    assert before[:3] @ counts == pytest.approx(effect.right_before.sum())
    assert np.isnan([before[3], after[3]]).all()


@pytest.mark.parametrize(("most", "n_left"), [(100, 50), (50, 50), (49, 25), (20, 17)])
def test_some_samples_are_spread_over_all(samples: Samples, most: int, n_left: int) -> None:
    assert len(some_of(samples, most).X) == n_left


@pytest.mark.parametrize(
    ("sizes", "n_samples"),
    [((784, 128, 10), 2000), ((784, 512, 512, 256, 10), 500), ((4, 3), 2000)],
)
def test_a_large_network_is_measured_on_fewer_samples(
    sizes: tuple[int, ...], n_samples: int
) -> None:
    assert enough_samples(Network(sizes)) == n_samples


def test_units_have_an_order_while_another_thread_adds_some(samples: Samples) -> None:
    ranking = UnitRanking(network_of(4, 3, 3), CROSS_ENTROPY, samples)
    ranking.advance(0)
    order = ranking.order.tolist()
    ranking.loss_added = np.append(ranking.loss_added, 1.0)  # as in the middle of `keep`
    assert ranking.order.tolist() == order
