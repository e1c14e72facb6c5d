"""The editor of points in real Chromium: by mouse, finger, and keys alone."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from data.placed_points import LIMIT
from tests.browser.serving import Server, running_server
from tests.browser.test_journeys import Open, is_too_wide

PAGE = "tests/browser/point_editor_page.py"
LEFT, TOP = 42, 14  # pixels from the corner of the canvas to that of the plane
NEAR = 0.01


@pytest.fixture(scope="module")
def editor_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("editor") / "log", script=PAGE) as server:
        yield server


@pytest.fixture
def open_editor(open_page: Open, editor_server: Server) -> Open:
    def open_(**settings: object) -> Page:
        page = open_page(url=editor_server.url, **settings)
        expect(page.locator(".count")).to_have_text("No points yet")
        return page

    return open_


def canvas(page: Page) -> Locator:
    return page.locator(".point-editor canvas")


def choose(page: Page, name: str) -> None:
    button = page.locator(".point-editor").get_by_role("button", name=name, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a place in the plane is, in pixels."""
    box = canvas(page).bounding_box()
    scale = (box["width"] - LEFT - TOP) / (2 * LIMIT)
    return box["x"] + LEFT + scale * (x + LIMIT), box["y"] + TOP + scale * (LIMIT - y)


def drag(page: Page, *places: tuple[float, float]) -> None:
    page.mouse.move(*on_screen(page, *places[0]))
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*on_screen(page, *place), steps=4)
    page.mouse.up()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        canvas(page).press(key)


def words(page: Page) -> Locator:
    """What is said to those who cannot see the plane."""
    return page.locator(".point-editor .words")


def placed(page: Page, n: int) -> list[list[float]]:
    """Wait until Python has so many points, and return them."""
    text = page.get_by_text(re.compile(r"^\d+ placed"))
    expect(text).to_have_text(re.compile(rf"^{n} placed"))
    return json.loads(text.inner_text().partition(":")[2])


def test_points_are_added_sprayed_moved_and_erased_with_the_mouse(open_editor: Open) -> None:
    page = open_editor()
    drag(page, (0.5, 0.25))
    choose(page, "Class C")
    drag(page, (-1, -1))
    assert placed(page, 2) == [
        [pytest.approx(0.5, abs=NEAR), pytest.approx(0.25, abs=NEAR), 0],
        [pytest.approx(-1, abs=NEAR), pytest.approx(-1, abs=NEAR), 2],
    ]
    choose(page, "Move")
    drag(page, (0.53, 0.25), (0.5, 0.7), (2, 0.7))
    choose(page, "Paint")
    drag(page, (-1, -0.8), (-1, -0.9))
    expect(page.locator(".count")).to_have_text(re.compile(r"\d points: 1 A, \d C"))
    choose(page, "Erase")
    drag(page, *[(x, y) for x in (-1.1, -0.95, -0.8) for y in (-1, -0.6)])
    assert placed(page, 1) == [[LIMIT, pytest.approx(0.7, abs=NEAR), 0]]


def test_a_curve_and_a_preset_replace_the_points_and_can_be_taken_back(open_editor: Open) -> None:
    page = open_editor()
    choose(page, "Line")
    drag(page, (0, 0), (0.1, 0))
    expect(page.locator(".problem")).to_have_text(re.compile("too short"))
    drag(page, (-1, -1), (1, 1))
    points = placed(page, 300)
    beside = [(x, y, label) for x, y, label in points if abs(x) < 1 and abs(y - x) > NEAR]
    assert all(label == (y < x) for x, y, label in beside)
    page.get_by_role("button", name="Preset").click()
    expect(page.locator(".count")).to_have_text("2 points: 1 A, 1 B")
    page.get_by_role("button", name="Undo").click()
    assert placed(page, 300) == points
    page.get_by_role("button", name="Clear").click()
    assert placed(page, 0) == []


def test_all_is_done_with_keys_alone_and_by_a_finger_on_a_phone(open_editor: Open) -> None:
    page = open_editor(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    press(page, "Shift+ArrowRight", "ArrowUp", "Space", "2", "ArrowLeft", "Space")
    assert placed(page, 2) == [[0.25, 0.05, 0], [0.2, 0.05, 1]]
    expect(words(page)).to_have_text("1 point of class B added.")
    press(page, "m", "Space", "Shift+ArrowDown", "Space")
    expect(words(page)).to_have_text("The point is put down.")
    press(page, "ArrowUp")
    expect(words(page)).to_have_text("0.20, −0.15, near a point of class B")
    press(page, "e", "Space")
    assert placed(page, 1) == [[0.25, 0.05, 0]]
    press(page, "z", "a")
    assert placed(page, 2)[1] == [0.2, -0.2, 1]
    page.touchscreen.tap(*on_screen(page, 0.5, -0.5))
    assert placed(page, 3)[2] == [pytest.approx(0.5, abs=NEAR), pytest.approx(-0.5, abs=NEAR), 1]
    assert not is_too_wide(page)
