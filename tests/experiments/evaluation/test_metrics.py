"""Metrics against values worked out by hand, and against scikit-learn."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import accuracy_score, confusion_matrix

from experiments.evaluation.metrics import (
    Confusion,
    cell_positions,
    class_scores,
    confidently_wrong,
    confusion_counts,
    least_certain,
    matrix_csv,
    predictions_csv,
    rejection,
    reliability,
    scores_csv,
    top_confusions,
)
from experiments.evaluation.predictions import Predictions


def predictions(
    outputs: object, labels: list[int], names: tuple[str, ...] = ("a", "b", "c")
) -> Predictions:
    values = np.array(outputs, np.float32)
    rows = np.arange(len(labels)) + 100
    return Predictions(rows, np.array(labels), values, values.argmax(axis=1), names)


FIVE = predictions(
    [[0.9, 0.1, 0], [0.2, 0.8, 0], [0.4, 0.6, 0], [0.3, 0.7, 0], [0.05, 0.95, 0]],
    [0, 1, 0, 0, 1],
)


def test_rows_are_true_and_columns_predicted_also_for_classes_without_samples() -> None:
    assert confusion_counts(FIVE).tolist() == [[1, 2, 0], [0, 2, 0], [0, 0, 0]]


def test_scores_of_each_class_by_hand() -> None:
    scores = class_scores(FIVE)
    np.testing.assert_allclose(scores.precision, [1, 1 / 2, np.nan])
    np.testing.assert_allclose(scores.recall, [1 / 3, 1, np.nan])
    np.testing.assert_allclose(scores.f1, [1 / 2, 2 / 3, np.nan])
    assert scores.support.tolist() == [3, 2, 0]


def test_the_most_frequent_confusions_come_first() -> None:
    counts = np.array([[50, 1, 0], [4, 60, 1], [0, 0, 9]])
    assert top_confusions(counts, 2) == [Confusion(1, 0, 4), Confusion(0, 1, 1)]
    assert len(top_confusions(counts, 10)) == 3
    assert top_confusions(np.diag([3, 4]), 10) == []


def test_samples_are_found_by_cell_and_by_confidence() -> None:
    assert cell_positions(FIVE, 0, 1).tolist() == [3, 2]
    assert cell_positions(FIVE, 2, 2).tolist() == []
    assert confidently_wrong(FIVE).tolist() == [3, 2]
    assert least_certain(FIVE, 2).tolist() == [2, 3]


def test_reliability_by_hand() -> None:
    # Two predictions with confidence 0.65, one right; two with 1, both right.
    four = predictions([[0.65, 0.35], [0.65, 0.35], [1, 0], [1, 0]], [0, 1, 0, 0], ("a", "b"))
    found = reliability(four)
    assert found.counts.tolist() == [0, 0, 0, 0, 0, 0, 2, 0, 0, 2]
    np.testing.assert_allclose(found.accuracy[[6, 9]], [0.5, 1])
    np.testing.assert_allclose(found.confidence[[6, 9]], [0.65, 1], rtol=1e-6)
    assert np.isnan(found.accuracy[0])
    assert found.ece == pytest.approx(2 / 4 * 0.15, rel=1e-5)
    assert found.gap == pytest.approx(3.3 / 4 - 3 / 4, rel=1e-5)
    gaps = [-0.35, 0.65, 0, 0]
    assert found.gap_error == pytest.approx(np.std(gaps) / 2, rel=1e-5)


def test_rejection_by_hand() -> None:
    found = rejection(FIVE)  # from the most confident on: right, right, right, wrong, wrong
    np.testing.assert_allclose(found.rejected, [0, 0.2, 0.4, 0.6, 0.8])
    np.testing.assert_allclose(found.accuracy, [3 / 5, 3 / 4, 1, 1, 1])


def test_predictions_of_equal_confidence_are_rejected_together() -> None:
    equal = predictions([[1, 0], [1, 0], [0.5, 0.5], [0.5, 0.5]], [0, 1, 0, 1], ("a", "b"))
    found = rejection(equal)
    np.testing.assert_allclose(found.rejected, [0, 0.5])
    np.testing.assert_allclose(found.accuracy, [0.5, 0.5])


@given(arrays(np.float32, (40, 3), elements=st.floats(0, 1, width=32)), st.integers(0, 2**16))
def test_counts_and_accuracies_agree_with_scikit_learn(outputs: np.ndarray, seed: int) -> None:
    found = predictions(outputs, np.random.default_rng(seed).integers(0, 3, 40))
    counts = confusion_counts(found)
    classes = [0, 1, 2]
    expected = confusion_matrix(found.labels, found.predicted, labels=classes)
    np.testing.assert_array_equal(counts, expected)
    accuracy = accuracy_score(found.labels, found.predicted)
    assert rejection(found).accuracy[0] == pytest.approx(accuracy)
    bins = reliability(found)
    assert bins.counts.sum() == 40
    assert np.nansum(bins.counts * bins.accuracy) / 40 == pytest.approx(accuracy)
    assert 0 <= bins.ece <= 1
    assert abs(bins.gap) <= bins.ece + 1e-6
    mistakes = top_confusions(counts, 100)
    assert sum(confusion.times for confusion in mistakes) == 40 - found.n_correct
    cells = [len(cell_positions(found, *divmod(cell, 3))) for cell in range(9)]
    assert cells == counts.ravel().tolist()


def test_the_rejection_curve_of_many_samples_is_thinned_but_starts_at_zero() -> None:
    rng = np.random.default_rng(0)
    many = predictions(rng.random((10_000, 3)), rng.integers(0, 3, 10_000))
    found = rejection(many)
    assert len(found.rejected) <= 200
    assert found.rejected[0] == 0


def read(table: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table)))


def test_csv_tables_are_read_back_and_no_class_name_is_a_formula() -> None:
    names = ("=1+1", "-2", "c")
    named = predictions(FIVE.outputs, FIVE.labels, names)
    assert read(matrix_csv(confusion_counts(named), names)) == [
        ["true \\ predicted", "'=1+1", "-2", "c"],
        ["'=1+1", "1", "2", "0"],
        ["-2", "0", "2", "0"],
        ["c", "0", "0", "0"],
    ]
    assert read(scores_csv(class_scores(named), names))[3] == ["c", "", "", "", "0"]
    table = read(predictions_csv(named, "probability"))
    assert table[0][:4] == ["row", "true", "predicted", "probability of =1+1"]
    assert table[3][:3] == ["102", "'=1+1", "-2"]
    np.testing.assert_allclose(np.array([row[3:] for row in table[1:]], float), FIVE.outputs)
