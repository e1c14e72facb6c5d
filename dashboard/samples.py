"""Which samples to show."""

from collections.abc import Collection

import numpy as np

from data.datasets import Labels
from data.split import Rows, Split

PARTS = ("all", "training", "validation", "test")


def rows_of(split: Split, part: str) -> Rows:
    """Return the rows of a part of the split, or of all of it."""
    if part == "all":
        return np.sort(np.concatenate(split))
    rows: Rows = getattr(split, part)
    return rows


def pick_rows(labels: Labels, rows: Rows, classes: Collection[int], n_rows: int, seed: int) -> Rows:
    """Return at most n_rows of the rows at random, of the classes asked for; none means all."""
    if classes:
        rows = rows[np.isin(labels[rows], list(classes))]
    return np.random.default_rng(seed).permutation(rows)[:n_rows]
