"""What the browser may say of the editor of points: what is not possible is refused."""

import pytest

from dashboard.components.point_editor import CLASSES, read_change
from data.placed_points import PlacedPoints

SHOWN = PlacedPoints(((0.1, 0.2, 0),))


def test_a_change_of_the_points_shown_is_taken_and_remains_theirs() -> None:
    changed, problem = read_change({"id": SHOWN.id, "points": [[0.5, -1, 3]]}, SHOWN)
    assert changed == PlacedPoints(((0.5, -1, 3),))
    assert changed.id == SHOWN.id
    assert problem == ""


def test_a_curve_is_replaced_by_points_that_the_editor_has_to_take() -> None:
    changed, problem = read_change({"id": SHOWN.id, "curve": [[-1, 0], [1, 0.5]]}, SHOWN)
    assert changed.id != SHOWN.id
    assert problem == ""


@pytest.mark.parametrize("sent", [None, 5, [], {}, {"points": []}, {"id": "old", "points": []}])
def test_what_is_not_of_the_points_shown_is_passed_over(sent: object) -> None:
    assert read_change(sent, SHOWN) == (None, "")


def test_what_cannot_be_points_is_refused_with_the_reason() -> None:
    changed, problem = read_change({"id": SHOWN.id, "points": [[9, 0, 0]]}, SHOWN)
    assert changed is None
    assert "from -1.2 to 1.2" in problem


def test_no_two_classes_look_alike() -> None:
    assert len({each["symbol"] for each in CLASSES}) == len(CLASSES) == 5
