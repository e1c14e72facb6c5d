"""Training, validation and test part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.datasets import load
from data.split import SPLITS, block_split, stratified_split


@given(
    st.lists(st.integers(10, 40), min_size=2, max_size=5),
    st.floats(0.1, 0.4),
    st.floats(0.1, 0.4),
    st.integers(0, 2**32),
)
def test_parts_are_disjoint_complete_and_of_the_same_mix(
    counts: list[int], validation_fraction: float, test_fraction: float, seed: int
) -> None:
    labels = np.repeat(np.arange(len(counts)), counts)
    split = stratified_split(
        labels,
        validation_fraction=validation_fraction,
        test_fraction=test_fraction,
        rng=np.random.default_rng(seed),
    )
    np.testing.assert_array_equal(np.sort(np.concatenate(split)), np.arange(len(labels)))
    for rows, fraction in ((split.validation, validation_fraction), (split.test, test_fraction)):
        for label, count in enumerate(counts):
            assert abs(np.sum(labels[rows] == label) - fraction * count) <= 0.5


@pytest.mark.parametrize("name", SPLITS)
def test_nothing_held_out_leaves_all_for_training(name: str) -> None:
    labels = np.array([0, 0, 1, 1])
    split = SPLITS[name](
        labels, validation_fraction=0, test_fraction=0, rng=np.random.default_rng(0)
    )
    assert [len(part) for part in split] == [4, 0, 0]


@pytest.mark.parametrize("name", SPLITS)
@pytest.mark.parametrize(("validation", "test"), [(0.5, 0.5), (-0.1, 0.2), (0.9, 0.2)])
def test_fractions_leave_something_for_training(name: str, validation: float, test: float) -> None:
    with pytest.raises(ValueError, match="together below 1"):
        SPLITS[name](
            np.zeros(9, int),
            validation_fraction=validation,
            test_fraction=test,
            rng=np.random.default_rng(0),
        )


def test_a_class_too_small_for_every_part_is_named() -> None:
    with pytest.raises(ValueError, match="Class 1 has 2 samples, too few"):
        stratified_split(
            np.array([0] * 20 + [1] * 2),
            validation_fraction=0.2,
            test_fraction=0.2,
            rng=np.random.default_rng(0),
        )


@given(st.integers(20, 200), st.floats(0.1, 0.4), st.floats(0.1, 0.4))
def test_blocks_follow_each_other_in_the_order_of_recording(
    n_samples: int, validation_fraction: float, test_fraction: float
) -> None:
    split = block_split(
        np.arange(n_samples) % 2,
        validation_fraction=validation_fraction,
        test_fraction=test_fraction,
    )
    np.testing.assert_array_equal(np.concatenate(split), np.arange(n_samples))
    assert abs(len(split.validation) - validation_fraction * n_samples) <= 0.5
    assert abs(len(split.test) - test_fraction * n_samples) <= 0.5


def test_two_sevenths_of_mnist_are_the_usual_parts() -> None:
    split = block_split(np.arange(70_000) % 10, validation_fraction=1 / 7, test_fraction=1 / 7)
    assert [len(part) for part in split] == [50_000, 10_000, 10_000]
    assert split.test[0] == 60_000


def test_blocks_do_not_depend_on_the_seed() -> None:
    labels = load("digits").labels
    first, second = (
        SPLITS["blocks"](
            labels, validation_fraction=0.2, test_fraction=0.2, rng=np.random.default_rng(seed)
        )
        for seed in (0, 1)
    )
    assert [len(part) for part in first] == [1079, 359, 359]
    np.testing.assert_array_equal(first.test, second.test)


def test_a_requested_part_must_not_be_empty() -> None:
    with pytest.raises(ValueError, match="4 samples are too few to be in every part"):
        block_split(np.array([0, 1, 0, 1]), validation_fraction=0.1, test_fraction=0.25)
    with pytest.raises(ValueError, match="4 samples are too few to be in every part"):
        block_split(np.array([0, 1, 0, 1]), validation_fraction=0.25, test_fraction=0.1)


def test_training_blocks_must_hold_every_class() -> None:
    with pytest.raises(ValueError, match="Class 2 is not among the first 6 samples"):
        block_split(np.repeat([0, 1, 2], [3, 3, 4]), validation_fraction=0.2, test_fraction=0.2)
