"""The loss around a network: what training would have found, had it gone another way.

At each point of a plane through the space of all parameters (see parameter_plane.py), the network
with these parameters is evaluated on a few samples. The path that training took is projected onto
the same plane; that of other runs as well.

    plane = ParameterPlane(network.parameters, filter_normalized_directions(network, rng=rng))
    points = grid_points(axis_around_origin(1.0, 25), axis_around_origin(1.0, 25))
    scores = list(scores_at(Evaluation(network, objective, some_of(samples)), plane, points))
"""

import copy
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from experiments.background.background_task import BackgroundTask, Status
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import Share
from experiments.config import DATA_SETTINGS
from experiments.inspection.parameter_plane import (
    Floats,
    ParameterPlane,
    axis_around_origin,
    axis_around_path,
    filter_normalized_directions,
    principal_directions,
    project,
    variance_shares,
)
from experiments.training.run import Run
from mlp.arrays import Array
from mlp.evaluation import evaluate
from mlp.losses import Objective
from mlp.network import Network
from mlp.records import Score
from mlp.samples import Samples

N_SAMPLES = 500  # that are evaluated at each point
SAMPLES_SEED = 0
MAX_SNAPSHOTS = 96  # of all paths of a picture
MAX_PATHS = 4  # on one landscape
SLICE_BYTES = 8_000_000  # of snapshots that are handed to another process at once
LARGEST_RATIO = 1e5  # of the largest loss that is drawn to the smallest
RANDOM, PRINCIPAL = "random", "principal"


def some_of(samples: Samples, n_samples: int = N_SAMPLES) -> Samples:
    """Return so many samples, drawn at random and always the same; all, if there are no more."""
    if len(samples.X) <= n_samples:
        return samples
    order = np.random.default_rng(SAMPLES_SEED).permutation(len(samples.X))
    rows = np.sort(order[:n_samples])
    return samples.each(lambda part: part[rows])


class Evaluation(NamedTuple):
    """What is evaluated at each point: a network with other parameters, on always the same samples.

    network : is not changed
    objective : what its training minimizes
    """

    network: Network
    objective: Objective
    samples: Samples

    def score(self, parameters: Array) -> Score:
        """Return the loss, penalties included, and the accuracy with some parameters.

        The loss is the one that training reports, without dropout and augmentation.

        Parameters
        ----------
        parameters : (n_parameters,)
        """
        moved = copy.copy(self.network)
        moved.parameters = parameters
        return evaluate(moved, self.objective, self.samples)


def scores_at(evaluation: Evaluation, plane: ParameterPlane, points: Floats) -> Iterator[Score]:
    """Yield the score at each point of a plane; (n_points, n_directions) are their coordinates."""
    for point in points:
        yield evaluation.score(plane.at(point))


def score_some(
    evaluation: Evaluation, plane: ParameterPlane, points: Floats, seconds: float
) -> list[Score]:
    """Return the scores at the first few points, as far as the time reaches; at least one."""
    deadline = time.monotonic() + seconds
    scores = []
    for score in scores_at(evaluation, plane, points):
        scores.append(score)
        if time.monotonic() > deadline:
            break
    return scores


def score_each(evaluation: Evaluation, snapshots: Sequence[Array]) -> list[Score]:
    """Return the score with the parameters of each snapshot."""
    return [evaluation.score(snapshot) for snapshot in snapshots]


def grid_points(x: Floats, y: Floats) -> Floats:
    """Return all points of a grid, (n_y * n_x, 2), row by row, those nearest to y = 0 first."""
    rows = y[nearest_rows(y)]
    return np.stack([np.tile(x, len(y)), np.repeat(rows, len(x))], axis=1)


def nearest_rows(y: Floats) -> npt.NDArray[np.intp]:
    """Return the rows of a grid, those nearest to y = 0 first."""
    return np.argsort(np.abs(y), kind="stable")


