"""Split the samples into a training, a validation and a test part."""

from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from data.datasets import Labels

Rows: TypeAlias = npt.NDArray[np.intp]


class Split(NamedTuple):
    """Rows of a dataset, in ascending order; no row is in two parts.

    training : the network learns from these
    validation : the curves and every choice are made on these
    test : evaluated once, at the end
    """

    training: Rows
    validation: Rows
    test: Rows

    def rows(self, part: str) -> Rows:
        """Return the rows of the part with that name."""
        rows: Rows = self._asdict()[part]
        return rows


def stratified_split(
    labels: Labels,
    *,
    validation_fraction: float,
    test_fraction: float,
    rng: np.random.Generator,
) -> Split:
    """Assign the rows to the parts at random, with the same mix of classes in each.

    Parameters
    ----------
    labels : (n_samples,)
    validation_fraction, test_fraction : shares of all samples; the rest is for training

    Raises
    ------
    ValueError : if the fractions leave too little for training, or if a class is too
        small to be in every part that is asked for
    """
    _check_fractions(validation_fraction, test_fraction)
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


def block_split(
    labels: Labels,
    *,
    validation_fraction: float,
    test_fraction: float,
    rng: np.random.Generator | None = None,
) -> Split:
    """Cut the rows in the order of recording: training, then validation, then test.

    Where samples were recorded writer after writer, whole writers are held out, and the
    test is on handwriting that the network has never seen. For the 70,000 rows of MNIST, a
    seventh and a seventh give the usual 50,000, 10,000 and 10,000.

    Parameters
    ----------
    labels : (n_samples,)
    validation_fraction, test_fraction : shares of all samples; the rest is for training
    rng : not used; it is there so that all splits have one signature

    Raises
    ------
    ValueError : if a part that is asked for would be empty, or if training lacks a class
    """
    _check_fractions(validation_fraction, test_fraction)
    n_test = round(test_fraction * len(labels))
    n_validation = round(validation_fraction * len(labels))
    n_training = len(labels) - n_validation - n_test
    if (validation_fraction and not n_validation) or (test_fraction and not n_test):
        raise ValueError(
            f"{len(labels)} samples are too few to be in every part. Choose larger fractions, "
            "or a dataset with more samples."
        )
    absent = np.setdiff1d(labels, labels[:n_training])
    if len(absent):
        raise ValueError(
            f"Class {absent[0]} is not among the first {n_training} samples, the training part. "
            "Choose smaller fractions, or the random split."
        )
    return Split(*np.split(np.arange(len(labels)), [n_training, n_training + n_validation]))


class SplitFunction(Protocol):
    """The signature of every split."""

    def __call__(
        self,
        labels: Labels,
        *,
        validation_fraction: float,
        test_fraction: float,
        rng: np.random.Generator,
    ) -> Split:
        """Split the rows of a dataset."""


SPLITS: dict[str, SplitFunction] = {"random": stratified_split, "blocks": block_split}


def _check_fractions(validation_fraction: float, test_fraction: float) -> None:
    if min(validation_fraction, test_fraction) < 0 or validation_fraction + test_fraction >= 1:
        raise ValueError(
            "The validation and the test fraction must be at least 0 and together below 1, "
            f"not {validation_fraction:g} and {test_fraction:g}."
        )


def _check_counts(label: int, n_rows: int, *asked: tuple[int, float]) -> None:
    n_held_out = sum(count for count, _ in asked)
    missing = any(count == 0 and fraction > 0 for count, fraction in asked)
    if missing or n_held_out >= n_rows:
        raise ValueError(
            f"Class {label} has {n_rows} samples, too few to be in every part. "
            "Choose larger fractions, or a dataset with more samples of that class."
        )
