"""What leaves the server, and what its log says, watched from a real browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from dashboard.shell.page_registry import PAGES
from tests.browser.serving import Server


def test_pages_ask_their_own_server_alone_and_the_token_is_not_logged(
    open_page: Callable[..., Page], server: Server
) -> None:
    asked: list[str] = []
    page = open_page(
        "?epochs=2&pace=full",
        prepare=lambda page: page.on("request", lambda request: asked.append(request.url)),
    )
    page.get_by_role("button", name="Train", exact=True).first.click()
    expect(page.get_by_text("test images correctly")).to_be_visible(timeout=30_000)
    for entry in PAGES[1:]:
        page.get_by_test_id("stSidebarNav").get_by_text(entry.title, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(entry.title)
    asked = [url for url in asked if url.startswith("http")]
    assert sum(url.startswith(server.url) for url in asked) > 10
    assert [url for url in asked if not url.startswith(server.url)] == []
    token = page.evaluate("sessionStorage.getItem('perceptron-lab')").split()[0]
    assert len(token) == 43  # 256 bits
    assert token not in server.logged()
    assert not any(token in url for url in [*asked, page.url])
