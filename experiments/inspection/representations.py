"""What the layers make of the samples: do they untangle the classes?

Each hidden layer describes a sample by its activations, as the input does by its features. Two
numbers say how far apart the classes are in such a description: how many samples a straight cut
gets right (a linear probe), and how many of the nearest samples are of the same class. A picture
of it in the plane, made after each epoch, shows how they come apart.

Sources: G. Alain and Y. Bengio, Understanding intermediate layers using linear classifier probes,
arXiv 1610.01644 (2016); P. H. Schönemann, A generalized solution of the orthogonal Procrustes
problem, Psychometrika 31 (1966).
"""

import math
from collections.abc import Sequence
from threading import Condition
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache, cached

from data.datasets import Labels
from data.split import Rows
from experiments.comparison.significance import McNemarResult, mcnemar_test
from experiments.evaluation.clopper_pearson import lower_limit
from experiments.exploration.projections import principal_components
from experiments.training.prepared_data import PreparedData
from experiments.training.run import Run
from mlp.arrays import Array
from mlp.backprop import Workspace, forward
from mlp.network import Network, count_parameters

MAP_SAMPLES = 400  # points in a plane: as many as can be told apart in a small one
LEARNED, SCORED = 2000, 1000  # samples for probes: the intervals are then 4 % wide, or less
FEWEST_LEARNED, FEWEST_SCORED = 400, 200
MOST_PRODUCTS = 1e9  # multiplications of one look: a tenth of a second; fewer samples if it is more
RIDGE = 1e-3  # the penalty, as a share of the mean sum of squares of an activation
N_NEIGHBORS = 10
Z_95 = 1.96  # standard errors on each side, for 95 %
SEED = 0
CACHE_BYTES = 30_000_000  # of all runs together
MOST_MEASURED = 2000  # layers of some step, of all runs together

Points = npt.NDArray[np.float32]


class Estimate(NamedTuple):
    """A share of samples, 0 to 1, with the limits of its interval of 95 %."""

    value: float
    low: float
    high: float


class LayerMeasures(NamedTuple):
    """How far apart the classes are in one layer; None where activations are not finite.

    probe : share of the scored samples that the linear probe gets right
    neighbors : share of the nearest learned samples that have the class of the scored one
    is_right : (n_scored,), for which samples the probe is right; all False where there is none
    """

    probe: Estimate | None
    neighbors: Estimate | None
    is_right: npt.NDArray[np.bool_]


class PrincipalPlane(NamedTuple):
    """The samples as one layer describes them, in the plane.

    points : (n_samples, 2), centered, with a mean square distance of 1 from the center; all 0
        where the activations are all the same
    variance_ratio : the share of the variance of all activations that the plane holds
    n_units : of the layer
    is_finite : whether all activations are finite numbers; if not, points are all 0
    """

    points: Points
    variance_ratio: float
    n_units: int
    is_finite: bool


class ProbeRows(NamedTuple):
    """Which samples a probe learns from, and which it is scored on.

    learned : (n_learned,), positions in the training part
    scored : (n_scored,), positions in the part that is named
    part : validation. Where there is none, training: samples held back from the probe, from which
        the network itself has learned
    """

    learned: Rows
    scored: Rows
    part: str


class ProbeSamples(NamedTuple):
    """Samples to learn a probe from, and others to score it on.

    X_learned, X_scored : (n_learned, n_0) and (n_scored, n_0), scaled
    learned, scored : their labels
    """

    X_learned: Array
    learned: Labels
    X_scored: Array
    scored: Labels


def activations_of(network: Network, X: Array) -> list[Array]:
    """Return the input and the activations of each hidden layer, (n_samples, n_l) each."""
    workspace = Workspace(network, len(X))
    with np.errstate(all="ignore"):  # a network that has diverged is looked at as it is
        forward(network, X, workspace)
    return workspace.activations[: network.n_layers]


