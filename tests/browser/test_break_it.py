"""Damage under a slider in real Chromium: what is on the page follows it at once."""

from playwright.sync_api import expect

from tests.browser.test_journeys import Open


def test_pictures_answers_and_network_follow_the_slider(open_page: Open) -> None:
    page = open_page("draw")
    page.get_by_role("tab", name="Break it").click()
    for choice in ("My drawing", "Rotation"):
        page.get_by_test_id("stMain").get_by_text(choice, exact=True).click()
    slider = page.get_by_role("slider", name="Turns the image")
    change = page.locator(".damage-pictures figcaption").nth(1)
    said = page.locator(".class-bars .said")
    expect(said).to_have_count(2)
    undamaged = said.first.inner_text()
    slider.press("End")
    expect(page.locator(".live-slider output")).to_have_text("90 degrees")
    expect(said.last).not_to_have_text(undamaged)
    expect(page.locator(".network-view .says")).to_contain_text(said.last.inner_text())
    expect(change).to_contain_text("at most")
    for _ in range(90):
        slider.press("ArrowLeft")
    expect(change).to_contain_text("at most 0, root mean square 0")
    expect(said.last).to_have_text(undamaged)
