"""Split the samples into a training, a validation and a test part."""

from collections.abc import Sequence
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
    block_starts: Sequence[int] = (),
) -> Split:
    """Assign the rows to the parts at random, with the same mix of classes in each.

    Parameters
    ----------
    labels : (n_samples,)
    validation_fraction, test_fraction : shares of all samples; the rest is for training
    block_starts : not used; it is there so that all splits have one signature

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
    block_starts: Sequence[int] = (),
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
    block_starts : the rows at which a block begins, 0 first. The rows are cut only there, so that
        no block is in two parts, and every part that is asked for has at least one block. Without
        any, they are cut wherever the fractions say.

    Raises
    ------
    ValueError : if a part that is asked for would be empty, or if training lacks a class
    """
    _check_fractions(validation_fraction, test_fraction)
    fractions = validation_fraction, test_fraction
    cuts = (
        _cuts_between_blocks(len(labels), block_starts, *fractions)
        if block_starts
        else _cuts_anywhere(len(labels), *fractions)
    )
    absent = np.setdiff1d(labels, labels[: cuts[0]])
    if len(absent):
        raise ValueError(
            f"Class {absent[0]} is not among the first {cuts[0]} samples, the training part. "
            "Choose smaller fractions, or the random split."
        )
    return Split(*np.split(np.arange(len(labels)), cuts))


def _cuts_anywhere(
    n_samples: int, validation_fraction: float, test_fraction: float
) -> tuple[int, int]:
    """Return the rows at which validation and test begin."""
    n_test, n_validation = round(test_fraction * n_samples), round(validation_fraction * n_samples)
    if (validation_fraction and not n_validation) or (test_fraction and not n_test):
        raise ValueError(
            f"{n_samples} samples are too few to be in every part. Choose larger fractions, "
            "or a dataset with more samples."
        )
    return n_samples - n_test - n_validation, n_samples - n_test


def _cuts_between_blocks(
    n_samples: int, block_starts: Sequence[int], validation_fraction: float, test_fraction: float
) -> tuple[int, int]:
    """Return the rows at which validation and test begin: those starts of a block that give
    the test part, and then the validation part, a size nearest to its share.
    """
    n_parts = 1 + bool(validation_fraction) + bool(test_fraction)
    if len(block_starts) < n_parts:
        raise ValueError(
            f"{len(block_starts)} blocks cannot be in {n_parts} parts, each of whole blocks. "
            "Choose the random split, or hold out fewer parts."
        )
    test_start = validation_start = n_samples
    if test_fraction:
        candidates = block_starts[n_parts - 1 :]  # a block for each part before it
        test_start = _nearest(candidates, n_samples - test_fraction * n_samples)
        validation_start = test_start
    if validation_fraction:
        candidates = [start for start in block_starts[1:] if start < test_start]
        validation_start = _nearest(candidates, test_start - validation_fraction * n_samples)
    return validation_start, test_start


def _nearest(candidates: Sequence[int], row: float) -> int:
    return min(candidates, key=lambda candidate: abs(candidate - row))


class SplitFunction(Protocol):
    """The signature of every split."""

    def __call__(
        self,
        labels: Labels,
        *,
        validation_fraction: float,
        test_fraction: float,
        rng: np.random.Generator,
        block_starts: Sequence[int] = (),
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
