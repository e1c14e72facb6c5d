"""The loss around a network, and on the line between two."""

import numpy as np
import pytest

from experiments.background.background_task import Status
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import SliceScheduler
from experiments.config import RunConfig
from experiments.inspection.loss_landscape import (
    PRINCIPAL,
    RANDOM,
    Evaluation,
    Look,
    LossLandscape,
    can_share,
    capped,
    grid_points,
    lay_out,
    path_of,
    score_some,
    scores_at,
    some_of,
)
from experiments.inspection.loss_line import LossLine, barrier_of, line_between, line_points
from experiments.inspection.parameter_plane import ParameterPlane
from experiments.training.run import Run
from mlp.evaluation import evaluate
from tests.waiting import PATIENCE

SMALL = RunConfig(hidden_layers=(6,), epochs=3, l2=0.01)
SCHEDULER = SliceScheduler(SliceExecutor)


def run_of(config: RunConfig) -> Run:
    run = Run(config, keeps_snapshots=True)
    run.complete()
    return run


@pytest.fixture(scope="module")
def run() -> Run:
    return run_of(SMALL)


def evaluation_of(run: Run, part: str = "training", n_samples: int = 60) -> Evaluation:
    samples = run.prepared_data().samples(part)
    assert samples
    return Evaluation(run.network, run.objective, some_of(samples, n_samples))


def landscape_of(run: Run, look: Look, *others: Run) -> LossLandscape:
    paths = [path_of(each, f"Run {i}", i) for i, each in enumerate((run, *others))]
    landscape = LossLandscape(evaluation_of(run, look.part), paths, look, scheduler=SCHEDULER)
    landscape.go()
    assert landscape.join(PATIENCE)
    return landscape


@pytest.mark.parametrize("directions", [PRINCIPAL, RANDOM])
@pytest.mark.parametrize("part", ["training", "validation"])
def test_the_loss_in_the_middle_is_that_of_the_run(run: Run, directions: str, part: str) -> None:
    """Its own loss on these samples, penalty included."""
    landscape = landscape_of(run, Look(directions, part, 5))
    layout, own = landscape.layout, evaluate(*evaluation_of(run, part))
    assert (landscape.status, landscape.fraction) == (Status.FINISHED, 1)
    assert layout is not None
    row, column = np.flatnonzero(layout.y == 0)[0], np.flatnonzero(layout.x == 0)[0]
    assert landscape.center == own
    assert landscape.losses[row, column] == own.loss
    assert landscape.accuracies[row, column] == own.accuracy
    assert layout.paths[0].losses[-1] == own.loss
    assert np.isfinite(landscape.losses).all()


def test_a_landscape_is_the_loss_at_each_point_row_by_row(run: Run) -> None:
    look = Look(RANDOM, n_points=3, seed=4)
    landscape, evaluation = landscape_of(run, look), evaluation_of(run)
    layout = lay_out(run.network, [path_of(run)], look)
    for i, y in enumerate(layout.y):
        for j, x in enumerate(layout.x):
            parameters = layout.plane.origin + x * layout.plane.directions[0]
            parameters = (parameters + y * layout.plane.directions[1]).astype(np.float32)
            assert landscape.losses[i, j] == pytest.approx(evaluation.score(parameters).loss)
    again = landscape_of(run, look)
    assert again.losses.tobytes() == landscape.losses.tobytes()


def test_the_last_snapshot_is_the_middle_and_two_directions_hold_most_of_the_way(run: Run) -> None:
    layout = lay_out(run.network, [path_of(run)], Look(PRINCIPAL))
    (path,) = layout.paths
    assert path.epochs.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(path.coordinates[-1], 0, atol=1e-6)
    assert path.coordinates[0, 0] < -1
    assert 0.9 < layout.variance_shares.sum() <= 1
    random = lay_out(run.network, [path_of(run)], Look(RANDOM))
    assert random.variance_shares.sum() < 0.1


def test_several_runs_lie_on_one_landscape(run: Run) -> None:
    sgd = run_of(SMALL.model_copy(update={"optimizer": "sgd", "learning_rate": 0.1}))
    layout = landscape_of(run, Look(n_points=5), sgd).layout
    assert layout is not None
    own, other = layout.paths
    np.testing.assert_allclose(own.coordinates[0], other.coordinates[0], atol=1e-5)
    assert not np.allclose(own.coordinates[-1], other.coordinates[-1])
    assert np.isfinite(other.losses).all()
    for path in layout.paths:
        assert layout.x[0] < path.coordinates[:, 0].min() < path.coordinates[:, 0].max()


@pytest.mark.parametrize(
    ("change", "is_possible"),
    [
        ({"optimizer": "sgd"}, True),
        ({"seed": 1}, True),
        ({"l2": 0.0}, True),
        ({"hidden_layers": (7,)}, False),
        ({"activation": "tanh"}, False),
        ({"scaling": "z-score"}, False),
    ],
)
def test_runs_share_a_landscape_if_their_networks_are_alike(
    run: Run, change: dict, is_possible: bool
) -> None:
    assert can_share(run, Run(SMALL.model_copy(update=change))) is is_possible


