"""The straight line between two networks: whether there is a hill between them.

    theta(t) = (1 - t) theta_0 + t theta_1

If the loss on the way is higher than at both ends, they lie in two valleys. Two runs from the same
weights often end in one valley, two from different weights hardly ever: the hidden units of one are
in another order than those of the other, and a mean of both is neither.
"""

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any, NamedTuple

import numpy as np

from experiments.background.background_task import BackgroundTask, Status
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import Share
from experiments.inspection.loss_landscape import Evaluation, ScoredPoints
from experiments.inspection.parameter_plane import Floats, ParameterPlane
from mlp.arrays import Array

BEYOND = 0.25  # how far the line is followed beyond both ends
N_POINTS = 61  # among them 0 and 1


def line_between(first: Array, last: Array) -> ParameterPlane:
    """Return the line with the coordinate 0 at the first parameters and 1 at the last.

    Parameters
    ----------
    first, last : (n_parameters,)
    """
    return ParameterPlane(first, (last - first)[np.newaxis])


def line_points() -> Floats:
    """Return the coordinates t of the points, (N_POINTS,), from -BEYOND to 1 + BEYOND."""
    n_beyond = round(BEYOND * (N_POINTS - 1) / (1 + 2 * BEYOND))
    return np.arange(-n_beyond, N_POINTS - n_beyond) / (N_POINTS - 1 - 2 * n_beyond)


class Barrier(NamedTuple):
    """The highest place on a line, compared with the straight line between the losses at its ends.

    height : 0 if the loss is nowhere higher; infinite if it is no finite number somewhere
    at : the coordinate t of that place
    """

    height: float
    at: float


def barrier_of(t: Floats, losses: Floats) -> Barrier:
    """Return the barrier between t = 0 and t = 1: max over t of L(t) - [(1 - t) L(0) + t L(1)].

    Parameters
    ----------
    t, losses : (n_points,), in rising order of t, with 0 and 1 among them

    Source: R. Entezari et al., The role of permutation invariance in linear mode connectivity of
    neural networks, ICLR 2022, definition 2.1.
    """
    is_between = (t >= 0) & (t <= 1)
    t, losses = t[is_between], losses[is_between]
    if not np.isfinite(losses).all():
        return Barrier(float("inf"), float(t[np.argmin(np.isfinite(losses))]))
    excess = losses - ((1 - t) * losses[0] + t * losses[-1])
    highest = int(excess.argmax())
    return Barrier(max(0.0, float(excess[highest])), float(t[highest]))


class LossLine(BackgroundTask):
    """Loss and accuracy along the line between two networks, computed in turns with others.

    Parameters
    ----------
    parts : what is evaluated of each part of the data, by name
    first, last : the parameters at both ends, (n_parameters,)
    options : see `BackgroundTask`

    Attributes
    ----------
    t : (N_POINTS,), the coordinates on the line
    scored : the scores at these, by part
    distance : between both ends
    n_samples : how many are evaluated, by part
    """

    def __init__(
        self,
        parts: Mapping[str, Evaluation],
        first: Array,
        last: Array,
        **options: Any,
    ) -> None:
        super().__init__("loss on a line", **options)
        self.t, line = line_points(), line_between(first, last)
        self.distance = float(np.linalg.norm(line.directions[0].astype(np.float64)))
        self.n_samples = {part: len(each.samples.X) for part, each in parts.items()}
        self.scored = {
            part: ScoredPoints(each, line, self.t[:, np.newaxis]) for part, each in parts.items()
        }

    def go(self) -> None:
        """Begin."""
        self._begin()

    @property
    def fraction(self) -> float:
        """How much is done, from 0 to 1."""
        return sum(each.n_done for each in self.scored.values()) / (N_POINTS * len(self.scored))

    def submit(self, executor: SliceExecutor, share: Share) -> Future[Any]:
        """Submit the scoring of some more points."""
        return self._under_way().submit(executor, share)

    def take(self, outcome: Any) -> None:
        """Keep the scores of some more points."""
        self._under_way().take(outcome)
        if all(each.is_done for each in self.scored.values()):
            self._end(Status.FINISHED)

    def _under_way(self) -> ScoredPoints:
        return next(each for each in self.scored.values() if not each.is_done)

    def _ending_without_slice(self) -> Status | None:
        return Status.STOPPED if self._is_stopping else super()._ending_without_slice()

    def _end(self, ending: Status) -> None:
        for each in self.scored.values():
            each.release()
        super()._end(ending)
