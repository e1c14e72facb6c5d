"""How good predictions are: which classes are confused, and how reliable the confidence is.

scikit-learn counts; it is imported where it is used, as that takes a second.
"""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from data.split import Rows
from experiments.evaluation.predictions import Predictions
from experiments.export.csv_writer import csv_of

N_BINS = 10
MAX_POINTS = 200  # of the rejection curve; more would not show

IntArray: TypeAlias = npt.NDArray[np.intp]
FloatArray: TypeAlias = npt.NDArray[np.float64]


def confusion_counts(predictions: Predictions) -> IntArray:
    """Return the confusion matrix as counts of samples, (n_classes, n_classes).

    Rows are the true classes, columns the predicted ones.
    """
    from sklearn.metrics import confusion_matrix

    classes = np.arange(len(predictions.class_names))
    counts: IntArray = confusion_matrix(predictions.labels, predictions.predicted, labels=classes)
    return counts


class ClassScores(NamedTuple):
    """The scores of each class, (n_classes,) each; NaN for a division by zero.

    precision : the share of the samples predicted as the class that belong to it
    recall : the share of the samples of the class that are predicted as it
    f1 : 2 precision recall / (precision + recall), their harmonic mean
    support : the number of samples of the class
    """

    precision: FloatArray
    recall: FloatArray
    f1: FloatArray
    support: IntArray


def class_scores(predictions: Predictions) -> ClassScores:
    """Return precision, recall, F1 and support of each class."""
    from sklearn.metrics import precision_recall_fscore_support

    scores = precision_recall_fscore_support(
        predictions.labels,
        predictions.predicted,
        labels=np.arange(len(predictions.class_names)),
        zero_division=np.nan,
    )
    return ClassScores(*scores)


class Confusion(NamedTuple):
    """How often a class was predicted as another."""

    true: int
    predicted: int
    times: int


def top_confusions(counts: IntArray, n_most: int) -> list[Confusion]:
    """Return the most frequent confusions in falling order; ties in the order of the classes."""
    mistakes = counts - np.diag(np.diag(counts))
    order = np.argsort(-mistakes, axis=None, kind="stable")[:n_most]
    cells = (divmod(int(index), len(counts)) for index in order)
    found = (Confusion(*cell, int(mistakes[cell])) for cell in cells)
    return [confusion for confusion in found if confusion.times]


def complete_cell(counts: IntArray, true: int | None, predicted: int | None) -> tuple[int, int]:
    """Return the cell with the most mistakes, in a given row or column if there is one.

    Without mistakes, it is the cell with the highest count.
    """
    is_candidate = np.ones(counts.shape, bool)
    if true is not None:
        is_candidate &= np.arange(len(counts))[:, None] == true
    if predicted is not None:
        is_candidate &= np.arange(len(counts)) == predicted
    mistakes = counts - np.diag(np.diag(counts))
    ranked = mistakes if mistakes[is_candidate].any() else counts
    row, column = divmod(int(np.where(is_candidate, ranked, -1).argmax()), len(counts))
    return row, column


def cell_positions(predictions: Predictions, true: int, predicted: int) -> Rows:
    """Return the positions of the samples in a cell of the matrix, most confident first."""
    is_inside = (predictions.labels == true) & (predictions.predicted == predicted)
    found = np.flatnonzero(is_inside)
    return found[np.argsort(-predictions.confidence[found], kind="stable")]


def confidently_wrong(predictions: Predictions) -> Rows:
    """Return the positions of the wrong predictions, most confident first."""
    wrong = np.flatnonzero(~predictions.is_right)
    return wrong[np.argsort(-predictions.confidence[wrong], kind="stable")]


def least_certain(predictions: Predictions, n_most: int) -> Rows:
    """Return the positions of the samples with the smallest margins, smallest first."""
    return np.argsort(predictions.margin, kind="stable")[:n_most]


