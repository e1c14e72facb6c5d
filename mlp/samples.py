"""Samples for training: inputs and targets, one-hot encoding, and the batches of an epoch."""

from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array
from mlp.network import Network

Rows = npt.NDArray[np.intp]

Augment = Callable[[Array, int, int], Array]
"""From the inputs of a batch, (n, n_0), the number of the epoch, and that of the batch in it from
0 on, the inputs to learn from instead. It depends on these alone, and changes none of them."""


class Samples(NamedTuple):
    """Inputs X, (n_samples, n_0), and targets, (n_samples, n_L); a row is a sample.

    weights : (n_samples,), how much each counts in the loss, with mean 1; None if all
        count the same
    """

    X: Array
    targets: Array
    weights: Array | None = None

    def each(self, change: Callable[[Array], Array]) -> "Samples":
        """Return the samples with the same change made to each of the arrays."""
        weights = None if self.weights is None else change(self.weights)
        return Samples(change(self.X), change(self.targets), weights)


def one_hot(labels: npt.NDArray[np.integer], n_classes: int, dtype: npt.DTypeLike) -> Array:
    """Return targets, (n_samples, n_classes): 1 in the column of the label, else 0."""
    targets: Array = np.zeros((len(labels), n_classes), dtype)
    targets[np.arange(len(labels)), labels] = 1
    return targets


def batches_in_order(samples: Samples, batch_size: int, start: int = 0) -> Iterator[Samples]:
    """Yield the samples from a row on, batch by batch, in the order of the arrays."""
    for first in range(start, len(samples.X), batch_size):
        rows = slice(first, first + batch_size)
        yield samples.each(itemgetter(rows))


def shuffled_batches(
    samples: Samples, batch_size: int, order: Rows, start: int = 0
) -> Iterator[Samples]:
    """Yield the samples batch by batch in an order of their rows, from a place in it on.

    The arrays of a batch are reused for the next one.

    Parameters
    ----------
    order : (n_samples,), each row once
    """
    n_samples = len(order)
    whole = samples.each(lambda part: np.empty_like(part[:batch_size]))
    last = whole.each(lambda part: part[: n_samples % batch_size])
    for first in range(start, n_samples, batch_size):
        rows = order[first : first + batch_size]
        batch = whole if len(rows) == batch_size else last
        for part, out in zip(samples, batch, strict=True):
            if part is not None:
                part.take(rows, axis=0, out=out, mode="clip")  # other modes copy twice
        yield batch


def augmented_batches(
    batches: Iterator[Samples], augment: Augment, epoch: int, first: int
) -> Iterator[Samples]:
    """Yield batches with their inputs changed.

    The arrays of a batch are its own, so that a batch can be made before the last one is used up.

    Parameters
    ----------
    first : the number of the first of the batches in its epoch
    """
    for number, (X, targets, weights) in enumerate(batches, first):
        own_weights = None if weights is None else weights.copy()
        yield Samples(augment(X, epoch, number), targets.copy(), own_weights)


def check_samples(samples: Samples, network: Network) -> None:
    """Refuse samples that a network cannot learn from.

    Raises
    ------
    ValueError : for arrays that do not fit the network, or hold NaN or infinity
    """
    n_samples = len(samples.X)
    expected = (n_samples, network.sizes[0]), (n_samples, network.sizes[-1])
    given = samples.X.shape, samples.targets.shape
    if given != expected or n_samples == 0:
        raise ValueError(
            f"X and targets have the shapes {given[0]} and {given[1]}; this network needs "
            f"(n_samples, {network.sizes[0]}) and (n_samples, {network.sizes[-1]}), "
            "with at least one sample."
        )
    dtype = network.parameters.dtype
    if any(part.dtype != dtype for part in samples[:2]):
        raise ValueError(
            f"X and targets are {samples.X.dtype} and {samples.targets.dtype}, the network is "
            f"{dtype}. Convert them with .astype(np.{dtype})."
        )
    if not all(_is_finite(part) for part in samples[:2]):
        raise ValueError("X or targets hold NaN or infinity. Remove or replace those values.")
    if samples.weights is not None:
        _check_weights(samples.weights, n_samples, dtype)


def _is_finite(array: Array) -> bool:
    """Say whether all numbers are finite; a finite sum is a quick proof."""
    return bool(np.isfinite(array.sum(dtype=np.float64)) or np.isfinite(array).all())


def _check_weights(weights: Array, n_samples: int, dtype: np.dtype[Any]) -> None:
    is_fit = weights.shape == (n_samples,) and weights.dtype == dtype
    if not (is_fit and np.isfinite(weights).all() and (weights >= 0).all()):
        raise ValueError(
            f"The weights must be {n_samples} numbers in {dtype}, none of them negative; "
            f"given were {weights.dtype} of shape {weights.shape}."
        )
