"""Samples to look at: some to watch while a network learns, and one that it misreads."""

import numpy as np

from data.datasets import Labels
from data.split import Rows
from mlp.evaluation import logits_of
from mlp.network import Network
from mlp.samples import Samples

MOST_SEARCHED = 1000  # samples, for one that is misread


def samples_of_each_class(labels: Labels, n_samples: int, *, rng: np.random.Generator) -> Rows:
    """Return positions of some samples, drawn at random, in the order of their classes.

    One of each class is drawn, then a second of each, and so on until there are enough.

    Parameters
    ----------
    labels : (n_all,), the classes of the samples to choose from
    n_samples : how many to choose; all, if there are no more
    """
    shuffled = rng.permutation(len(labels))
    turn = np.empty(len(labels), int)  # how many of its class were drawn before it
    for label in np.unique(labels):
        of_class = np.flatnonzero(labels[shuffled] == label)
        turn[of_class] = np.arange(len(of_class))
    chosen = shuffled[np.argsort(turn, kind="stable")[:n_samples]]
    in_order: Rows = chosen[np.argsort(labels[chosen], kind="stable")]
    return in_order


@np.errstate(all="ignore")  # numbers of a network that diverges may overflow
def first_misread(network: Network, samples: Samples) -> int | None:
    """Return the position of the first sample that a network misreads; None without one.

    It is looked for among the first MOST_SEARCHED samples.
    """
    answers = logits_of(network, samples.X[:MOST_SEARCHED]).argmax(axis=1)
    wrong = np.flatnonzero(answers != samples.targets[:MOST_SEARCHED].argmax(axis=1))
    return int(wrong[0]) if len(wrong) else None
