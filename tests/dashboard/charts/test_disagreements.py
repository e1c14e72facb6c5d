import numpy as np

from dashboard.charts.disagreements import (
    SHOWN_IMAGES,
    OnlyRight,
    only_right,
    only_right_figure,
)
from dashboard.charts.image_grid import MAX_CAPTION
from experiments.evaluation.predictions import Predictions
from experiments.training.run import Run

DIGITS = tuple("0123456789")


def predictions(
    predicted: list[int], labels: list[int], names: tuple[str, ...] = DIGITS
) -> Predictions:
    rows = np.arange(len(labels)) + 5
    outputs = np.eye(len(names), dtype=np.float32)[predicted]
    return Predictions(rows, np.array(labels), outputs, np.array(predicted), names)


def test_only_right_shows_what_the_other_takes_them_for() -> None:
    first = predictions([3, 1, 2, 9], labels=[3, 1, 2, 8])
    other = predictions([3, 7, 2, 8], labels=[3, 1, 2, 8])
    found = only_right((first, other), ("SLP", "MLP 32"), "test")
    assert found.rows.tolist() == [6]
    assert found.captions == ["1<br>not 7"]
    assert found.title == "Only SLP is right: 1 of 4 test images"
    back = only_right((other, first), ("MLP 32", "SLP"), "validation")
    assert (back.rows.tolist(), back.captions) == ([8], ["8<br>not 9"])
    assert back.title.endswith("of 4 validation images")


def test_at_most_a_row_is_shown_and_all_are_counted() -> None:
    n = SHOWN_IMAGES + 5
    found = only_right(
        (predictions([1] * n, [1] * n), predictions([2] * n, [1] * n)), ("SLP", "MLP"), "test"
    )
    assert len(found.rows) == len(found.captions) == SHOWN_IMAGES
    assert f"{n} of {n}" in found.title


def test_names_of_classes_are_text_and_not_too_long() -> None:
    names = ("<i>one</i>", "a very long name of a class")
    found = only_right(
        (predictions([0], [0], names), predictions([1], [0], names)), ("a", "b"), "validation"
    )
    right, wrong = found.captions[0].split("<br>")
    assert right == "&lt;i&gt;one&lt;/i&gt;"
    assert wrong == f"not {names[1][: MAX_CAPTION - 1]}…"


def test_no_image_gives_an_empty_figure_with_its_title(pair: list[Run]) -> None:
    dataset = pair[0].prepared_data().dataset
    figure = only_right_figure(OnlyRight(np.empty(0, np.intp), [], "Only SLP: 0 of 9"), dataset)
    assert figure.layout.title.text == "Only SLP: 0 of 9"
    assert len(figure.data[1].text) == 0