class Reliability(NamedTuple):
    """How often predictions of a given confidence are right.

    The bins are equally wide, from 0 to 1; bin i holds i/n <= confidence < (i + 1)/n, and
    the last one also 1.

    confidence, accuracy : (n_bins,), means over the samples of each bin; NaN for an empty bin
    counts : (n_bins,), samples in each bin
    ece : expected calibration error, the sum over the bins of
        (share of the samples) |accuracy - confidence|
    gap : mean confidence minus accuracy, over all samples: above 0 is overconfident
    gap_error : standard error of the gap

    Source: Guo et al., On calibration of modern neural networks, ICML (2017), section 2.
    """

    confidence: FloatArray
    accuracy: FloatArray
    counts: IntArray
    ece: float
    gap: float
    gap_error: float


def reliability(predictions: Predictions, n_bins: int = N_BINS) -> Reliability:
    """Compare confidence with accuracy, bin by bin; the outputs must be from 0 to 1."""
    confidence = predictions.confidence.astype(np.float64)
    bins = np.minimum((confidence * n_bins).astype(np.intp), n_bins - 1)
    counts = np.bincount(bins, minlength=n_bins)
    sums = (np.bincount(bins, values, n_bins) for values in (confidence, predictions.is_right))
    with np.errstate(invalid="ignore"):  # an empty bin has no mean
        mean_confidence, accuracy = (total / counts for total in sums)
    ece = np.nansum(counts * np.abs(accuracy - mean_confidence)) / len(confidence)
    gaps = confidence - predictions.is_right
    gap_error = gaps.std() / np.sqrt(len(gaps))
    return Reliability(
        mean_confidence, accuracy, counts, float(ece), float(gaps.mean()), float(gap_error)
    )


class Rejection(NamedTuple):
    """Accuracy on the remaining samples when the least confident predictions are rejected.

    rejected : (n_points,), shares of the samples, rising from 0
    accuracy : (n_points,), on the remaining samples
    """

    rejected: FloatArray
    accuracy: FloatArray


def rejection(predictions: Predictions) -> Rejection:
    """Reject predictions, the least confident first, and measure accuracy on the rest.

    Predictions of equal confidence are rejected together.
    """
    n_samples = len(predictions.labels)
    order = np.argsort(-predictions.confidence, kind="stable")
    confidence = predictions.confidence[order]
    n_left = np.flatnonzero(np.append(confidence[:-1] != confidence[1:], True))[::-1] + 1
    stride = -(-len(n_left) // MAX_POINTS)
    n_left = n_left[::stride]
    n_right = np.cumsum(predictions.is_right[order])[n_left - 1]
    return Rejection(1 - n_left / n_samples, n_right / n_left)


def matrix_csv(counts: IntArray, class_names: tuple[str, ...]) -> str:
    """Return the confusion matrix as CSV: rows are true classes, columns predicted ones."""
    rows = zip(class_names, counts.tolist(), strict=True)
    return csv_of(["true \\ predicted", *class_names], ([name, *row] for name, row in rows))


def scores_csv(scores: ClassScores, class_names: tuple[str, ...]) -> str:
    """Return precision, recall, F1 and support as CSV; cells of NaN are empty."""
    columns = [[_empty_if_nan(value) for value in column.tolist()] for column in scores]
    return csv_of(["class", *ClassScores._fields], zip(class_names, *columns, strict=True))


def _empty_if_nan(value: float) -> object:
    return value if value == value else ""  # NaN is not equal to itself


def predictions_csv(predictions: Predictions, output_name: str) -> str:
    """Return the true and the predicted class and the outputs of each sample as CSV.

    Parameters
    ----------
    output_name : what an output is called, such as 'probability'
    """
    names = predictions.class_names
    header = ["row", "true", "predicted", *(f"{output_name} of {name}" for name in names)]
    samples = zip(
        predictions.rows.tolist(),
        predictions.labels.tolist(),
        predictions.predicted.tolist(),
        predictions.outputs.tolist(),
        strict=True,
    )
    return csv_of(
        header,
        (
            [row, names[true], names[predicted], *outputs]
            for row, true, predicted, outputs in samples
        ),
    )
