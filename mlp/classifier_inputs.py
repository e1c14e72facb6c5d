"""Labels, weights and validation samples, from what was given to what training takes."""

import zlib
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_array
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from mlp.arrays import Array
from mlp.samples import Samples, one_hot

Labels: TypeAlias = npt.NDArray[Any]

MAX_TOTAL_WEIGHT = 1e300  # far enough below what double precision can hold, 1.8e308


class LabeledInputs(NamedTuple):
    """Inputs X, (n_samples, n_features), with labels instead of targets.

    y : (n_samples,), or (n_samples, n_labels) of 0 and 1 where a sample can have several
    weights : (n_samples,), all above 0, of which only the proportions matter, or None
    """

    X: Array
    y: Labels
    weights: Array | None

    def take(self, kept: npt.NDArray[np.bool_]) -> "LabeledInputs":
        """Return some of the samples; `kept` is (n_samples,)."""
        return LabeledInputs(
            self.X[kept], self.y[kept], None if self.weights is None else self.weights[kept]
        )


def read_labels(y: Any) -> Labels:
    """Return labels, (n_samples,), or (n_samples, n_labels) of 0 and 1, or raise a ValueError."""
    labels: Labels = y.toarray() if hasattr(y, "toarray") else y  # a sparse matrix has it
    check_classification_targets(labels)
    if labels.ndim == 1 or labels.shape[1] == 1:
        column: Labels = column_or_1d(labels, warn=True)
        return column
    if not np.isin(labels, (0, 1)).all():
        raise ValueError(
            f"y has the shape {labels.shape}: a column for each label, 1 where a sample has it "
            "and 0 where not. It holds other values. For one class per sample, give one column."
        )
    return labels


def read_weights(sample_weight: Any, n_samples: int) -> Array:
    """Return checked weights, (n_samples,) in double precision, or raise a ValueError."""
    weights: Array = check_array(
        sample_weight, ensure_2d=False, allow_nd=True, dtype=np.float64, input_name="sample_weight"
    )
    if weights.shape != (n_samples,) or (weights < 0).any() or not weights.any():
        raise ValueError(
            f"sample_weight must be {n_samples} numbers of at least 0, one per sample and not "
            f"all zero; it has the shape {weights.shape} and values from {weights.min():g} to "
            f"{weights.max():g}."
        )
    _check_total(weights)
    return weights


def _check_total(weights: Array) -> None:
    with np.errstate(over="ignore"):
        if weights.sum() < MAX_TOTAL_WEIGHT:
            return
    raise ValueError(
        f"The weights of samples and classes are so large, up to {weights.max():g}, that their "
        f"sum is above {MAX_TOTAL_WEIGHT:g}. Only the proportions matter: divide them all by the "
        "same number."
    )


def read_pair(validation_data: Any) -> tuple[Any, Any]:
    """Return X and y, or raise a ValueError if they are not a pair."""
    if not (isinstance(validation_data, tuple | list) and len(validation_data) == 2):
        raise ValueError("validation_data must be a pair (X, y), or None.")
    return validation_data[0], validation_data[1]


def classes_of(y: Labels) -> Labels:
    """Return the different labels in order; where y has columns, the number of each."""
    if y.ndim == 2:
        return np.arange(y.shape[1])
    classes = np.unique(y)
    if len(classes) < 2:
        raise ValueError(
            f"There is nothing to tell apart with 1 class, '{classes[0]}'. "
            "Give samples of two classes at least."
        )
    return classes


def first_classes(named: Labels | None, y: Labels) -> Labels:
    """Return the classes for the first call of `partial_fit`, or raise a ValueError."""
    if y.ndim == 2:
        return classes_of(y)
    if named is None:
        raise ValueError("The first call of partial_fit needs classes, all labels that will come.")
    return named


def in_words(classes: Labels) -> str:
    """Return the first ten classes, separated by commas."""
    names = [str(name) for name in classes[:10]]
    return ", ".join(names) + (", ..." if len(classes) > 10 else "")