def linear_probe(learned: Array, labels: Labels, scored: Array, n_classes: int) -> Labels:
    """Return what a linear classifier says to some samples, (n_scored,), by ridge regression.

    With A the activations minus their means and Y the classes, one column each, 1 or 0, minus
    theirs, W = (A'A + r I)^-1 A'Y minimizes |A W - Y|^2 + r |W|^2. The penalty r is RIDGE of the
    mean of the diagonal of A'A, and not tuned. The answer is the class with the largest output.
    A softmax regression, trained step by step, would be right a little more often; but its answer
    would depend on when one stops.

    Parameters
    ----------
    learned, scored : (n_learned, n_l) and (n_scored, n_l)
    labels : (n_learned,), the classes of the first

    Source: T. Hastie, R. Tibshirani and J. Friedman, The Elements of Statistical Learning,
    section 4.2, for least squares on indicators.
    """
    mean = learned.mean(axis=0, dtype=np.float64)
    A = learned - mean  # (n_learned, n_l), in double precision
    Y = np.eye(n_classes)[labels]
    shares = Y.mean(axis=0)
    n_samples, n_units = A.shape
    ridge = RIDGE * np.square(A).sum() / n_units or 1.0
    if n_units <= n_samples:
        W = np.linalg.solve(A.T @ A + ridge * np.eye(n_units), A.T @ (Y - shares))
    else:  # the same W, (n_l, n_classes), by a smaller system
        W = A.T @ np.linalg.solve(A @ A.T + ridge * np.eye(n_samples), Y - shares)
    answers: Labels = ((scored - mean) @ W + shares).argmax(axis=1)
    return answers


def neighbor_agreement(
    learned: Array, labels: Labels, scored: Array, true: Labels, n_neighbors: int = N_NEIGHBORS
) -> npt.NDArray[np.float64]:
    """Return, for each scored sample, which share of its neighbors has its class, (n_scored,).

    |a - s|^2 = |a|^2 - 2 a.s + |s|^2, of which the last term is the same for all neighbors of s.

    Parameters
    ----------
    learned, scored : (n_learned, n_l) and (n_scored, n_l); neighbors are of the first
    labels, true : (n_learned,) and (n_scored,), their classes
    """
    n_neighbors = min(n_neighbors, len(learned))
    center = learned.mean(axis=0)  # the differences of small numbers are more exact
    learned, scored = learned - center, scored - center
    squares = np.einsum("ij,ij->i", learned, learned) - 2 * (scored @ learned.T)
    nearest = np.argpartition(squares, n_neighbors - 1, axis=1)[:, :n_neighbors]
    agreement: npt.NDArray[np.float64] = (labels[nearest] == true[:, np.newaxis]).mean(axis=1)
    return agreement


def share_right(is_right: npt.NDArray[np.bool_]) -> Estimate:
    """Return the share of right answers, with the exact limits of Clopper and Pearson."""
    n, n_right = len(is_right), int(np.count_nonzero(is_right))
    return Estimate(n_right / n, lower_limit(n_right, n), 1 - lower_limit(n - n_right, n))


def mean_share(shares: npt.NDArray[np.float64]) -> Estimate:
    """Return the mean of a share over samples, p, with the limits of Wilson's score interval.

    They are (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n), with z = 1.96.
    The share of a sample counts as if it were 0 or 1, which makes the interval too wide rather
    than too narrow; unlike a standard error it does not vanish where all shares are the same.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    Journal of the American Statistical Association 22 (1927).
    """
    n, p = len(shares), float(shares.mean())
    middle, weight = p + Z_95**2 / (2 * n), 1 + Z_95**2 / n
    error = Z_95 * math.sqrt(p * (1 - p) / n + (Z_95 / (2 * n)) ** 2)
    return Estimate(p, max(0.0, (middle - error) / weight), min(1.0, (middle + error) / weight))


def layer_measures(
    activations: tuple[Array, Array], samples: ProbeSamples, n_classes: int
) -> LayerMeasures:
    """Measure how far apart the classes are in one layer.

    The intervals tell how much other scored samples could change the number. As all layers are
    scored on the same ones, differences between layers are more certain than that; see
    `compare_probes`.

    Parameters
    ----------
    activations : those of the learned and of the scored samples, (n, n_l) each
    """
    learned, scored = activations
    largest = max(np.abs(learned).max(), np.abs(scored).max()) or 1.0
    if not np.isfinite(largest):
        return LayerMeasures(None, None, np.zeros(len(samples.scored), bool))
    learned, scored = learned / largest, scored / largest  # squares could overflow
    is_right = linear_probe(learned, samples.learned, scored, n_classes) == samples.scored
    agreement = neighbor_agreement(learned, samples.learned, scored, samples.scored)
    return LayerMeasures(share_right(is_right), mean_share(agreement), is_right)


