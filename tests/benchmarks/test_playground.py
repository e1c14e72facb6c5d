"""What the benchmarks of the playground count is what they say that they count."""

import asyncio
import json

import pytest

from benchmarks import report
from benchmarks.browser_tab import NEVER
from benchmarks.players import NETWORK, PlaygroundTab, due_after
from benchmarks.playground import Played, mark, played
from benchmarks.playground_seeds import arrival, spread
from experiments.config import RunConfig
from experiments.training.run import Run


def test_pictures_count_after_the_first_second() -> None:
    painted = [(0.0, 1.0), (900.0, 2.0), (1000.0, 3.0), (1050.0, 4.0), (1250.0, 10.0)]
    assert played(painted) == Played(rate=8.0, median=125.0, longest=200.0, epochs=28.0)
    assert played(painted[:3]) == Played(0.0, float("inf"), float("inf"), 0.0)
    assert played([]) == Played(0.0, float("inf"), float("inf"), 0.0)


@pytest.mark.parametrize(
    ("value", "is_least", "expected"),
    [
        (20.0, True, "20.0 ≥ 20 ✓"),
        (19.9, True, "19.9 < 20 ✗"),
        (19.9, False, "19.9 < 20 ✓"),
        (120.0, False, "120 ≥ 20 ✗"),
    ],
)
def test_a_mark_says_whether_a_goal_is_reached(value, is_least, expected) -> None:
    assert mark(value, 20, is_least=is_least) == expected


@pytest.mark.parametrize(
    ("status", "has_more", "answered", "expected"),
    [
        ("playing", False, 10.1, 10.8),
        ("waiting", False, 10.1, 10.8),
        ("playing", False, 10.5, 11.0),  # a slow answer makes the page ask less often
        ("playing", True, 10.01, 10.04),
        ("paused", True, 10.1, 10.2),
        ("paused", False, 10.1, NEVER),
    ],
)
def test_a_page_asks_again_while_there_is_something_to_come(
    status, has_more, answered, expected
) -> None:
    content = {"status": status, "hasMore": has_more, "seconds": 0.8}
    assert due_after(10.0, answered, content) == pytest.approx(expected)


def test_a_tab_of_the_playground_counts_frames_and_tells_the_newest() -> None:
    tab, sent = PlaygroundTab("http://127.0.0.1:1", {}), []

    def content(numbers: list[int]) -> dict:
        frames = {"numbers": numbers}
        known = {"run": "r", "command": 4, "hasMore": False, "seconds": 0.8}
        return {"frames": frames, "status": "playing", **known}

    async def answer(path: str, body: bytes) -> bytes:
        sent.append((path, json.loads(body)))
        return json.dumps({"elements": {NETWORK: {"content": content([1, 2, 4])}}}).encode()

    tab._requests.post = answer
    page = {"address": "look/x", "page": "p", "allFeatures": [], "content": content([0])}
    tab._take_component(json.dumps(page))
    asyncio.run(tab.play())
    asyncio.run(tab._tell([]))
    assert tab.n_frames == 7
    assert sent == [
        (
            "/look/x",
            {
                "page": "p",
                "commands": [{"n": 5, "key": NETWORK, "do": "play"}],
                "seen": {"r": 0},
            },
        ),
        ("/look/x", {"page": "p", "commands": [], "seen": {"r": 4}}),
    ]


def test_a_run_arrives_at_a_goal_or_never() -> None:
    config = RunConfig(dataset="linear", points=60, epochs=2)
    assert arrival(Run(config), 0.0).epoch == 0
    assert arrival(Run(config), 1.1) is None


def test_the_spread_of_nothing_is_nothing() -> None:
    assert spread([3.0, 1.0, 2.0], "{:.1f}") == ["2.0", "3.0"]
    assert spread([], "{:.1f}") == ["", ""]


@pytest.mark.parametrize("section", ["playground", "playground_seeds"])
def test_the_readme_has_a_place_for_the_playground(section) -> None:
    text = report.README.read_text(encoding="utf-8")
    assert text.count(f"<!-- {section} -->\n") == text.count(f"<!-- /{section} -->\n") == 1