class Path(NamedTuple):
    """The way of a run through the space of its parameters.

    name : of the run
    number : decides on its color
    epochs : (n_snapshots,)
    snapshots : (n_parameters,) each
    """

    name: str
    number: int
    epochs: Floats
    snapshots: list[Array]


def path_of(run: Run, name: str = "", number: int = 0, most: int = MAX_SNAPSHOTS) -> Path:
    """Return the snapshots of a run, as they are evenly spaced and at most so many.

    Those that are no finite numbers, as a run may have that diverged, are left out.
    """
    steps = np.array(run.snapshots.steps, int)
    places = np.linspace(0, len(steps) - 1, min(most, len(steps))).round().astype(int)
    snapshots = {int(step): run.snapshots.at(step) for step in steps[places]}
    finite = {step: each for step, each in snapshots.items() if np.isfinite(each).all()}
    epochs = np.array(list(finite), float) / run.plan.steps_per_epoch
    return Path(name, number, epochs, list(finite.values()))


def can_share(run: Run, other: Run) -> bool:
    """Say whether a run lies on the landscape of another: the same function of the parameters.

    That takes the same layers, activation, output and loss, and data that are scaled the same way.
    The seed may be another one.
    """
    functions = {"activation", "output", "loss"}
    same = (functions | DATA_SETTINGS) - {"seed"}
    is_same = run.config.model_dump(include=same) == other.config.model_dump(include=same)
    return is_same and run.own is other.own and run.network.sizes == other.network.sizes


class Look(NamedTuple):
    """How to look at a landscape.

    directions : RANDOM or PRINCIPAL
    part : "training" or "validation"
    n_points : along each axis, an odd number
    reach : with random directions, in lengths of the weights; else, how many times the path
    seed : of random directions
    """

    directions: str = PRINCIPAL
    part: str = "training"
    n_points: int = 25
    reach: float = 1.0
    seed: int = 0


class ProjectedPath(NamedTuple):
    """A path as it is seen on a plane.

    epochs : (n_snapshots,)
    coordinates : (n_snapshots, 2)
    distances : (n_snapshots,), from the plane, in the units of a parameter
    losses : (n_snapshots,), of the run itself, which is not on the plane; NaN while unknown
    """

    name: str
    number: int
    epochs: Floats
    coordinates: Floats
    distances: Floats
    losses: Floats


class Layout(NamedTuple):
    """Where a landscape lies: found before its first loss.

    x, y : (n_points,), the coordinates of its columns and rows
    variance_shares : (2,), of the variance of all snapshots
    """

    plane: ParameterPlane
    x: Floats
    y: Floats
    paths: list[ProjectedPath]
    variance_shares: Floats


def lay_out(network: Network, paths: Sequence[Path], look: Look) -> Layout:
    """Choose the directions, put a grid around the network, and project the paths.

    Parameters
    ----------
    network : at the origin

    Raises
    ------
    ValueError : if principal directions are asked for, and there are none
    """
    snapshots = [snapshot for path in paths for snapshot in path.snapshots]
    if look.directions == RANDOM:
        rng = np.random.default_rng(look.seed)
        directions = filter_normalized_directions(network, rng=rng)
    elif snapshots:
        directions = principal_directions(snapshots)
    else:
        raise ValueError("No epoch of this run was kept. Choose random directions.")
    plane = ParameterPlane(network.parameters, directions)
    projected = [_projected(plane, path) for path in paths if path.snapshots]
    if look.directions == RANDOM:
        x = y = axis_around_origin(look.reach, look.n_points)
    else:
        seen = np.concatenate([path.coordinates for path in projected])
        x, y = (axis_around_path(seen[:, i], look.reach, look.n_points) for i in range(2))
    shares = variance_shares(plane, snapshots) if snapshots else np.zeros(2)
    return Layout(plane, x, y, projected, shares)


def _projected(plane: ParameterPlane, path: Path) -> ProjectedPath:
    unknown = np.full(len(path.snapshots), np.nan)
    return ProjectedPath(
        path.name, path.number, path.epochs, *project(plane, path.snapshots), unknown
    )


