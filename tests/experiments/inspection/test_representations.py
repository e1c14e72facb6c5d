import itertools
import math

import numpy as np
import pytest

from data.datasets import load
from experiments.config import RunConfig
from experiments.inspection import representations
from experiments.inspection.representations import (
    MAP_SAMPLES,
    align,
    compare_probes,
    linear_probe,
    map_rows,
    mean_share,
    measure_network,
    measures_at,
    neighbor_agreement,
    plane_of,
    planes_at,
    probe_rows,
    probe_samples,
    reference_epoch,
    share_right,
)
from experiments.training.prepared_data import prepare
from experiments.training.run import Run
from mlp.network import Network


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def run() -> Run:
    run = Run(RunConfig(epochs=12, hidden_layers=(24, 12)), keeps_snapshots=True)
    run.complete()
    return run


def test_a_probe_finds_the_straight_cut_that_separates_two_classes(rng) -> None:
    A = rng.normal(size=(60, 5))
    labels = (A @ [1, -2, 0, 3, 1] > 0).astype(int)
    assert (linear_probe(A, labels, A, 2) == labels).mean() > 0.95


def test_no_straight_cut_tells_whether_two_signs_agree_but_neighbors_do(rng) -> None:
    A = rng.uniform(-1, 1, (400, 2))
    labels = (A[:, 0] * A[:, 1] > 0).astype(int)
    assert (linear_probe(A, labels, A, 2) == labels).mean() < 0.65
    assert neighbor_agreement(A, labels, A, labels).mean() > 0.85


@pytest.mark.parametrize("n_units", [20, 80])
def test_both_ways_to_solve_for_a_probe_agree(n_units: int, rng, monkeypatch) -> None:
    """The outputs of (A'A + r I)^-1 A'Y, worked out with the larger of the two systems."""
    A, labels = rng.normal(size=(40, n_units)), rng.integers(0, 3, 40)
    C = A - A.mean(axis=0)
    Y = np.eye(3)[labels] - np.eye(3)[labels].mean(axis=0)
    r = representations.RIDGE * np.square(C).sum() / n_units
    W = np.linalg.inv(C.T @ C + r * np.eye(n_units)) @ C.T @ Y
    expected = (C @ W + np.eye(3)[labels].mean(axis=0)).argmax(axis=1)
    np.testing.assert_array_equal(linear_probe(A, labels, A, 3), expected)


def test_the_agreement_of_neighbors_is_the_share_with_the_same_class() -> None:
    learned = np.array([[0.0], [1], [2], [10], [11]])
    labels = np.array([0, 0, 1, 1, 1])
    found = neighbor_agreement(learned, labels, np.array([[0.4], [10]]), np.array([0, 0]), 3)
    np.testing.assert_allclose(found, [2 / 3, 0])
    everyone = neighbor_agreement(learned, labels, np.array([[0.4]]), np.array([1]))
    np.testing.assert_allclose(everyone, [0.6])


def test_shares_come_with_intervals() -> None:
    """Of 10 of 10, Clopper and Pearson say at least 0.025 ** (1 / 10)."""
    assert share_right(np.ones(10, bool)) == (1, pytest.approx(0.025**0.1), 1)
    right = share_right(np.arange(100) < 90)
    assert (right.low, right.high) == (
        pytest.approx(0.8238, abs=1e-4),
        pytest.approx(0.951, abs=1e-3),
    )


def test_a_mean_of_shares_has_an_interval_even_if_all_are_the_same() -> None:
    """Wilson's: for 10 of 10 the lower limit is 1 / (1 + 1.96^2 / 10)."""
    assert mean_share(np.ones(10)) == (1, pytest.approx(1 / 1.38416), pytest.approx(1))
    half = mean_share(np.array([0.4, 0.6] * 50))
    assert half == (
        pytest.approx(0.5),
        pytest.approx(0.4038, abs=1e-4),
        pytest.approx(0.5962, abs=1e-4),
    )


def test_training_untangles_the_classes(run: Run) -> None:
    untrained, trained = measures_at(run, 0)[-1], measures_at(run, run.step)[-1]
    for before, after in (
        (untrained.probe, trained.probe),
        (untrained.neighbors, trained.neighbors),
    ):
        assert before.high < after.low
    compared = compare_probes(untrained, trained)
    assert compared.only_other > compared.only_first
    assert compared.is_significant


