"""Which samples teach, which ones watch, and which ones judge at the end."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from data.datasets import Labels

Rows: TypeAlias = npt.NDArray[np.intp]


class Split(NamedTuple):
    """Rows of a dataset, in rising order; no row is in two parts.

    training : the network learns from these
    validation : the curves and every choice are made on these
    test : looked at once, at the end
    """

    training: Rows
    validation: Rows
    test: Rows


def stratified_split(
    labels: Labels,
    *,
    validation_fraction: float,
    test_fraction: float,
    rng: np.random.Generator,
) -> Split:
    """Deal out the rows at random, so that every part has the same mix of classes.

    Parameters
    ----------
    labels : (n_samples,)
    validation_fraction, test_fraction : shares of all samples; the rest is for training

    Raises
    ------
    ValueError : if the fractions leave too little for training, or if a class is too
        small to be in every part that is asked for
    """
    if min(validation_fraction, test_fraction) < 0 or validation_fraction + test_fraction >= 1:
        raise ValueError(
            "The validation and the test fraction must be at least 0 and together below 1, "
            f"not {validation_fraction:g} and {test_fraction:g}."
        )
    parts: tuple[list[Rows], list[Rows], list[Rows]] = ([], [], [])
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        n_test = round(test_fraction * len(rows))
        n_validation = round(validation_fraction * len(rows))
        _check_counts(
            label, len(rows), (n_test, test_fraction), (n_validation, validation_fraction)
        )
        test, validation, training = np.split(rows, [n_test, n_test + n_validation])
        for part, piece in zip(parts, (training, validation, test), strict=True):
            part.append(piece)
    return Split(*(np.sort(np.concatenate(part)) for part in parts))


def _check_counts(label: int, n_rows: int, *asked: tuple[int, float]) -> None:
    n_held_out = sum(count for count, _ in asked)
    missing = any(count == 0 and fraction > 0 for count, fraction in asked)
    if missing or n_held_out >= n_rows:
        raise ValueError(
            f"Class {label} has {n_rows} samples, too few to be in every part. "
            "Choose larger fractions, or a dataset with more samples of that class."
        )
