"""Features scaled to a range in which a network learns well."""

import numpy as np
import pytest

from data.datasets import load
from data.scaling import (
    ROWS_AT_ONCE,
    SCALERS,
    fit_global_z_score_scaler,
    fit_pixel_scaler,
    fit_z_score_scaler,
)


def test_scaled_pixels_are_between_blank_and_full() -> None:
    X = np.array([[0, 4], [16, 8]], np.float32)
    np.testing.assert_array_equal(fit_pixel_scaler(X, 16).transform(X), [[0, 0.25], [1, 0.5]])


def test_where_no_largest_value_is_known_that_of_the_training_samples_counts() -> None:
    training = np.array([[-4, 1], [2, 0]], np.float32)
    scaled = fit_pixel_scaler(training, None).transform(np.array([[8, 2]], np.float32))
    np.testing.assert_array_equal(scaled, [[2, 0.5]])
    assert fit_pixel_scaler(np.zeros((3, 2), np.float32), None).scale.tolist() == [1, 1]


def test_z_scores_have_mean_zero_and_spread_one() -> None:
    X = load("digits").X
    scaled = fit_z_score_scaler(X, 16).transform(X)
    moving = X.std(axis=0) > 0
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(scaled.std(axis=0)[moving], 1, atol=1e-4)


def test_global_z_scores_have_one_mean_and_one_spread() -> None:
    X = load("digits").X
    scaler = fit_global_z_score_scaler(X, 16)
    assert len(set(scaler.shift)) == len(set(scaler.scale)) == 1
    scaled = scaler.transform(X).astype(np.float64)
    assert scaled.mean() == pytest.approx(0, abs=1e-6)
    assert scaled.std() == pytest.approx(1, abs=1e-6)
    assert len(set(scaled.std(axis=0))) > 32  # pixels keep their own


@pytest.mark.parametrize("fit", [fit_z_score_scaler, fit_global_z_score_scaler])
def test_a_small_spread_of_large_numbers_is_found(fit) -> None:
    X = np.tile(np.array([[1e6], [1e6 + 1]], np.float32), (500, 1))
    scaler = fit(X, None)
    np.testing.assert_array_equal(scaler.scale, [0.5])
    np.testing.assert_array_equal(np.unique(scaler.transform(X)), [-1, 1])


@pytest.mark.parametrize("name", SCALERS)
@pytest.mark.parametrize("value", [0, 0.1, 1e-45, 1e6 + 0.3])
def test_constant_and_tiny_features_stay_finite(name: str, value: float) -> None:
    for X in (np.full((7, 2), value, np.float32), np.array([[value], [0]], np.float32)):
        assert np.isfinite(SCALERS[name](X, None).transform(X)).all()


def test_a_pixel_that_was_constant_in_training_stays_finite() -> None:
    training, test = np.full((5, 1), 3, np.float32), np.array([[16]], np.float32)
    np.testing.assert_array_equal(fit_z_score_scaler(training, 16).transform(test), [[13]])


@pytest.mark.parametrize("name", SCALERS)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_scaling_gives_single_precision_and_leaves_the_data_alone(name: str, dtype) -> None:
    X = load("digits").X[:100].astype(dtype)
    before = X.copy()
    scaled = SCALERS[name](X, 16).transform(X)
    assert scaled.dtype == np.float32
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("name", SCALERS)
def test_bytes_and_floats_scale_alike(name: str) -> None:
    pixels = load("digits").X
    numbers = pixels.astype(np.float32)
    np.testing.assert_array_equal(
        SCALERS[name](pixels, 16).transform(pixels), SCALERS[name](numbers, 16).transform(numbers)
    )


def test_the_spread_is_that_of_numpy_also_over_many_rows() -> None:
    few = load("digits").X
    many = np.random.default_rng(0).integers(0, 256, (2 * ROWS_AT_ONCE + 7, 5), np.uint8)
    for X in (few, many):
        spread = X.std(axis=0, dtype=np.float64).astype(np.float32)
        np.testing.assert_array_equal(
            fit_z_score_scaler(X, 255).scale, np.where(spread == 0, 1, spread)
        )


@pytest.mark.parametrize("name", SCALERS)
def test_scaling_many_images_needs_little_beside_the_result(peak_memory, name: str) -> None:
    X = np.zeros((20_000, 784), np.uint8)
    scaler = SCALERS[name](X, 255)
    assert peak_memory(lambda: SCALERS[name](X, 255)) < 2.5 * ROWS_AT_ONCE * 784 * 8
    assert peak_memory(lambda: scaler.transform(X)) < 1.1 * X.size * 4


def test_a_large_feature_does_not_hide_the_spread_of_a_small_one() -> None:
    X = np.array([[1.7e9, 0], [1.7e9 + 5e8, 100]], np.float32)
    scaler = fit_z_score_scaler(X, float(X.max()))
    np.testing.assert_allclose(scaler.scale, [2.5e8, 50])
