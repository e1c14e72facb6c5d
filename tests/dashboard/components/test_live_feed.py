"""What a live page tells the browser, and how often."""

import asyncio
import base64
import gc
import json
import threading
import time
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from starlette.requests import Request

from dashboard.charts.figure import Figure, scatter_trace
from dashboard.components import live_feed
from dashboard.components.live_charts import LiveChart
from dashboard.components.live_feed import LIVE_PAGES, REPEAT_SECONDS, LiveContent, LivePage, follow
from dashboard.session import Tab, looking_at, tab
from dashboard.shell import look_endpoint
from dashboard.shell.look_endpoint import LOOK_ROUTE, MESSAGE_BYTES, MOST_AT_ONCE, look
from tests.coroutines import complete
from tests.waiting import wait_until


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


def page_of(here: Tab, values: list[float], *, is_outdated: bool = False) -> LivePage:
    """A page with one component, as the script of a tab would draw it; it takes values."""
    with looking_at(here):
        follow("values", LiveContent(lambda: {"values": list(values)}, lambda: len(values)))
        here.live_page = page = LivePage(lambda: is_outdated, values.append)
    LIVE_PAGES[page.token] = page
    return page


def answer_to(token: str, *chunks: bytes) -> tuple[int, object]:
    """The answer to a request with a message in chunks; the last one is never asked for twice."""
    coming = iter([*chunks, b""])

    async def receive() -> dict:
        chunk = next(coming)
        return {"type": "http.request", "body": chunk, "more_body": bool(chunk)}

    request = Request({"type": "http", "path_params": {"token": token}}, receive)
    answer = complete(look(request))
    return answer.status_code, json.loads(answer.body or "null")


def test_a_look_tells_what_is_new_and_nothing_else() -> None:
    values = [1.0]
    page = page_of(Tab(), values)
    assert answer_to(page.token)[1]["elements"] == {}
    values.append(2.0)
    status, news = answer_to(page.token)
    assert status == 200
    assert news["elements"]["values"]["content"] == {"values": [1.0, 2.0]}
    assert news["isOutdated"] is False
    assert news["seconds"] > 0


def test_a_look_says_when_the_page_has_to_be_drawn_anew() -> None:
    assert answer_to(page_of(Tab(), [], is_outdated=True).token)[1]["isOutdated"] is True


def test_a_look_finds_what_its_own_tab_has_and_no_other() -> None:
    mine, theirs, seen = Tab(), Tab(), []
    for here in (mine, theirs):
        with looking_at(here):
            here.live_page = LivePage(lambda: bool(seen.append(tab())))
            LIVE_PAGES[here.live_page.token] = here.live_page
    answer_to(theirs.live_page.token)
    answer_to(mine.live_page.token)
    assert seen[0] is theirs
    assert seen[1] is mine


def test_a_page_that_is_gone_cannot_be_looked_at() -> None:
    here = Tab()
    token = page_of(here, []).token
    assert answer_to(token)[0] == 200
    del here
    wait_until(lambda: gc.collect() >= 0 and answer_to(token) == (404, None))
    assert answer_to("x" * 10_000) == (404, None)


def test_a_token_cannot_be_guessed_and_each_drawing_has_another() -> None:
    here = Tab()
    first, second = page_of(here, []).token, page_of(here, []).token
    assert first != second
    assert len(base64.urlsafe_b64decode(first + "=")) * 8 == 256
    assert LOOK_ROUTE.path == "/look/{token}"


def test_a_look_may_bring_a_message_and_tells_what_has_become_of_it() -> None:
    values = [1.0]
    page = page_of(Tab(), values)
    status, news = answer_to(page.token, b"2.", b"5")
    assert status == 200
    assert news["elements"]["values"]["content"] == {"values": [1.0, 2.5]}


def test_a_message_that_is_no_json_or_too_long_is_refused_and_changes_nothing() -> None:
    values = [1.0]
    page = page_of(Tab(), values)
    assert answer_to(page.token, b"{") == (400, None)
    assert answer_to(page.token, b"[" * 200_000) == (400, None)
    assert answer_to(page.token, b"\xff\xfe") == (400, None)
    half = b" " * (MESSAGE_BYTES // 2 + 1)
    assert answer_to(page.token, half, half) == (413, None)
    assert values == [1.0]


def request_of(token: str, receive: Callable[[], Awaitable[dict]]) -> Request:
    return Request({"type": "http", "path_params": {"token": token}}, receive)


async def never() -> dict:
    return await asyncio.Future()


def test_a_page_has_few_requests_at_a_time_and_others_are_answered_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(look_endpoint, "MESSAGE_SECONDS", 0.3)
    here, there = Tab(), Tab()
    flooded, other = page_of(here, []), page_of(there, [])

    async def flood() -> list[int]:
        slow = [asyncio.create_task(look(request_of(flooded.token, never))) for _ in range(10)]
        await asyncio.sleep(0)
        assert (await look(request_of(other.token, receive_nothing))).status_code == 200
        codes = [answer.status_code for answer in await asyncio.gather(*slow)]
        return [*codes, (await look(request_of(flooded.token, receive_nothing))).status_code]

    assert complete(flood()) == [408] * MOST_AT_ONCE + [429] * (10 - MOST_AT_ONCE) + [200]


def test_pages_take_turns_however_often_one_of_them_asks() -> None:
    looks: list[str] = []
    pages = {name: page_of(Tab(), []) for name in ("eager", "other")}
    for name, page in pages.items():
        page.look = lambda message=None, name=name: looks.append(name) or time.sleep(0.05) or "{}"

    async def ask() -> None:
        names = ["eager"] * MOST_AT_ONCE + ["other"]
        requests = [request_of(pages[name].token, receive_nothing) for name in names]
        await asyncio.gather(*map(look, requests))

    complete(ask())
    assert looks.index("other") == 1


async def receive_nothing() -> dict:
    return {"type": "http.request", "body": b"", "more_body": False}


def test_a_message_is_unpacked_only_when_its_turn_has_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, threads = Tab(), []
    page = page_of(here, [])
    loads = json.loads
    monkeypatch.setattr(
        look_endpoint.json,
        "loads",
        lambda body: threads.append(threading.current_thread().name) or loads(body),
    )
    answer_to(page.token, b"5")
    assert threads[0].startswith("looks")
