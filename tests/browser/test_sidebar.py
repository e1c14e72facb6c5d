"""The sidebar in real Chromium."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

Open = Callable[..., Page]


def focused(page: Page) -> str:
    name: str = page.evaluate("document.activeElement.getAttribute('aria-label')")
    return name


def test_the_tab_key_comes_to_a_control_before_its_help(open_page: Open) -> None:
    page = open_page("explore")
    page.locator(".chart[data-drawn]").first.wait_for()  # until the page stands still
    page.get_by_role("textbox", name="Hidden layers").focus()
    names = []
    for _ in range(3):
        page.keyboard.press("Tab")
        names.append(focused(page))
    assert names == ["Help for Hidden layers", "Activation", "Help for Activation"]


def test_what_is_unfolded_stays_so_when_a_setting_is_changed(open_page: Open) -> None:
    page = open_page("explore")
    sidebar = page.get_by_test_id("stSidebar")
    sidebar.locator("summary", has_text="All settings").click()
    sidebar.locator("summary", has_text="Training").click()
    seed = page.get_by_role("spinbutton", name="Seed")
    seed.fill("7")
    seed.press("Enter")
    expect(sidebar.get_by_text("1 changed")).to_have_count(2)
    expect(seed).to_be_visible()