def probe_rows(prepared: PreparedData, sizes: Sequence[int]) -> ProbeRows:
    """Choose samples for probes: to learn from the training part, to score the validation part.

    Without a validation part, a third of the chosen training samples is held back for scoring.
    The test part is left alone.

    Parameters
    ----------
    sizes : of the layers; a large network is given fewer samples, so that it takes no longer. With
        few samples, a layer of many units is at a disadvantage: on MNIST's 784 pixels a probe is
        right 80 times in 100 with 2,000 of them, and 86 times with all; in the last hidden layer
        of the preset four-layer-mse, 92 times either way (`python -m benchmarks.layers`)
    """
    share = min(1.0, MOST_PRODUCTS / ((LEARNED + SCORED) * _products(sizes)))
    n_learned, n_scored = (
        max(fewest, int(share * most))
        for fewest, most in ((FEWEST_LEARNED, LEARNED), (FEWEST_SCORED, SCORED))
    )
    rng = np.random.default_rng(SEED)
    training = rng.permutation(len(prepared.training.X))
    if prepared.validation is None:
        n_scored = min(n_scored, max(1, len(training) // 3))
        return ProbeRows(training[n_scored:][:n_learned], training[:n_scored], "training")
    scored = rng.permutation(len(prepared.validation.X))[:n_scored]
    return ProbeRows(training[:n_learned], scored, "validation")


def _products(sizes: Sequence[int]) -> float:
    """Return how many multiplications a sample takes, about; the input is measured only once."""
    return count_parameters(sizes) + sizes[0] ** 2 / 4 + sum(size**2 for size in sizes[1:-1])


def probe_samples(prepared: PreparedData, sizes: Sequence[int]) -> ProbeSamples:
    """Return the samples that `probe_rows` chooses, with their labels."""
    rows, labels, split = probe_rows(prepared, sizes), prepared.dataset.labels, prepared.split
    held_out = prepared.validation or prepared.training
    return ProbeSamples(
        prepared.training.X[rows.learned],
        labels[split.training[rows.learned]],
        held_out.X[rows.scored],
        labels[split.rows(rows.part)[rows.scored]],
    )


def compare_probes(first: LayerMeasures, other: LayerMeasures) -> McNemarResult:
    """Compare the probes of two layers, sample by sample, by the test of McNemar."""
    return mcnemar_test(first.is_right, other.is_right)


def measure_network(network: Network, samples: ProbeSamples, n_classes: int) -> list[LayerMeasures]:
    """Measure the hidden layers of a network, from layer 1 on; see `layer_measures`."""
    learned = activations_of(network, samples.X_learned)[1:]
    scored = activations_of(network, samples.X_scored)[1:]
    return [
        layer_measures(layer, samples, n_classes) for layer in zip(learned, scored, strict=True)
    ]


def measures_at(run: Run, step: int) -> list[LayerMeasures]:
    """Return how far apart the classes are in the input and in each hidden layer after a step.

    Raises
    ------
    LookupError : if there are no snapshots yet
    """
    return [_input_measures(run), *_hidden_measures(run, step)]


def _samples_of(run: Run) -> tuple[ProbeSamples, int]:
    prepared = run.prepared_data()
    return probe_samples(prepared, run.network.sizes), prepared.dataset.n_classes


@cached(LRUCache(MOST_MEASURED), key=lambda run: run.id, condition=Condition())
def _input_measures(run: Run) -> LayerMeasures:
    samples, n_classes = _samples_of(run)
    return layer_measures((samples.X_learned, samples.X_scored), samples, n_classes)


@cached(
    LRUCache(MOST_MEASURED, getsizeof=lambda layers: len(layers) or 1),
    key=lambda run, step: (run.id, run.snapshots.nearest(step)),
    condition=Condition(),  # simultaneous calls compute once
)
def _hidden_measures(run: Run, step: int) -> list[LayerMeasures]:
    return measure_network(run.network_at(step), *_samples_of(run))


def align(points: Points, reference: Points) -> Points:
    """Turn points in the plane, or mirror them, so that they lie as near as possible to others.

    Of all orthogonal matrices, R = U V' makes the sum of |p_i R - q_i|^2 smallest, where
    P'Q = U S V' is a singular value decomposition. Distances between the points stay the same.

    Parameters
    ----------
    points, reference : P and Q, (n_samples, 2); a row of each is of the same sample
    """
    U, _, Vt = np.linalg.svd(points.T.astype(np.float64) @ reference)  # (2, 2) each
    turned: Points = (points @ (U @ Vt)).astype(np.float32)
    return turned


def plane_of(activations: Array) -> PrincipalPlane:
    """Return samples in the plane of their first two principal components, see `PrincipalPlane`.

    Two features, or units, are a plane already.

    Parameters
    ----------
    activations : (n_samples, n_l)
    """
    n_samples, n_units = activations.shape
    nothing = np.zeros((n_samples, 2), np.float32)
    if not np.isfinite(activations).all():
        return PrincipalPlane(nothing, 0.0, n_units, False)
    largest = np.abs(activations).max() or 1.0  # in a run about to diverge, squares overflow
    scaled = activations / largest
    if n_units == 2:
        points, ratio = scaled - scaled.mean(axis=0), 1.0
    else:
        projection = principal_components(scaled)
        points = projection.points[:, :2]
        ratio = float(projection.explained_variance_ratio[:2].sum())
    return PrincipalPlane(unit_spread(points), ratio, n_units, True)


def unit_spread(points: Array) -> Points:
    """Return points, (n_samples, 2), centered, with a mean square distance of 1 from the center."""
    centered = points - points.mean(axis=0, dtype=np.float64)
    radius = math.sqrt(np.square(centered).sum(axis=1).mean())
    spread: Points = (centered / (radius or 1.0)).astype(np.float32)
    return spread


def reference_epoch(epoch: int) -> int | None:
    """Return the epoch whose planes those of an epoch are aligned with; None for epoch 0.

    It is the largest power of two below it, and 0 for epoch 1. So neighboring epochs are aligned
    with the same one, none of them has to be computed for those after it, and the way back to the
    untrained network is short; snapshots of powers of two are dropped last.
    """
    return None if epoch == 0 else 0 if epoch == 1 else 2 ** ((epoch - 1).bit_length() - 1)


def map_rows(run: Run) -> tuple[str, Rows]:
    """Return which samples are in the planes: a part of the data, and positions in it.

    They are some of the validation part, or of the training part where there is none.
    """
    prepared = run.prepared_data()
    part = "validation" if prepared.validation else "training"
    n_samples = len(prepared.split.rows(part))
    return part, np.sort(np.random.default_rng(SEED).permutation(n_samples)[:MAP_SAMPLES])


def map_activations(run: Run, step: int) -> list[Array]:
    """Return the input and the hidden layers of the samples in the planes, (n_samples, n_l)."""
    prepared, (_, positions) = run.prepared_data(), map_rows(run)
    samples = prepared.validation or prepared.training
    return activations_of(run.network_at(step), samples.X[positions])


def planes_at(run: Run, step: int) -> list[PrincipalPlane]:
    """Return the planes of the input and of each hidden layer after a step of a run.

    They are aligned with those of earlier epochs, so that points travel from epoch to epoch and
    do not jump: two components of the same variance would change places, and signs are arbitrary.

    Parameters
    ----------
    step : of a snapshot, or else the snapshot nearest to it is used

    Raises
    ------
    LookupError : if there are no snapshots yet
    """
    return [_input_plane(run), *_hidden_planes(run, run.snapshots.nearest(step))]


@cached(LRUCache(MOST_MEASURED), key=lambda run: run.id, condition=Condition())
def _input_plane(run: Run) -> PrincipalPlane:
    return plane_of(map_activations(run, 0)[0])


def _bytes_of(planes: list[PrincipalPlane]) -> int:
    return sum(plane.points.nbytes for plane in planes)


@cached(
    LRUCache(CACHE_BYTES, getsizeof=_bytes_of),
    key=lambda run, step: (run.id, step),
    condition=Condition(),
)
def _hidden_planes(run: Run, step: int) -> list[PrincipalPlane]:
    planes = [plane_of(activations) for activations in map_activations(run, step)[1:]]
    before = _reference_step(run, step)
    if before is None:
        return planes
    return [
        plane._replace(points=align(plane.points, old.points))
        for plane, old in zip(planes, _hidden_planes(run, before), strict=True)
    ]


def _reference_step(run: Run, step: int) -> int | None:
    """Return the earlier step, of a snapshot, to align a step with; None if there is none."""
    epoch = reference_epoch(-(-step // run.plan.steps_per_epoch))
    if epoch is None:
        return None
    latest = min(epoch * run.plan.steps_per_epoch, step - 1)
    return max((kept for kept in run.snapshots.steps if kept <= latest), default=None)
