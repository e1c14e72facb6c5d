"""t-SNE: a flat map on which samples that are close in many dimensions stay close.

It moves the points of the map, little by little, until their neighbourhoods resemble
those of the samples. `tsne` yields the map after each step, so whoever watches may stop.

Source: L. van der Maaten and G. Hinton, Visualizing data using t-SNE, Journal of Machine
Learning Research 9 (2008); the exact algorithm, without a tree.
"""

import threading
import time
from collections.abc import Generator

import numpy as np
import numpy.typing as npt

from experiments.exploration import map_rows, once_each, principal_components
from experiments.job import PROCESS_SLOTS
from experiments.material import Material

STEPS = 500
EXAGGERATED_STEPS = 125  # at first, neighbours pull so hard that clusters can form
EXAGGERATION = 12.0
PERPLEXITY = 30.0  # neighbours that count, about
FEWEST_SAMPLES = 10
BISECTIONS = 40

Matrix = npt.NDArray[np.float32]


def tsne(X: Matrix, *, rng: np.random.Generator) -> Generator[Matrix]:
    """Yield the map, (n_samples, 2), after each of STEPS steps.

    The steps follow the gradient with momentum, and with a gain for each coordinate that
    grows while it keeps its direction.

    Parameters
    ----------
    X : (n_samples, n_features)
    rng : shakes the first map a little, so that no two points lie on one another

    Raises
    ------
    ValueError : for fewer than FEWEST_SAMPLES samples
    """
    n_samples = len(X)
    check_enough(n_samples)
    P = affinities(X, min(PERPLEXITY, (n_samples - 1) / 3))
    flat = principal_components(X).points[:, :2]
    shaken = flat / (flat.std() or 1) + rng.normal(0, 0.01, flat.shape)
    Y = (1e-4 * shaken).astype(np.float32)
    velocity, gains = np.zeros_like(Y), np.ones_like(Y)
    learning_rate = max(n_samples / EXAGGERATION / 4, 50.0)
    for step in range(STEPS):
        is_early = step < EXAGGERATED_STEPS
        gradient = slope(P * np.float32(EXAGGERATION) if is_early else P, Y)
        turns = np.sign(gradient) == np.sign(velocity)  # downhill is against the gradient
        gains = np.maximum(np.where(turns, 0.8 * gains, gains + 0.2), 0.01)
        velocity = (0.5 if is_early else 0.8) * velocity - learning_rate * gains * gradient
        Y = Y + velocity
        yield Y


def check_enough(n_samples: int) -> None:
    """Refuse so few samples that there are no neighbourhoods.

    Raises
    ------
    ValueError : for fewer than FEWEST_SAMPLES
    """
    if n_samples < FEWEST_SAMPLES:
        raise ValueError(
            f"A map of neighbourhoods needs at least {FEWEST_SAMPLES} training samples, and here "
            f"are {n_samples}. Choose smaller fractions for validation and test, or more data."
        )


def slope(P: Matrix, Y: Matrix) -> Matrix:
    """Return the gradient, (n_samples, 2), of sum p_ij log(p_ij / q_ij) for the map Y.

    q_ij = w_ij / sum w, with w_ij = 1 / (1 + |y_i - y_j|^2) and w_ii = 0; then
    dC/dy_i = 4 sum_j (p_ij - q_ij) w_ij (y_i - y_j).
    """
    W = 1 / (1 + squared_distances(Y))
    np.fill_diagonal(W, 0)
    pull = (P - W / W.sum()) * W  # (n_samples, n_samples)
    gradient: Matrix = 4 * (pull.sum(axis=1, keepdims=True) * Y - pull @ Y)
    return gradient


def squared_distances(X: Matrix) -> Matrix:
    """Return |x_i - x_j|^2 = |x_i|^2 - 2 x_i.x_j + |x_j|^2, (n_samples, n_samples)."""
    lengths = np.einsum("ij,ij->i", X, X)
    distances: Matrix = lengths[:, np.newaxis] - 2 * (X @ X.T) + lengths
    return np.maximum(distances, 0, out=distances)  # rounding may go below


def affinities(X: Matrix, perplexity: float) -> Matrix:
    """Return how much of a neighbourhood each pair of samples is, adding up to 1.

    p_j|i ~ exp(-b_i |x_i - x_j|^2), with b_i so that the entropy of p_.|i is the logarithm
    of the perplexity; and p_ij = (p_j|i + p_i|j) / 2n. Each b_i is found by bisection, in
    the logarithm and for all samples at once.
    """
    distances = squared_distances(X)
    np.fill_diagonal(distances, np.inf)
    nearest = distances.min(axis=1, keepdims=True)
    distances -= nearest  # the same p, and the nearest neighbour never fades to 0
    typical = np.median(distances, axis=1, keepdims=True)
    low, high = np.full_like(nearest, -20), np.full_like(nearest, 20)  # log(b_i typical)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        P = _conditional(distances, middle, typical)
        is_wide = _entropy(P) > np.log(perplexity)
        low, high = np.where(is_wide, middle, low), np.where(is_wide, high, middle)
    P = _conditional(distances, (low + high) / 2, typical)
    joint: Matrix = (P + P.T) / np.float32(2 * len(X))
    return joint


def _conditional(distances: Matrix, log_b: Matrix, typical: Matrix) -> Matrix:
    typical = np.where(typical > 0, typical, 1)
    P: Matrix = np.exp(-np.exp(log_b) / typical * distances)
    P /= P.sum(axis=1, keepdims=True)
    return P


def _entropy(P: Matrix) -> Matrix:
    entropy: Matrix = -(P * np.log(P + np.float32(1e-12))).sum(axis=1, keepdims=True)
    return entropy


class Embedding:
    """A map that comes into being, a slice at a time, for everyone who watches it.

    Parameters
    ----------
    X : (n_samples, n_features)

    Attributes
    ----------
    step : how many of STEPS are made
    points : (n_samples, 2) after that step

    Raises
    ------
    ValueError : for fewer than FEWEST_SAMPLES samples
    """

    def __init__(self, X: Matrix) -> None:
        check_enough(len(X))
        self.step, self.points = 0, principal_components(X).points[:, :2]
        self._steps: Generator[Matrix] | None = tsne(X, rng=np.random.default_rng(0))
        self._lock = threading.Lock()

    @property
    def is_over(self) -> bool:
        """Whether all steps are made."""
        return self.step == STEPS

    @property
    def share(self) -> float:
        """How much of the way is done, from 0 to 1."""
        return self.step / STEPS

    def advance(self, seconds: float) -> None:
        """Make steps for a while, at least one; or none if another thread is about to."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            with PROCESS_SLOTS.turn(self, 1, lambda: True):
                self._advance(time.monotonic() + seconds)
        finally:
            self._lock.release()

    def _advance(self, deadline: float) -> None:
        while self._steps is not None:
            self.points = next(self._steps)
            self.step += 1
            if self.is_over:
                self._steps = None  # lets go of the affinities
            if time.monotonic() > deadline:
                return


@once_each
def embedding_of(material: Material) -> Embedding:
    """Return the map of the scaled training samples that a map shows, as far as it is made.

    Raises
    ------
    ValueError : for fewer than FEWEST_SAMPLES samples
    """
    return Embedding(material.training.X[map_rows(material)])