def to_samples(
    inputs: LabeledInputs,
    classes: Labels,
    n_outputs: int,
    is_multilabel: bool,
    class_weights: Array | None,
) -> Samples:
    """Return what training takes: targets instead of labels, and weights with mean 1.

    Parameters
    ----------
    classes : (n_classes,), the labels in order
    is_multilabel : whether a sample can have several labels, as columns of y
    class_weights : (n_classes,), or None if all are the same

    Raises
    ------
    ValueError : for labels that do not fit the classes, or weights that are all 0 or so large
        that their sum overflows
    """
    expected = (n_outputs,) if is_multilabel else ()
    if inputs.y.shape[1:] != expected:
        raise ValueError(
            f"y has the shape {inputs.y.shape}, and this network learns from {len(inputs.y)} rows "
            + (f"of {n_outputs} labels." if is_multilabel else "with one label each.")
        )
    dtype, weights = inputs.X.dtype, inputs.weights
    if is_multilabel:
        return Samples(inputs.X, inputs.y.astype(dtype), _with_mean_one(weights, dtype))
    numbers = _number_labels(inputs.y, classes)
    if class_weights is not None:
        with np.errstate(over="ignore"):
            weights = class_weights[numbers] * (1 if weights is None else weights)
    if n_outputs == 1:
        targets = numbers[:, np.newaxis].astype(dtype)
    else:
        targets = one_hot(numbers, n_outputs, dtype)
    return Samples(inputs.X, targets, _with_mean_one(weights, dtype))


def _number_labels(y: Labels, classes: Labels) -> npt.NDArray[np.intp]:
    """Return the index of each label in the classes, (n_samples,)."""
    unknown = np.setdiff1d(y, classes)
    if len(unknown):
        raise ValueError(
            f"y has the label '{unknown[0]}', which is not among the classes {in_words(classes)}."
        )
    return np.searchsorted(classes, y)


def _with_mean_one(weights: Array | None, dtype: np.dtype[Any]) -> Array | None:
    if weights is None:
        return None
    if not weights.any():
        raise ValueError("With these class weights all samples have weight 0. Raise one.")
    _check_total(weights)
    scaled: Array = (weights / weights.mean()).astype(dtype)
    return scaled


def choose_held_out(
    inputs: LabeledInputs, fraction: float, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Return which rows to hold out for validation, (n_samples,), of every class alike.

    In each class the samples are put in random order, and the first are held out until
    their weights make up the fraction. Copies of one sample stay together, so that none is
    trained on while another is held out; where their labels differ, all count to the class
    of the first. A sample of weight 2 is the same as two. One sample per class is always
    left for training.

    Raises
    ------
    ValueError : if no class has two different samples
    """
    _, first, copy_of = np.unique(
        [zlib.crc32(row + 0) for row in inputs.X],  # -0.0 + 0 is 0.0
        return_index=True,
        return_inverse=True,
    )
    weights = np.ones(len(inputs.X)) if inputs.weights is None else inputs.weights
    labels = inputs.y if inputs.y.ndim == 1 else np.zeros(len(inputs.X))
    strata = labels[first][copy_of]
    held_out = np.zeros(len(inputs.X), bool)
    for stratum in np.unique(strata):
        rows = strata == stratum
        held_out[rows] = _draw_copies(copy_of[rows], weights[rows], fraction, rng)
    for label in np.unique(labels):
        rows = labels == label
        if held_out[rows].all():  # its samples are copies of those of other classes
            held_out[copy_of == copy_of[rows][0]] = False
    if not held_out.any():
        raise ValueError(
            f"Early stopping has nothing to hold out with n_samples={len(inputs.X)}: no class has "
            "two different samples. Give validation_data, or more samples."
        )
    return held_out


def _draw_copies(
    copy_of: npt.NDArray[np.intp], weights: Array, fraction: float, rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Return which rows of a class to hold out, (n_rows,): never all, and copies together."""
    different, copies = np.unique(copy_of, return_inverse=True)
    place = rng.permutation(len(different))[copies]
    weight_at = np.bincount(place, weights)
    before = np.cumsum(weight_at) - weight_at
    is_first = before < fraction * weight_at.sum()
    is_first[-1] = False
    drawn: npt.NDArray[np.bool_] = is_first[place]
    return drawn
