"""What a live chart tells the browser, and how often."""

import base64
import json

import numpy as np
import pytest

from dashboard.charts.figure import Figure, scatter_trace
from dashboard.components import live_feed
from dashboard.components.live_charts import LiveChart
from dashboard.components.live_feed import REPEAT_SECONDS, LiveContent


class Clock:
    now = 100.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(live_feed.time, "monotonic", lambda: clock.now)
    return clock


def chart_of(values: list[float]) -> LiveChart:
    return LiveChart(
        lambda: Figure([scatter_trace(y=np.array(values, np.float32))], {}),
        lambda: tuple(values),
    )


def changes(chart: LiveChart) -> list[dict]:
    return json.loads(chart.told())["changes"]


def test_a_chart_that_does_not_change_tells_nothing(clock: Clock) -> None:
    assert chart_of([1.0, 2.0]).told() == ""


def test_changes_are_told_from_the_full_drawing_on(clock: Clock) -> None:
    values = [1.0, 2.0]
    chart = chart_of(values)
    for i in range(1, 4):
        values.append(3.0)
        (change,) = changes(chart)
        assert (change["at"], change["from"]) == (["data", 0, "y"], 2)
        assert len(base64.b64decode(change["items"]["bdata"])) == 4 * i


def test_the_same_is_told_for_a_while_under_one_number_and_then_no_more(clock: Clock) -> None:
    values = [1.0]
    chart = chart_of(values)
    values.append(2.0)
    told = chart.told()
    assert json.loads(told)["drawing"] == chart.drawing
    clock.now += REPEAT_SECONDS / 2
    assert chart.told() == told
    clock.now += REPEAT_SECONDS
    assert chart.told() == ""
    values.append(3.0)
    assert json.loads(chart.told())["number"] == json.loads(told)["number"] + 1


def test_a_chart_that_is_again_as_it_was_drawn_tells_so(clock: Clock) -> None:
    values = [1.0]
    chart = chart_of(values)
    values.append(2.0)
    assert changes(chart)
    values.pop()
    assert changes(chart) == []


def test_a_small_content_is_told_as_a_whole(clock: Clock) -> None:
    values = [1.0]
    element = LiveContent(lambda: {"values": list(values)}, lambda: len(values))
    assert element.told() == ""
    values.append(2.0)
    assert json.loads(element.told()) == {
        "drawing": element.drawing,
        "number": 1,
        "content": {"values": [1.0, 2.0]},
    }
