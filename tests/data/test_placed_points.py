"""Points placed by hand: what the browser and links may say of them, and the data they make."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.own.checks import OwnDataError
from data.placed_points import (
    CLASS_NAMES,
    CURVE_POINTS,
    DIGITS,
    LIMIT,
    MAX_LINKED_POINTS,
    MAX_POINTS,
    PlacedPoints,
    Point,
    points_beside,
    read_points,
)
from data.split import stratified_split
from experiments.config import RunConfig

UNITS = round(LIMIT * 10**DIGITS)
COORDINATES = st.integers(-UNITS, UNITS).map(lambda units: units / 10**DIGITS)
POINTS = st.tuples(COORDINATES, COORDINATES, st.integers(0, len(CLASS_NAMES) - 1))


def in_classes(*labels: int) -> PlacedPoints:
    return PlacedPoints(tuple((0.1 * i, -0.25, label) for i, label in enumerate(labels)))


def refuse(message: object, words: str) -> None:
    with pytest.raises(OwnDataError, match=words):
        read_points(message)


# --- From the browser -----------------------------------------------------------------


def test_what_was_placed_is_read_with_three_digits() -> None:
    read = read_points({"id": "a", "points": [[0.12345, -1.2, 0], [1, 0, 4]]})
    assert read.points == ((0.123, -1.2, 0), (1, 0, 4))
    assert read.id == "a"
    assert read_points({"id": "b", "points": []}) == PlacedPoints()


@pytest.mark.parametrize(
    "message", [None, 7, [], {"points": []}, {"id": 1, "points": []}, {"id": "a"}]
)
def test_a_message_of_another_form_is_refused(message: object) -> None:
    refuse(message, "Points were expected, .* Load the page again")


@pytest.mark.parametrize(
    "point", [None, "x", [0, 0], [0, 0, 0, 0], [0, 0, 5], [0, 0, -1], [0, 0, True], [0, 0, 1.0]]
)
def test_what_is_no_point_is_refused(point: object) -> None:
    refuse({"id": "a", "points": [[0, 0, 0], point]}, r"Point 2 should be \[x₁, x₂, class\]")


@pytest.mark.parametrize("value", [None, "1", True, 1.201, -9, math.nan, math.inf, 10**400])
def test_a_place_outside_the_plane_is_refused(value: object) -> None:
    refuse({"id": "a", "points": [[0, value, 0]]}, r"Point 1 .* from -1.2 to 1.2, but")
    refuse({"id": "a", "curve": [[0, 0], [value, 0]]}, "Place 2 of the curve .* from -1.2 to 1.2")


def test_too_many_points_are_refused() -> None:
    points = [[0, 0, 0]] * MAX_POINTS
    assert len(read_points({"id": "a", "points": points}).points) == 1000
    refuse({"id": "a", "points": [*points, [0, 0, 0]]}, "1,001 points, .* at most 1,000 .* Erase")


# --- A curve --------------------------------------------------------------------------


def test_a_curve_has_class_a_above_it_and_class_b_below() -> None:
    read = read_points({"id": "a", "curve": [[-0.5, 1], [0.5, -1]]})
    assert len(read.points) == CURVE_POINTS == 300
    for x, y, label in read.points:
        height = min(max(-2 * x, -1), 1)  # beyond its ends, the curve is level
        assert label == (y < height)
        assert max(abs(x), abs(y)) <= LIMIT
    assert read.id != "a"  # the editor has not got them yet


def test_a_curve_always_has_the_same_points() -> None:
    assert points_beside([(0, 0)]) == points_beside([(-1, 0), (1, 0)])


@pytest.mark.parametrize(
    ("curve", "words"),
    [
        ([], "1 to 1,000 places, but this one has 0"),
        ([[0, 0]] * 1001, "but this one has 1,001"),
        ([[0, 0], [-0.1, 0]], "from left to right, but turns back. Draw it again"),
        ([[0, 0, 1]], r"Place 1 of the curve should be \[x₁, x₂\]"),
    ],
)
def test_what_is_no_curve_is_refused(curve: list, words: str) -> None:
    refuse({"id": "a", "curve": curve}, words)


# --- As a dataset ---------------------------------------------------------------------


def test_the_points_become_data_of_ones_own() -> None:
    dataset = in_classes(0, 0, 1, 0, 1, 1, 0, 1).dataset()
    assert (dataset.name, dataset.class_names) == ("own", ("A", "B"))
    assert dataset.feature_names == ("x₁", "x₂")
    assert dataset.X.dtype == np.float32
    np.testing.assert_allclose(dataset.X[3], [0.3, -0.25])
    np.testing.assert_array_equal(dataset.labels, [0, 0, 1, 0, 1, 1, 0, 1])
    assert dataset.maximum == pytest.approx(0.7)


def test_as_few_points_as_are_accepted_can_be_split() -> None:
    config = RunConfig(dataset="own")
    parts = stratified_split(
        in_classes(*[0, 1] * 4).dataset().labels,
        validation_fraction=config.validation_fraction,
        test_fraction=config.test_fraction,
        rng=np.random.default_rng(0),
    )
    assert all(len(rows) >= 2 for rows in parts)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([], "place at least 4 points of each of two classes; there are 0 of 0 so far"),
        ([1] * 9, "place at least 4 points of each of two classes; there are 9 of 1 so far"),
        (
            [0] * 4 + [2] * 4,
            "Class B has no points, .*: place at least 4 of it, or use the .* order",
        ),
        ([0] * 4 + [1] * 3, "Class B has only 3 points: place at least 4 of it, so that training"),
        ([0] + [1] * 4, "Class A has only 1 point: place"),
    ],
)
def test_too_few_points_are_refused_with_what_is_missing(labels: list[int], words: str) -> None:
    with pytest.raises(OwnDataError, match=words):
        in_classes(*labels).dataset()


# --- In a link ------------------------------------------------------------------------


@given(st.lists(POINTS, max_size=MAX_LINKED_POINTS))
def test_a_link_holds_the_points_as_they_are(points: list[Point]) -> None:
    placed = PlacedPoints(tuple(points))
    text = placed.to_text()
    assert PlacedPoints.from_text(text) == placed
    assert all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in text)
    assert len(text) <= 7 * len(points) + 6


@given(st.text("ABCXYZabcxyz0189-_", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        PlacedPoints.from_text(text)
    except OwnDataError as error:
        assert str(error).startswith("The points in this link cannot be read")  # noqa: PT017


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda text: "", "a part of them is missing"),
        (lambda text: text[:-1], "a part of them is missing"),
        (lambda text: text[20:], "a part of them is missing"),
        (lambda text: "B" + text[1:], "a part of them is missing or was changed"),
        (lambda text: text[:5], "the end is missing"),
        (lambda text: text + "%3D", "only letters, digits, - and _ were expected"),
        (lambda text: text * 100, "there are 5,200 letters, but at most 2,006 are possible"),
    ],
)
def test_a_damaged_link_is_refused(damage: object, words: str) -> None:
    text = in_classes(*range(5), 0, 1).to_text()
    with pytest.raises(OwnDataError, match=f"{words}.* Copy the whole link once more"):
        PlacedPoints.from_text(damage(text))


def test_a_forged_link_is_checked_as_a_message_is() -> None:
    forged = PlacedPoints(((9.0, 0.0, 0),)).to_text()
    with pytest.raises(OwnDataError, match=r"from -1.2 to 1.2, but it is"):
        PlacedPoints.from_text(forged)


def test_a_link_holds_no_more_than_300_points() -> None:
    with pytest.raises(OwnDataError, match=r"302 points, .* holds at most 300. Erase 2"):
        PlacedPoints(((0.0, 0.0, 0),) * 302).to_text()