class ScoredPoints:
    """Points of a plane, of which more and more have a score.

    Parameters
    ----------
    points : (n_points, n_directions)

    Attributes
    ----------
    losses, accuracies : (n_points,), NaN while unknown; a loss that is no finite number is infinite
    n_done : how many are known, from the first on
    """

    def __init__(self, evaluation: Evaluation, plane: ParameterPlane, points: Floats) -> None:
        self._evaluated: tuple[Evaluation, ParameterPlane] | None = (evaluation, plane)
        self.points, self.n_done = points, 0
        self.losses, self.accuracies = (np.full(len(points), np.nan) for _ in range(2))

    @property
    def is_done(self) -> bool:
        """Whether all points have their score."""
        return self.n_done == len(self.points)

    def submit(self, executor: SliceExecutor, share: Share) -> Future[list[Score]]:
        """Submit the scoring of some more points."""
        if self._evaluated is None:
            raise ValueError("These points were given up: nothing more is evaluated.")
        rest = self.points[self.n_done :]
        return executor.call(score_some, *self._evaluated, rest, share.slice_seconds)

    def take(self, scores: Sequence[Score]) -> None:
        """Keep the scores of some more points."""
        places = slice(self.n_done, self.n_done + len(scores))
        self.losses[places] = finite_or_infinite([score.loss for score in scores])
        self.accuracies[places] = [score.accuracy for score in scores]
        self.n_done += len(scores)

    def release(self) -> None:
        """Keep the numbers alone."""
        self._evaluated = None


def finite_or_infinite(losses: Sequence[float]) -> Floats:
    """Return losses, (n,), of which each that is no finite number is infinite."""
    found: Floats = np.array(losses, float)
    found[~np.isfinite(found)] = np.inf
    return found


