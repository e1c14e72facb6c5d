"""The Draw page in real Chromium: digits written with the mouse, a finger, and keys alone."""

import re
from collections import Counter

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_journeys import Open, button, go_to
from tests.drawn_digits import Placed, Strokes, placed, some_digits

LEAST = 0.9  # of the drawings are read right
THREE = placed("3 round", 0.8, 3).strokes


def pad(page: Page) -> Locator:
    return page.locator(".digit-pad canvas")


def write(page: Page, strokes: Strokes) -> None:
    """Move the mouse along polylines in a square of side 1."""
    box = pad(page).bounding_box()
    side = box["width"]
    for stroke in strokes:
        points = [(box["x"] + side * x, box["y"] + side * y) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()


def wait_until_told(page: Page) -> None:
    expect(page.locator(".digit-pad[data-is-told]")).to_be_attached()


def answer(page: Page) -> Locator:
    return page.locator(".class-bars:not(.several) .said")


def answers(page: Page) -> list[str]:
    """What each network says, side by side."""
    return page.locator(".class-bars.several .said").all_inner_texts()


def open_pad(open_page: Open, **settings: object) -> Page:
    page = open_page("draw", **settings)
    pad(page).wait_for()
    expect(page.locator(".network-view[data-drawn]")).to_be_visible()
    expect(page.locator(".class-bars.several")).to_be_visible()
    return page


def misread(page: Page, digit: Placed) -> list[tuple[str, str]]:
    """Write a digit, and return which networks read something else, and what."""
    pad(page).press("c")
    write(page, digit.strokes)
    wait_until_told(page)
    names = page.locator(".class-bars.several .title").all_inner_texts()
    said = dict(zip(names, answers(page), strict=True))
    return [(name, f"{digit.name}: {s}") for name, s in said.items() if s != digit.label]


def test_digits_written_with_the_mouse_are_read_wherever_and_however_large(
    open_page: Open,
) -> None:
    page, digits = open_pad(open_page), some_digits()
    wrong = [each for digit in digits for each in misread(page, digit)]
    counts = Counter(name for name, _ in wrong)
    assert len(digits) == 60
    assert len(answers(page)) == 2
    assert all(count <= (1 - LEAST) * len(digits) for count in counts.values()), wrong


def test_the_answer_follows_while_the_pen_is_down(open_page: Open) -> None:
    page = open_pad(open_page)
    box = pad(page).bounding_box()
    page.mouse.move(box["x"] + 130, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 130, box["y"] + 220, steps=12)
    expect(answer(page)).to_have_text("1")
    expect(page.locator(".network-view .answer")).to_have_text(re.compile("says 1"))
    page.mouse.up()


def test_undo_and_clear_take_back_what_was_drawn_and_each_other(open_page: Open) -> None:
    page = open_pad(open_page)
    write(page, THREE)
    expect(answer(page)).to_have_text("3")
    page.get_by_role("button", name="Clear").click()
    expect(answer(page)).to_have_text("–")
    page.get_by_role("button", name="Undo").click()
    expect(answer(page)).to_have_text("3")
    pad(page).press("z")
    expect(answer(page)).to_have_text("–")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_digit_can_be_written_with_keys_alone(open_page: Open) -> None:
    page = open_pad(open_page)
    pad(page).focus()
    page.keyboard.press("Space")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Space")
    expect(answer(page)).to_have_text("1")
    expect(page.locator(".digit-pad .words")).to_have_text("The pen is up.")


def test_the_drawing_outlives_another_page_and_a_reload(open_page: Open) -> None:
    page = open_pad(open_page)
    write(page, THREE)
    wait_until_told(page)
    go_to(page, "Explore")
    go_to(page, "Draw")
    expect(answer(page)).to_have_text("3")
    page.reload()
    expect(answer(page)).to_have_text("3", timeout=15_000)
    page.get_by_role("button", name="Clear").click()
    expect(answer(page)).to_have_text("–")


def test_on_a_phone_the_page_does_not_scroll_under_the_finger(open_page: Open) -> None:
    page = open_pad(
        open_page, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    )
    box = pad(page).bounding_box()
    touch = page.context.new_cdp_session(page)
    middle = {"x": box["x"] + box["width"] / 2, "y": box["y"] + 0.8 * box["height"]}
    before = box["y"]
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [middle]})
    for i in range(1, 15):
        point = middle | {"y": middle["y"] - i * box["height"] / 22}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(answer(page)).to_have_text("1")
    assert pad(page).bounding_box()["y"] == before


def test_a_step_that_is_switched_off_is_seen_in_the_pictures(open_page: Open) -> None:
    page = open_pad(open_page)
    write(page, placed("3 round", 0.35, 0).strokes)
    expect(answer(page)).to_have_text("3")
    for title in ("Crop", "Center of mass"):
        page.locator(".drawing-steps label").filter(has_text=title).click()
    expect(page.locator(".drawing-steps .step.off")).to_have_count(2)
    expect(answer(page)).not_to_have_text("3")
    page.locator(".drawing-steps label").filter(has_text="Crop").click()
    expect(page.locator(".drawing-steps .step.off")).to_have_count(1)


def test_without_requests_the_answer_comes_once_the_pen_rests(open_page: Open) -> None:
    page = open_pad(
        open_page, prepare=lambda page: page.route("**/look/*", lambda route: route.abort())
    )
    write(page, THREE)
    expect(answer(page)).to_have_text("3", timeout=15_000)


def test_all_views_of_a_drawing_can_be_opened(open_page: Open) -> None:
    page = open_pad(open_page)
    write(page, THREE)
    for view in ("Nearest images", "Another answer", "Steps in figures"):
        button(page, view).or_(page.get_by_role("radio", name=view)).first.click()
        expect(answer(page)).to_have_text("3")