def test_an_untrained_network_has_no_directions_of_its_own() -> None:
    untrained = Run(SMALL, keeps_snapshots=True)
    landscape = landscape_of(untrained, Look(PRINCIPAL, n_points=3))
    assert landscape.status is Status.FAILED
    assert landscape.problem == "No epoch of this run was kept. Choose random directions."
    assert np.isnan(landscape.losses).all()
    assert np.isfinite(landscape_of(untrained, Look(RANDOM, n_points=3)).losses).all()


def test_snapshots_that_are_no_numbers_are_left_out(run: Run) -> None:
    broken = run_of(SMALL)
    broken.snapshots.keep(10**6, np.full_like(broken.network.parameters, np.nan))
    assert len(path_of(broken).snapshots) == len(path_of(run).snapshots)


def test_the_path_of_a_long_run_is_thinned_and_keeps_its_ends() -> None:
    long = run_of(SMALL.model_copy(update={"epochs": 12}))
    assert path_of(long, most=4).epochs.tolist() == [0, 4, 8, 12]


def test_a_slice_ends_when_its_time_is_up(run: Run) -> None:
    plane = ParameterPlane(run.network.parameters, np.ones_like(run.network.parameters)[np.newaxis])
    points = np.zeros((3, 1))
    assert len(score_some(evaluation_of(run), plane, points, 0.0)) == 1
    assert len(list(scores_at(evaluation_of(run), plane, points))) == 3


def test_a_landscape_can_be_stopped_and_keeps_what_it_has(run: Run) -> None:
    landscape = LossLandscape(
        evaluation_of(run), [path_of(run)], Look(n_points=9), scheduler=SCHEDULER
    )
    landscape.stop(0)
    landscape.go()
    assert landscape.join(PATIENCE)
    assert landscape.status is Status.STOPPED
    assert np.isnan(landscape.losses).all()


def test_the_rows_nearest_to_the_middle_come_first() -> None:
    points = grid_points(np.array([-1.0, 0]), np.array([-2.0, -1, 0, 1]))
    assert points.tolist()[:4] == [[-1, 0], [0, 0], [-1, -1], [0, -1]]


def test_some_samples_are_always_the_same_ones(run: Run) -> None:
    training = run.prepared_data().training
    assert some_of(training, 10**6) is training
    first, same = some_of(training, 20), some_of(training, 20)
    assert len(first.X) == len(first.targets) == 20
    assert first.X.tobytes() == same.X.tobytes()


def test_losses_that_are_no_numbers_are_capped_and_counted() -> None:
    found = capped(np.array([[0.5, np.inf], [np.nan, 2.0]]))
    np.testing.assert_array_equal(found.losses, [[0.5, 2.0], [np.nan, 2.0]])
    assert found[1:] == (2.0, 1)
    far = capped(np.array([1e-3, 1e9, 0.0]))
    np.testing.assert_allclose(far.losses, [1e-3, 100, 1e-3])
    assert far[1:] == (100, 1)
    assert capped(np.array([1.0, 2.0]))[1:] == (None, 0)
    assert capped(np.array([np.nan]))[1:] == (None, 0)
    assert np.isfinite(capped(np.array([np.inf])).losses).all()


def test_the_line_leads_from_one_network_to_the_other(run: Run) -> None:
    first, last = run.snapshots.at(0), run.network.parameters
    parts = {part: evaluation_of(run, part) for part in ("training", "validation")}
    line = LossLine(parts, first, last, scheduler=SCHEDULER)
    line.go()
    assert line.join(PATIENCE)
    assert (line.status, line.fraction) == (Status.FINISHED, 1)
    for part, scored in line.scored.items():
        at_ends = [scored.losses[line.t == end][0] for end in (0, 1)]
        ends = [parts[part].score(parameters).loss for parameters in (first, last)]
        np.testing.assert_allclose(at_ends, ends, rtol=1e-5)
    assert line.distance == pytest.approx(np.linalg.norm(last - first))


def test_the_coordinates_of_a_line_hold_both_ends() -> None:
    t = line_points()
    assert (t[0], t[-1]) == (-0.25, 1.25)
    assert {0, 1} <= set(t)
    np.testing.assert_array_equal(line_between(np.zeros(2), np.ones(2)).at([0.5]), [0.5, 0.5])


def test_a_barrier_is_measured_from_the_straight_line_between_the_ends() -> None:
    t = np.array([-1, 0, 0.25, 0.5, 1, 2])
    assert barrier_of(t, np.array([9.0, 1, 2, 4, 3, 9])) == (2, 0.5)
    assert barrier_of(t, np.array([9.0, 3, 2, 1, 1, 9])).height == 0
    assert barrier_of(t, np.array([9.0, 3, 2, np.inf, 1, 9])) == (np.inf, 0.5)
