"""What the browser may say of the pad: what is no drawing is refused, with a reason."""

import numpy as np
import pytest

from dashboard.components.digit_pad import PAD, put_on_pad, take_drawing
from dashboard.drawing import drawing_version, prepared_drawing
from dashboard.session import Drawing, Tab, looking_at
from data.drawing import PREPARATIONS
from data.drawing.strokes import MAX_POINTS

LINE = [[10, 10, 20], [100, 200, 22.5]]


@pytest.fixture
def here():
    tab = Tab()
    with looking_at(tab):
        yield tab


def message(tab: Tab, strokes: object = (LINE,), **other: object) -> dict:
    strokes = list(strokes) if isinstance(strokes, tuple) else strokes
    return {"id": tab.drawing.id, "strokes": strokes, "isDown": False} | other


def test_what_is_drawn_replaces_what_was_there(here: Tab) -> None:
    take_drawing(message(here))
    take_drawing(message(here, (LINE, LINE), isDown=True))
    assert len(here.drawing.strokes) == 2
    np.testing.assert_array_equal(here.drawing.strokes[1], LINE)
    assert here.drawing.is_pen_down
    assert here.drawing.number == 2
    take_drawing(message(here, ()))
    assert here.drawing.strokes == []


@pytest.mark.parametrize(
    "other",
    [
        {"strokes": "7"},
        {"strokes": [[[1, 2]]]},
        {"strokes": [[[1, 2, float("nan")]]]},
        {"strokes": [[[1e6, 0, 5]]]},
        {"strokes": [LINE * MAX_POINTS]},
    ],
    ids=lambda other: str(other)[:30],
)
def test_what_cannot_be_a_drawing_leaves_the_old_one_and_says_why(here: Tab, other: dict) -> None:
    take_drawing(message(here))
    take_drawing(message(here) | other)
    assert len(here.drawing.strokes) == 1
    assert "Clear the pad" in here.drawing.problem
    take_drawing(message(here))
    assert here.drawing.problem == ""


def test_who_looks_while_a_drawing_changes_looks_again(
    here: Tab, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_drawing(message(here))
    preparation, seen = PREPARATIONS["digits"], []

    def look(drawing: Drawing, name: str, value: object) -> None:
        """Look after each change of an attribute, as another thread may."""
        object.__setattr__(drawing, name, value)
        seen.append((drawing_version(), prepared_drawing(preparation).ink))

    look(here.drawing, "problem", "")
    monkeypatch.setattr(Drawing, "__setattr__", look)
    take_drawing(message(here, ()))
    version, ink = drawing_version(), prepared_drawing(preparation).ink
    assert not ink.any()
    assert all(not earlier.any() for at, earlier in seen if at == version)


@pytest.mark.parametrize("sent", [None, 5, [], {}, {"id": 1}, {"strokes": []}])
def test_a_message_of_another_form_changes_nothing(here: Tab, sent: object) -> None:
    take_drawing(sent)
    assert here.drawing.number == 0


def test_a_drawing_that_is_no_longer_on_the_pad_does_not_come_back(here: Tab) -> None:
    late = message(here)
    put_on_pad([np.array(LINE, float)[:1]])
    take_drawing(late)
    assert len(here.drawing.strokes[0]) == 1
    assert PAD == (280, 280)