class LossLandscape(BackgroundTask):
    """The loss around a network in two directions, computed point by point, in turns with others.

    The picture grows from its middle row on. When all is known, nothing but the numbers is kept.

    Parameters
    ----------
    evaluation : of the network in the middle
    paths : of the run itself first, then those of others
    options : see `BackgroundTask`

    Attributes
    ----------
    layout : where it lies; None at first
    center : loss and accuracy of the network itself on these samples; None at first
    n_samples : how many are evaluated
    """

    def __init__(
        self,
        evaluation: Evaluation,
        paths: Sequence[Path],
        look: Look,
        **options: Any,
    ) -> None:
        super().__init__("loss landscape", **options)
        parameters = evaluation.network.parameters
        self.look, self.n_samples = look, len(evaluation.samples.X)
        self.layout: Layout | None = None
        self.center: Score | None = None
        self.scored: ScoredPoints | None = None
        self._evaluation: Evaluation | None = evaluation
        self._paths = list(paths)
        self._waiting = [parameters, *(each for path in paths for each in path.snapshots)]
        self._known: list[Score] = []
        self._n_at_once = max(1, SLICE_BYTES // parameters.nbytes)

    def go(self) -> None:
        """Begin."""
        self._begin()

    @property
    def fraction(self) -> float:
        """How much is done, from 0 to 1."""
        n_done = self.scored.n_done if self.scored else 0
        return n_done / self.look.n_points**2

    @property
    def losses(self) -> Floats:
        """The losses, (n_rows, n_columns), NaN while unknown, infinite beyond all numbers."""
        return self._grid(self.scored.losses if self.scored else None)

    @property
    def accuracies(self) -> Floats:
        """The shares of right answers, (n_rows, n_columns), NaN while unknown."""
        return self._grid(self.scored.accuracies if self.scored else None)

    def _grid(self, values: Floats | None) -> Floats:
        grid = np.full((self.look.n_points, self.look.n_points), np.nan)
        if values is not None and self.layout:
            grid[nearest_rows(self.layout.y)] = values.reshape(grid.shape)
        return grid

    def submit(self, executor: SliceExecutor, share: Share) -> Future[Any]:
        """Submit the choice of the plane, then the scores of the snapshots, then of the grid."""
        if self.scored:
            return self.scored.submit(executor, share)
        evaluation = self._under_way()
        if self.layout:
            return executor.call(score_each, evaluation, self._waiting[: self._n_at_once])
        return executor.locally(_layout_or_problem, evaluation.network, self._paths, self.look)

    def take(self, outcome: Any) -> None:
        """Put what a slice gave back where it belongs."""
        if self.scored:
            self.scored.take(outcome)
            if self.scored.is_done:
                self._end(Status.FINISHED)
        elif self.layout:
            self._known += outcome
            self._waiting = self._waiting[len(outcome) :]
            if not self._waiting:
                self._begin_grid(self.layout)
        elif isinstance(outcome, Layout):
            self.layout = outcome
        else:
            self.fail(outcome)

    def _begin_grid(self, layout: Layout) -> None:
        """Keep the scores of the network itself and of the snapshots; the grid comes next."""
        self.center, *of_paths = self._known
        losses = iter(finite_or_infinite([score.loss for score in of_paths]))
        for path in layout.paths:
            path.losses[:] = list(islice(losses, len(path.losses)))
        points = grid_points(layout.x, layout.y)
        self.scored = ScoredPoints(self._under_way(), layout.plane, points)

    def _under_way(self) -> Evaluation:
        if self._evaluation is None:
            raise ValueError("This landscape is over: nothing more is evaluated.")
        return self._evaluation

    def _ending_without_slice(self) -> Status | None:
        return Status.STOPPED if self._is_stopping else super()._ending_without_slice()

    def _end(self, ending: Status) -> None:
        self._evaluation, self._paths, self._waiting = None, [], []
        if self.layout:
            nothing = np.empty((0, 0), np.float32)
            self.layout = self.layout._replace(plane=ParameterPlane(nothing[:0], nothing))
        if self.scored:
            self.scored.release()
        super()._end(ending)


def _layout_or_problem(network: Network, paths: Sequence[Path], look: Look) -> Layout | str:
    """Return where a landscape lies, or in a sentence why there is none."""
    try:
        return lay_out(network, paths, look)
    except ValueError as error:
        return str(error)


class CappedLosses(NamedTuple):
    """Losses as they can be drawn on a logarithmic scale.

    losses : of any shape, NaN while unknown
    cap : no loss is larger; None if none was
    n_capped : how many were larger, or no finite numbers
    """

    losses: Floats
    cap: float | None
    n_capped: int


def capped(losses: Floats) -> CappedLosses:
    """Cut losses off above LARGEST_RATIO times the smallest, and those that are infinite."""
    finite = losses[np.isfinite(losses) & (losses > 0)]
    limit = min(finite.max(), LARGEST_RATIO * finite.min()) if finite.size else 1.0
    is_above = losses > limit  # not so for NaN
    least = finite.min() if finite.size else limit
    drawn = np.where(np.isnan(losses), np.nan, np.clip(losses, least, limit))
    n_capped = int(is_above.sum())
    return CappedLosses(drawn, float(limit) if n_capped else None, n_capped)


def interpolated(x: Floats, y: Floats, values: Floats, points: Floats) -> Floats:
    """Return what a grid has at points between its own, (n,): bilinear interpolation.

    Parameters
    ----------
    x, y : (n_columns,) and (n_rows,), evenly spaced
    values : (n_rows, n_columns)
    points : (n, 2); those outside count as on the edge
    """
    column, row = (
        np.clip((points[:, i] - axis[0]) / (axis[1] - axis[0]), 0, len(axis) - 1 - 1e-9)
        for i, axis in enumerate((x, y))
    )
    i, j = row.astype(int), column.astype(int)
    down, right = row - i, column - j
    above = values[i, j] * (1 - right) + values[i, j + 1] * right
    below = values[i + 1, j] * (1 - right) + values[i + 1, j + 1] * right
    found: Floats = above * (1 - down) + below * down
    return found
