"""Training, validation and test part."""

from difflib import SequenceMatcher

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.datasets import DIGITS_BLOCK_STARTS, load
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


# Blocks of the digits: a writer each ------------------------------------------------


def starts_of_writers(text: str, dictated: str) -> list[int]:
    """Find where each writer begins: there ends what is like the sequence, and it begins anew."""

    def likeness(written: str, all_wrote: str = dictated) -> float:
        return SequenceMatcher(None, all_wrote, written, autojunk=False).ratio()

    def fit(end: int) -> float:
        return likeness(text[starts[-1] : end]) + likeness(text[end : end + 30], dictated[:30])

    starts = [0]
    while starts[-1] + len(dictated) < len(text):
        starts.append(max(range(starts[-1] + 115, starts[-1] + 136), key=fit))
    return starts


def test_a_writer_of_the_digits_begins_where_the_dictated_sequence_does() -> None:
    text = "".join(map(str, load("digits").labels))
    dictated = text[386:516]  # five writers have all 130
    assert dictated.startswith(3 * "0123456789")
    assert text.count(dictated) >= 5
    assert starts_of_writers(text, dictated) == list(DIGITS_BLOCK_STARTS)


def digits_in_blocks(validation_fraction: float, test_fraction: float) -> list[int]:
    """Return the sizes of the parts; no writer may be in two of them."""
    split = block_split(
        load("digits").labels,
        validation_fraction=validation_fraction,
        test_fraction=test_fraction,
        block_starts=DIGITS_BLOCK_STARTS,
    )
    np.testing.assert_array_equal(np.concatenate(split), np.arange(1797))
    assert {int(rows[0]) for rows in split if len(rows)} <= set(DIGITS_BLOCK_STARTS)
    return [len(rows) for rows in split]


def test_digits_are_cut_where_a_writer_ends() -> None:
    assert digits_in_blocks(0.2, 0.2) == [1029, 386, 382]
    assert digits_in_blocks(0, 0.2) == [1415, 0, 382]
    assert digits_in_blocks(0.2, 0) == [1415, 382, 0]
    assert digits_in_blocks(0, 0) == [1797, 0, 0]


@given(st.floats(0, 0.49), st.floats(0, 0.49))
def test_every_part_that_is_asked_for_has_a_whole_writer(validation: float, test: float) -> None:
    sizes = digits_in_blocks(validation, test)
    for size, fraction in zip(sizes[1:], (validation, test), strict=True):
        assert (size > 0) == (fraction > 0)
        assert abs(size - fraction * 1797) <= 130


def test_small_and_large_shares_leave_a_writer_for_each_part() -> None:
    assert digits_in_blocks(0.001, 0.001) == [1545, 122, 130]
    assert digits_in_blocks(0.8, 0.19) == [130, 1285, 382]
    assert digits_in_blocks(0.01, 0.98) == [130, 126, 1541]


def test_fewer_blocks_than_parts_are_refused() -> None:
    with pytest.raises(ValueError, match="2 blocks cannot be in 3 parts, each of whole blocks"):
        block_split(
            np.zeros(9, int), validation_fraction=0.2, test_fraction=0.2, block_starts=(0, 5)
        )
