import pickle
from functools import cache

import numpy as np
import pytest

from data.corruption import CORRUPTIONS, Damage
from experiments.config import RunConfig
from experiments.evaluation import robustness
from experiments.evaluation.attack import ScaledNetwork
from experiments.evaluation.clopper_pearson import interval
from experiments.evaluation.robustness import (
    BLOCK,
    DAMAGES,
    HeldOutImages,
    count_right,
    empty_curve,
    example,
    held_out_images,
    measure,
    strengths_of,
)
from experiments.training.prepared_data import prepare
from tests.runs import QUICK, trained

EACH = pytest.mark.parametrize("damage", DAMAGES.values(), ids=lambda each: each.name)


@cache
def network_and_images() -> tuple[ScaledNetwork, HeldOutImages, float]:
    """Return a network that was trained on the digits, its test part, and its accuracy there."""
    run = trained(RunConfig(**QUICK))
    prepared = run.prepared_data()
    assert run.result is not None
    assert run.result.test is not None
    network = ScaledNetwork(run.network, prepared.scaler, run.objective.loss)
    return network, held_out_images(prepared), run.result.test.accuracy


@EACH
def test_without_damage_the_accuracy_is_that_of_the_test_part(damage: Damage) -> None:
    network, images, accuracy = network_and_images()
    *_, curve = measure(network, images, damage)
    undamaged = list(curve.strengths).index(0)
    assert curve.n_samples == len(images.rows) == 359
    assert curve.accuracies[undamaged] == pytest.approx(accuracy)
    assert curve.accuracies.min() < accuracy - 0.2  # the strongest damage is worth showing


@EACH
def test_curves_are_always_the_same_and_grow_block_by_block(damage: Damage) -> None:
    network, images, _ = network_and_images()
    first, last = measure(network, images, damage)
    assert first.n_samples == BLOCK
    assert (first.n_right <= last.n_right).all()
    *_, again = measure(network, images, damage)
    np.testing.assert_array_equal(again.n_right, last.n_right)


@EACH
def test_any_process_can_count(damage: Damage) -> None:
    network, images, _ = network_and_images()
    block = images.block(1)
    assert len(block[0]) == len(block[1]) == 359 - BLOCK
    arguments = (network, damage, *block, images.kind, 1)
    copies = pickle.loads(pickle.dumps(arguments))  # noqa: S301
    assert count_right(*copies) == count_right(*arguments)


def test_intervals_and_shares_are_of_the_samples_so_far() -> None:
    _, images, _ = network_and_images()
    curve = empty_curve(CORRUPTIONS["blur"], images.kind)
    assert not curve.accuracies.any()
    assert curve.intervals[0].tolist() == [0, 1]
    curve = curve.with_block([20] * 9, 20).with_block([10] * 9, 20)
    assert curve.accuracies[0] == 0.75
    assert curve.intervals[0].tolist() == list(interval(30, 40))


def test_strengths_have_0_among_them() -> None:
    kind = network_and_images()[1].kind
    for damage in DAMAGES.values():
        strengths = strengths_of(damage, kind)
        assert 0 in strengths
        assert (strengths[0], strengths[-1]) == damage.limits(kind)


def test_chance_is_the_share_of_the_largest_class(monkeypatch) -> None:
    images = network_and_images()[1]
    counts = np.bincount(images.labels[images.rows])
    assert images.chance == counts.max() / 359
    monkeypatch.setattr(robustness, "MAX_TEST_IMAGES", 100)
    fewer = held_out_images(prepare(RunConfig()))
    np.testing.assert_array_equal(fewer.rows, images.rows[:100])


def test_what_is_no_image_and_what_has_no_test_part_is_refused() -> None:
    with pytest.raises(ValueError, match="Only images can be damaged"):
        held_out_images(prepare(RunConfig(dataset="moons")))
    with pytest.raises(ValueError, match="No samples were held out for the test part"):
        held_out_images(prepare(RunConfig(test_fraction=0.0)))


def test_the_example_has_a_curve_for_each_network_and_damage() -> None:
    stored = example()
    assert 0.09 < stored.chance < 0.12
    assert list(stored.curves)[:3] == ["Single layer", "MLP", "MLP, augmented"]
    for curves in stored.curves.values():
        assert list(curves) == list(DAMAGES)
        for curve in curves.values():
            assert len(curve.n_right) == len(curve.strengths)
            assert 0 <= curve.n_right.min() <= curve.n_right.max() <= curve.n_samples
