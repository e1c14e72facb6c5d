"""Where an answer flips: on the straight way from one sample to another, and near the boundary."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from data.datasets import Labels
from data.split import Rows
from experiments.inspection.drawn_sample import other_answer
from mlp.arrays import Array
from mlp.evaluation import logits_of
from mlp.network import Network

POINTS = 201
HALVINGS = 12  # of the space between two points, which finds a flip to 1 in 800,000


class Flip(NamedTuple):
    """Where the answer changes: the share of the way, 0 to 1, and the classes on both sides."""

    share: float
    before: int
    after: int


class DecisionPath(NamedTuple):
    """What a network says on the way between two samples.

    shares : (n_points,), t, from 0 at the first sample to 1 at the other
    outputs : (n_points, n_L)
    answers : (n_points,), the class with the largest logit
    flips : where the answer changes, in order
    """

    shares: npt.NDArray[np.float64]
    outputs: Array
    answers: Labels
    flips: tuple[Flip, ...]


def point_between(first: Array, other: Array, share: float | npt.NDArray[np.float64]) -> Array:
    """Return x(t) = (1 - t) x_first + t x_other, as float32.

    Parameters
    ----------
    first, other : (n_0,)
    share : t, from 0 to 1, or (n_points,) of them; then (n_points, n_0) is returned
    """
    t = np.asarray(share)[..., np.newaxis]
    point: Array = ((1 - t) * first + t * other).astype(np.float32)
    return point


@np.errstate(all="ignore")  # a network that has diverged answers as it does
def path_between(
    network: Network, first: Array, other: Array, n_points: int = POINTS
) -> DecisionPath:
    """Follow the answer along the straight line from one sample to another.

    Between two points with different answers, the place of the flip is found by halving. A region
    narrower than the space between two points can be missed. Most points of the line are no
    samples that anybody has recorded: it shows what the network does between them, not what
    digits look like between a 3 and an 8.

    Parameters
    ----------
    first, other : (n_0,), scaled as the network was trained
    n_points : along the line, both ends included

    Raises
    ------
    ValueError : for fewer than two points, or for samples of another size
    """
    if n_points < 2:
        raise ValueError(f"A way has at least 2 points, its ends, not {n_points}.")
    if not len(first) == len(other) == network.sizes[0]:
        raise ValueError(
            f"The samples have {len(first):,} and {len(other):,} features, but the network takes "
            f"{network.sizes[0]:,}. Choose samples that it can read."
        )
    shares = np.linspace(0, 1, n_points)
    logits = logits_of(network, point_between(first, other, shares))
    answers = logits.argmax(axis=1)
    changes = np.flatnonzero(np.diff(answers)).tolist()
    flips = tuple(_flip(network, first, other, shares[i : i + 2], answers[i]) for i in changes)
    return DecisionPath(shares, network.output.value(logits), answers, flips)


def _flip(
    network: Network, first: Array, other: Array, ends: npt.NDArray[np.float64], before: int
) -> Flip:
    """Return where the answer is no longer `before`, between two shares of the way."""

    def answer(share: float) -> int:
        return int(logits_of(network, point_between(first, other, share)[np.newaxis])[0].argmax())

    low, high = ends.tolist()
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if answer(middle) == before else (low, middle)
    return Flip(high, int(before), answer(high))


def nearest_of_another_class(X: Array, labels: Labels, x: Array, label: int) -> int | None:
    """Return the position of the sample of another class that is nearest to x; None without one.

    Parameters
    ----------
    X, labels : (n_samples, n_0) and (n_samples,)
    x : (n_0,), of class `label`
    """
    others = np.flatnonzero(labels != label)
    if not len(others):
        return None
    distances = np.linalg.norm(X[others] - x, axis=1)
    return int(others[distances.argmin()])


class NearBoundary(NamedTuple):
    """The samples nearest to the boundary, the nearest first; (n_near,) each.

    Those whose margin is no finite number are left out.

    positions : among the samples given
    answers, others : the classes with the largest and the second largest logit
    margins : z_answer - z_other
    distances : how far the boundary is, to first order: margin / |gradient of the margin|, in the
        units of a scaled sample
    """

    positions: Rows
    answers: Labels
    others: Labels
    margins: Array
    distances: npt.NDArray[np.float64]


@np.errstate(all="ignore")
def nearest_to_boundary(network: Network, X: Array, n_nearest: int) -> NearBoundary:
    """Return the samples with the smallest margin between the two largest logits.

    Parameters
    ----------
    X : (n_samples, n_0), scaled as the network was trained

    Raises
    ------
    ValueError : if the network has a single output, and so no second class

    Source of the distance: Moosavi-Dezfooli, Fawzi and Frossard, DeepFool, CVPR (2016).
    """
    if network.sizes[-1] < 2:
        raise ValueError("A margin lies between two classes, but this network has one output.")
    logits = logits_of(network, X)
    ranked = np.argsort(-logits, axis=1, kind="stable")[:, :2]
    largest, second = np.take_along_axis(logits, ranked, axis=1).T
    margins: Array = largest - second
    near = np.argsort(margins, kind="stable")[:n_nearest]
    near = near[np.isfinite(margins[near])]
    answers, others = ranked[near].T
    distances = [_distance(network, X[i], int(k)) for i, k in zip(near, others, strict=True)]
    return NearBoundary(near, answers, others, margins[near], np.array(distances))


def _distance(network: Network, x: Array, other: int) -> float:
    found = other_answer(network, x, other)
    return found.gap / (float(np.linalg.norm(found.gradient)) or np.inf)
