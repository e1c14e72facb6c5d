import numpy as np
import pytest

from dashboard.confusion.samples import caption_of, features_table
from data.datasets import Dataset
from experiments.evaluation.predictions import OUTPUT_MEANINGS, Predictions


@pytest.mark.parametrize(
    ("n_features", "header"),
    [
        (1, "| No. | Confidence | feature 1 |"),
        (2, "| No. | Confidence | x₁ | x₂ |"),
        (3, "| No. | Confidence | feature 1 | feature 2 | … |"),
    ],
)
def test_samples_without_images_are_a_table_of_features(n_features: int, header: str) -> None:
    X = np.arange(20 * n_features, dtype=np.float32).reshape(20, n_features)
    labels = np.zeros(20, int)
    own = Dataset("own", "T", X, labels, ("cat", "a*b"), None, 1.0, "value", "here")
    table = features_table(own, np.array([11, 10]), ["60 %", "90 %"], 7)
    lines = table.splitlines()
    assert lines[0] == header
    assert lines[2].startswith(f"| 7 | 60\u00a0% | {X[11, 0]:.3g} |")
    assert lines[3].startswith(f"| 8 | 90\u00a0% | {X[10, 0]:.3g} |")


def test_shares_are_never_rounded_to_certainty(predictions: Predictions) -> None:
    captions = [
        caption_of(predictions, i, OUTPUT_MEANINGS["softmax"], with_classes=False, longest=12)
        for i in range(4)
    ]
    assert captions == ["90 %", "60 %", "> 99 %", "100 %"]


@pytest.mark.parametrize(
    ("longest", "caption"),
    [(12, "cat→a*b 60 %"), (11, "cat\n→a*b\n60 %"), (None, "cat→a*b 60 %")],
)
def test_a_caption_has_both_names_in_as_many_lines_as_it_needs(
    predictions: Predictions, longest: int | None, caption: str
) -> None:
    meaning = OUTPUT_MEANINGS["softmax"]
    found = caption_of(predictions, 1, meaning, with_classes=True, longest=longest)
    assert found == caption


@pytest.mark.parametrize(("longest", "caption"), [(12, "cat ✓ 90 %"), (5, "cat\n✓ 90 %")])
def test_a_right_answer_is_told_from_a_wrong_one(
    predictions: Predictions, longest: int, caption: str
) -> None:
    meaning = OUTPUT_MEANINGS["softmax"]
    found = caption_of(predictions, 0, meaning, with_classes=True, longest=longest)
    assert found == caption
