"""Questions to a sample that nobody has labeled, such as a drawing.

What would have to change for another answer, and how far it is from all that was learned. The
training samples nearest to it are found by `experiments.exploration.neighbors.neighbors_of`.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from experiments.evaluation.input_gradients import check_class, logits_gradient
from experiments.exploration.neighbors import Neighbors, squared_lengths
from experiments.exploration.once_per_object import once_per_object
from experiments.training.prepared_data import PreparedData
from mlp.arrays import Array
from mlp.evaluation import logits_of
from mlp.network import Network

N_HELD_OUT = 500  # samples to compare a distance with: within a second for MNIST
HELD_OUT_SEED = 0
ROWS_AT_ONCE = 50  # 10 MB of distances to 50,000 training samples
NOVEL = 99.0  # percent of the held-out samples are nearer


class OtherAnswer(NamedTuple):
    """What it takes for another answer, to first order.

    answer, other : the class that the network says, and the one it might have said
    gap : by how much the logit of the answer is larger, z_answer - z_other
    gradient : (n_0,), d(z_other - z_answer) / dx. More ink where it is positive and less where
        it is negative brings the other answer nearer
    """

    answer: int
    other: int
    gap: float
    gradient: Array


@np.errstate(all="ignore")  # a network that has diverged says so by its logits
def other_answer(network: Network, x: Array, other: int) -> OtherAnswer:
    """Return what it takes for a network to answer with another class.

    The gradient is that of the difference of two logits, by backpropagation down to the input:
    delta_L is 1 for the other class, -1 for the answer, and d(z_other - z_answer) / dx =
    delta_1 W_1. It tells how the network reacts to a small change of each pixel by itself.
    A pixel of 0 is already blank, so that less ink there is no way; and far from x, where units
    switch on or off, the gradient is another.

    Parameters
    ----------
    x : (n_0,), scaled as the network was trained
    other : from 0 to n_classes - 1

    Raises
    ------
    ValueError : if there is no such class

    Source: Simonyan, Vedaldi and Zisserman, Deep inside convolutional networks: visualising
    image classification models and saliency maps, arXiv 1312.6034 (2013), for one class.
    """
    check_class(network, other)
    logits = logits_of(network, x[np.newaxis, :])[0]
    answer = int(logits.argmax())
    weights = np.zeros_like(logits)
    weights[other] += 1
    weights[answer] -= 1  # the two cancel where they are the same
    gap = float(logits[answer] - logits[other])
    return OtherAnswer(answer, other, gap, logits_gradient(network, x, weights))


@np.errstate(all="ignore")
def runner_up(network: Network, x: Array) -> int:
    """Return the class with the second largest logit; the only one if there is just one."""
    ranked = np.argsort(-logits_of(network, x[np.newaxis])[0], kind="stable")
    return int(ranked[min(1, len(ranked) - 1)])


class Novelty(NamedTuple):
    """How far a sample is from all that was learned, beside samples that were held out.

    distance : Euclidean, to the nearest training sample, between scaled samples
    percentile : percentage of the held-out samples that are nearer to theirs, 0 to 100
    usual : the distance that 99 % of the held-out samples do not reach
    """

    distance: float
    percentile: float
    usual: float

    @property
    def is_novel(self) -> bool:
        """Whether it is farther than 99 % of the held-out samples: 'not a digit?'."""
        return self.percentile >= NOVEL


def novelty_of(prepared: PreparedData, neighbors: Neighbors) -> Novelty:
    """Return how far a sample is from all that was learned.

    It can tell that nothing like this picture, pixel by pixel, was among the training samples:
    noise, a scribble over itself, half of all printed letters. It cannot tell whether the picture
    is a digit. One in a hundred of the same kind is called far, by definition, and many more where
    hand or pen differ: of MNIST's digits, a quarter is far from the small digits. A loop or a
    straight line is near to some digit, and a blank picture to a thin one. The network has no
    part in it: what is near may be read wrong, and what is far may be read right.
    `python -m benchmarks.drawings` counts all that.

    Parameters
    ----------
    neighbors : of the sample, as `neighbors_of` returns them, at least one

    Source: nearest neighbors in M. Markou and S. Singh, Novelty detection: a review, part 1,
    Signal Processing 83 (2003).
    """
    distance = float(neighbors.distances[0])
    usual = held_out_distances(prepared)
    n_nearer = int(np.searchsorted(usual, distance))
    return Novelty(distance, 100 * n_nearer / len(usual), float(np.percentile(usual, NOVEL)))


@once_per_object
def held_out_distances(prepared: PreparedData) -> npt.NDArray[np.float64]:
    """Return the distances of held-out samples to the nearest training sample, in rising order.

    They are some of the validation part, (n_held_out,). Where that is empty, training samples are
    held out one at a time; their distances are smaller, as one person may have written both.
    """
    X, held_out = prepared.training.X, prepared.validation or prepared.training
    rng = np.random.default_rng(HELD_OUT_SEED)
    chosen = np.sort(rng.permutation(len(held_out.X))[:N_HELD_OUT])
    distances = []
    for start in range(0, len(chosen), ROWS_AT_ONCE):
        rows = chosen[start : start + ROWS_AT_ONCE]
        squares = squared_lengths(prepared) - 2 * (held_out.X[rows] @ X.T)  # (rows, n_training)
        if held_out is prepared.training:
            squares[np.arange(len(rows)), rows] = np.inf
        nearest = X[squares.argmin(axis=1)].astype(np.float64)
        distances.append(np.linalg.norm(nearest - held_out.X[rows], axis=1))
    return np.sort(np.concatenate(distances))
