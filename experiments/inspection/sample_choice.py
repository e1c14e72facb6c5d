"""A few samples to watch while a network learns: as many classes as there are places."""

import numpy as np

from data.datasets import Labels
from data.split import Rows


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
