"""The gallery in real Chromium: write, keep, reload, teach; and augmentation in Explore."""

from playwright.sync_api import Page, expect

from tests.browser.test_draw import THREE, open_pad, wait_until_told, write
from tests.browser.test_journeys import Open, button

PATIENCE_MS = 20_000  # for what is loaded or trained


def gallery(page: Page):
    return page.get_by_role("tab", name="Gallery")


def keep_as(page: Page, label: str) -> None:
    page.locator(".st-key-_keep_as").get_by_role("radio", name=label, exact=True).click()


def test_a_drawing_is_kept_through_a_reload_and_taught(open_page: Open) -> None:
    page = open_pad(open_page)
    write(page, THREE)
    wait_until_told(page)
    keep_as(page, "8")
    expect(page.get_by_text("1 in the gallery")).to_be_visible()
    expect(page.locator(".digit-pad .clear")).to_be_disabled()  # the pad is blank
    page.reload()
    gallery(page).click()
    page.get_by_role("combobox", name="Network").click()
    page.get_by_role("option", name="Digits, for drawings").click()
    expect(page.get_by_text("reads 0 of 1")).to_be_visible()
    expect(button(page, "Train on with these")).to_be_enabled(timeout=PATIENCE_MS)
    button(page, "Train on with these").click()
    learned = page.get_by_text("it reads 1 of 1 of your drawings, before 0")
    expect(learned).to_be_visible(timeout=PATIENCE_MS)
    expect(button(page, "Train on with these")).to_be_enabled()


def test_strengths_shown_in_explore_are_taken_into_the_sidebar(open_page: Open) -> None:
    page = open_page("explore")
    page.get_by_role("radio", name="Augmentation").click()
    expect(page.get_by_text("Augmentation is off")).to_be_visible()
    button(page, "Use these strengths").click()
    expect(page.get_by_text("it gets another version")).to_be_visible()
    expect(button(page, "Use these strengths")).to_have_count(0)
