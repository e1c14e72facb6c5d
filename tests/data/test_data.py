"""Datasets, splits and scalers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from data.datasets import DATASETS, load
from data.scaling import SCALERS, fit_pixel_scaler, fit_z_score_scaler
from data.split import stratified_split


def test_the_embedded_digits_are_those_of_scikit_learn() -> None:
    theirs, ours = load_digits(), load("digits")
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(ours.labels, theirs.target)
    assert ours.class_names == tuple(str(name) for name in theirs.target_names)


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_is_what_it_says(name: str) -> None:
    dataset = load(name)
    assert dataset.name == name
    assert dataset.X.dtype == np.float32
    assert dataset.X.shape == (dataset.n_samples, np.prod(dataset.image_shape))
    assert dataset.X.min() >= 0
    assert dataset.X.max() <= dataset.maximum
    assert set(dataset.labels) == set(range(dataset.n_classes))


def test_everyone_shares_one_copy_that_nobody_can_change() -> None:
    assert load("digits") is load("digits")
    with pytest.raises(ValueError, match="read-only"):
        load("digits").X[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        load("digits").labels[0] = 1


def test_an_unknown_dataset_lists_the_choices() -> None:
    with pytest.raises(ValueError, match=r"There is no dataset 'letters'. Choose one of: digits"):
        load("letters")


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


def test_nothing_held_out_leaves_all_for_training() -> None:
    labels = np.array([0, 0, 1, 1])
    split = stratified_split(
        labels, validation_fraction=0, test_fraction=0, rng=np.random.default_rng(0)
    )
    assert [len(part) for part in split] == [4, 0, 0]


@pytest.mark.parametrize(("validation", "test"), [(0.5, 0.5), (-0.1, 0.2), (0.9, 0.2)])
def test_fractions_leave_something_for_training(validation: float, test: float) -> None:
    with pytest.raises(ValueError, match="together below 1"):
        stratified_split(
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


def test_pixels_end_up_between_blank_and_full() -> None:
    X = np.array([[0, 4], [16, 8]], np.float32)
    np.testing.assert_array_equal(fit_pixel_scaler(X, 16).transform(X), [[0, 0.25], [1, 0.5]])


def test_z_scores_have_mean_zero_and_spread_one() -> None:
    X = load("digits").X
    scaled = fit_z_score_scaler(X, 16).transform(X)
    moving = X.std(axis=0) > 0
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(scaled.std(axis=0)[moving], 1, atol=1e-4)


def test_a_pixel_that_was_constant_in_training_stays_finite() -> None:
    training, test = np.full((5, 1), 3, np.float32), np.array([[16]], np.float32)
    np.testing.assert_array_equal(fit_z_score_scaler(training, 16).transform(test), [[13]])


@pytest.mark.parametrize("name", SCALERS)
def test_scaling_gives_single_precision_and_leaves_the_data_alone(name: str) -> None:
    X = load("digits").X[:100]
    before = X.copy()
    scaled = SCALERS[name](X, 16).transform(X)
    assert scaled.dtype == np.float32
    np.testing.assert_array_equal(X, before)
