"""Points in the plane are drawn as the config says, and networks get features of them."""

import numpy as np
import pytest

from data.datasets import load
from data.plane_features import PLANE_FEATURES, plane_features
from experiments.config import OWN, RunConfig
from experiments.training.prepared_data import MOST_POINT_SETS, prepare
from tests.datasets import dataset

FEATURES = ("x1x1", "x2x2")
RING = RunConfig(dataset="circles", features=FEATURES, points=200)


def own_table(n_columns: int, factor: float = 1.0):
    X = np.random.default_rng(0).normal(0, factor, (90, n_columns)).astype(np.float32)
    return dataset(X, [0, 1, 2] * 30)


def test_the_usual_points_are_those_of_the_dataset() -> None:
    prepared = prepare(RunConfig(dataset="moons"))
    assert prepared.dataset is prepared.recorded
    np.testing.assert_array_equal(prepared.dataset.X, load("moons").X)
    np.testing.assert_array_equal(prepared.plane, load("moons").X)
    assert prepared.dataset.feature_names == ()
    assert prepared.has_coordinates


def test_points_are_drawn_as_the_config_says() -> None:
    config = RunConfig(dataset="blobs", points=100, point_classes=5, label_noise=0.1, points_seed=7)
    prepared = prepare(config)
    assert prepared.dataset.n_samples == sum(map(len, prepared.split)) == 100
    assert prepared.dataset.n_classes == prepared.training.targets.shape[1] == 5
    assert (prepared.dataset.labels != np.arange(100) % 5).sum() == 10
    held_out = np.concatenate([prepared.split.validation, prepared.split.test])
    assert (prepared.dataset.labels != np.arange(100) % 5)[held_out].any()


def test_a_network_gets_the_features_and_the_plane_stays() -> None:
    prepared = prepare(RING)
    assert prepared.dataset.feature_names == ("x₁²", "x₂²")
    assert prepared.plane.shape == (200, 2)
    assert not prepared.has_coordinates
    expected = prepared.scaler.transform(plane_features(prepared.plane, FEATURES))
    np.testing.assert_array_equal(expected[prepared.split.test], prepared.test.X)
    np.testing.assert_array_equal(prepared.inputs_at(prepared.plane), expected)
    assert prepared.dataset.maximum == prepared.dataset.X.max()


def test_runs_that_agree_on_the_points_share_them() -> None:
    assert prepare(RING) is prepare(RING.model_copy(update={"epochs": 1}))
    other = RING.model_copy(update={"features": ("x1",), "seed": 1})
    assert prepare(RING).recorded is prepare(other).recorded


def test_only_so_many_sets_of_points_are_kept() -> None:
    digits, first = prepare(RunConfig()), prepare(RING)
    for seed in range(MOST_POINT_SETS):
        prepare(RunConfig(dataset="xor", points=20, points_seed=seed))
    assert prepare(RING) is not first
    assert prepare(RunConfig()) is digits


def test_settings_that_a_dataset_does_not_read_make_no_other_copy() -> None:
    plain, changed = RunConfig(), RunConfig(points=100, features=FEATURES, label_noise=0.3)
    assert prepare(plain) is prepare(changed)
    assert prepare(plain).plane is None
    assert not prepare(plain).has_coordinates
    moons = RunConfig(dataset="moons")
    assert prepare(moons) is prepare(RunConfig(dataset="moons", curve="step", point_classes=5))


def test_own_tables_of_two_columns_have_features() -> None:
    own = own_table(2)
    prepared = prepare(RunConfig(dataset=OWN, features=tuple(PLANE_FEATURES)), own)
    assert prepared.dataset.n_features == 7
    np.testing.assert_array_equal(prepared.plane, own.X)
    assert prepare(RunConfig(dataset=OWN), own).dataset is own


def test_features_of_other_tables_are_refused_and_the_usual_ones_have_no_effect() -> None:
    own = own_table(5)
    assert prepare(RunConfig(dataset=OWN), own).dataset is own
    with pytest.raises(
        ValueError,
        match=r"The features x1x1, x2x2 are made of two columns, but"
        r" your data have 5\. Choose the features x1, x2, which leave",
    ):
        prepare(RunConfig(dataset=OWN, features=FEATURES), own)


def test_features_too_large_to_compute_with_are_refused() -> None:
    config = RunConfig(dataset=OWN, features=FEATURES)
    for factor in (1e17, 1e25):
        with pytest.raises(ValueError, match=r"x2x2 of your data are too large to comp"):
            prepare(config, own_table(2, factor))