def test_a_probe_learns_from_the_training_part_and_is_scored_on_the_validation_part() -> None:
    prepared = prepare(RunConfig())
    samples = probe_samples(prepared, (64, 32, 10))
    assert probe_rows(prepared, (64, 32, 10)).part == "validation"
    assert len(samples.learned) == len(prepared.training.X)
    assert len(samples.scored) == len(prepared.validation.X)
    assert _rows(samples.X_scored) == _rows(prepared.validation.X)


def test_without_a_validation_part_training_samples_are_held_back() -> None:
    prepared = prepare(RunConfig(validation_fraction=0.0))
    samples = probe_samples(prepared, (64, 32, 10))
    assert probe_rows(prepared, (64, 32, 10)).part == "training"
    assert len(samples.learned) + len(samples.scored) == len(prepared.training.X)
    together = _rows(samples.X_learned) + _rows(samples.X_scored)
    assert sorted(together) == sorted(_rows(prepared.training.X))


def _rows(X: np.ndarray) -> list[bytes]:
    return sorted(row.tobytes() for row in X)


def test_a_large_network_is_measured_on_fewer_samples() -> None:
    prepared = prepare(RunConfig())
    for sizes in ((64, 1024, 1024, 10), (5000, 8, 10)):
        rows = probe_rows(prepared, sizes)
        assert (len(rows.learned), len(rows.scored)) == (400, 200)


def test_points_are_turned_back_onto_those_they_were_turned_from(rng) -> None:
    points = rng.normal(size=(30, 2)).astype(np.float32)
    turned = points @ np.array([[0.6, 0.8], [0.8, -0.6]], np.float32)  # and mirrored
    np.testing.assert_allclose(align(turned, points), points, atol=1e-5)


def test_an_epoch_is_aligned_with_the_power_of_two_before_it() -> None:
    found = [reference_epoch(epoch) for epoch in range(10)]
    assert found == [None, 0, 1, 2, 2, 4, 4, 4, 4, 8]


def test_points_travel_from_epoch_to_epoch_rather_than_jump(run: Run) -> None:
    steps = run.snapshots.steps
    for layer in (1, 2):
        points = [planes_at(run, step)[layer].points for step in steps]
        travel = [np.square(b - a).sum(axis=1).mean() for a, b in itertools.pairwise(points)]
        assert max(travel[2:]) < 0.3**2  # of the mean distance from the center, which is 1


def test_a_plane_has_a_scale_of_its_own(run: Run) -> None:
    part, positions = map_rows(run)
    planes = planes_at(run, run.step)
    assert part == "validation"
    assert len(positions) == min(MAP_SAMPLES, len(run.prepared_data().validation.X))
    assert [plane.n_units for plane in planes] == [64, 24, 12]
    for plane in planes:
        assert plane.points.shape == (len(positions), 2)
        assert np.square(plane.points).sum(axis=1).mean() == pytest.approx(1, rel=1e-3)
        assert 0.1 < plane.variance_ratio < 1


def test_two_features_are_drawn_as_they_are() -> None:
    X = load("circles").X[:50].astype(np.float32)
    points = plane_of(X).points
    centered = X - X.mean(axis=0)
    np.testing.assert_allclose(points / points[0], centered / centered[0], rtol=1e-2)


def test_a_single_layer_has_only_its_input() -> None:
    run = Run(RunConfig(epochs=1, hidden_layers=()), keeps_snapshots=True)
    run.complete()
    assert len(planes_at(run, run.step)) == len(measures_at(run, run.step)) == 1


def test_activations_that_are_not_finite_or_all_the_same_give_points_in_one_place() -> None:
    network = Network((64, 5, 5, 10))  # all weights are 0
    samples = probe_samples(prepare(RunConfig()), network.sizes)
    dead = measure_network(network, samples, 10)
    assert [layer.probe.value < 0.2 for layer in dead] == [True, True]
    assert not plane_of(np.zeros((9, 5), np.float32)).points.any()
    network.parameters[:] = math.nan
    assert [layer.probe for layer in measure_network(network, samples, 10)] == [None, None]
    assert plane_of(np.full((9, 5), math.inf, np.float32)).is_finite is False
