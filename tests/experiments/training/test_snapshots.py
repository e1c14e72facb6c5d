"""Snapshots keep the first and the newest moment, and thin out what lies between."""

import itertools

import numpy as np
import pytest

from experiments.training.snapshots import Snapshots

FOUR_BYTES = np.float32(0).nbytes


def filled(n_snapshots: int, *, room_for: int) -> Snapshots:
    snapshots = Snapshots(room_for * FOUR_BYTES)
    for step in range(n_snapshots):
        snapshots.keep(step, np.array([step], np.float32))
    return snapshots


def test_within_the_budget_every_moment_is_kept() -> None:
    snapshots = filled(10, room_for=10)
    assert snapshots.steps == tuple(range(10))
    assert snapshots.n_bytes == 40
    assert [snapshots.at(step)[0] for step in range(10)] == list(range(10))


@pytest.mark.parametrize("n_snapshots", [11, 12, 57, 1000])
def test_beyond_it_they_thin_out_evenly(n_snapshots: int) -> None:
    snapshots = filled(n_snapshots, room_for=10)
    *even, newest = snapshots.steps
    assert even[0] == 0
    assert newest == n_snapshots - 1
    assert {later - earlier for earlier, later in itertools.pairwise(even)} == {snapshots.stride}
    assert snapshots.n_bytes <= snapshots.budget


def test_a_moment_that_is_gone_gives_the_one_next_to_it() -> None:
    snapshots = filled(20, room_for=10)
    assert 1 not in snapshots.steps
    assert snapshots.at(1)[0] in (0, snapshots.stride)
    assert snapshots.at(10**9)[0] == 19


def test_a_snapshot_does_not_change_with_the_network() -> None:
    snapshots, parameters = Snapshots(100), np.zeros(2, np.float32)
    snapshots.keep(0, parameters)
    parameters += 1
    np.testing.assert_array_equal(snapshots.at(0), [0, 0])
    with pytest.raises(ValueError, match="read-only"):
        snapshots.at(0)[0] = 1


def test_a_moment_kept_again_is_replaced() -> None:
    snapshots = filled(20, room_for=10)
    snapshots.keep(5, np.array([50], np.float32))
    assert snapshots.at(5)[0] == 50
    assert snapshots.steps == tuple(sorted(set(snapshots.steps)))
    assert snapshots.steps[-1] == 19


def test_the_largest_network_keeps_its_beginning_and_its_end() -> None:
    snapshots = filled(9, room_for=1)
    assert len(snapshots.steps) <= 3
    assert (snapshots.steps[0], snapshots.steps[-1]) == (0, 8)
    assert not snapshots.thin()


def test_thinning_by_hand_halves_them() -> None:
    snapshots = filled(9, room_for=10)
    assert snapshots.thin()
    assert snapshots.steps == (0, 2, 4, 6, 8)


def test_without_snapshots_there_is_nothing_to_go_back_to() -> None:
    assert Snapshots(10).steps == ()
    assert Snapshots(10).n_bytes == 0
    with pytest.raises(LookupError, match="train a step first"):
        Snapshots(10).at(0)
