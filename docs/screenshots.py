"""Update the screenshots of the README: python docs/screenshots.py

Starts the app, trains the defaults, and takes a picture of each page in each theme with Chromium.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from playwright.sync_api import Locator, Page, expect  # noqa: E402  # the tests' server is found from the root

from dashboard.shell.page_registry import PAGES, PageEntry  # noqa: E402
from tests.browser.serving import running_chromium, running_server  # noqa: E402

WIDTH, HEIGHT = 1280, 1000


def go_to(page: Page, title: str) -> None:
    """Go to a page by the navigation."""
    page.get_by_test_id("stSidebarNav").get_by_text(title, exact=True).click()
    page.get_by_role("heading", level=1, name=title).wait_for()


def train(page: Page) -> None:
    """Train the defaults."""
    button(page, "Train").click()
    page.get_by_text("test images correctly").wait_for()


def compare(page: Page) -> None:
    """Train both networks side by side."""
    page.get_by_role("tab", name="Side by side").click()
    button(page, "Train side by side").click()
    page.wait_for_timeout(1000)
    expect(button(page, "Train side by side")).to_be_enabled(timeout=60_000)
    page.get_by_role("tab", name="Over many seeds").click()
    button(page, "Compare over seeds").click()
    page.get_by_text("seeds, more than luck explains").or_(
        page.get_by_text("no difference that 10 seeds can show")
    ).first.wait_for(timeout=120_000)


def button(page: Page, name: str) -> Locator:
    """Return a button of the page."""
    return page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True)


PREPARE: dict[str, Callable[[Page], None]] = {"train": train, "compare": compare}
"""What to do on a page before its picture is taken, by its name; nothing on the others."""


def main() -> None:
    """Write one picture for each page and theme."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "log") as server,
        running_chromium() as browser,
    ):
        for scheme in ("light", "dark"):
            size = {"width": WIDTH, "height": HEIGHT}
            context = browser.new_context(viewport=size, color_scheme=scheme)
            page = context.new_page()
            page.goto(f"{server.url}/?pace=full")
            page.locator(".chart .gridlayer").first.wait_for()
            for entry in PAGES:
                take_picture(page, entry, HERE / f"{entry.name}-{scheme}.png")
            context.close()


def take_picture(page: Page, entry: PageEntry, file: Path) -> None:
    """Go to a page, prepare it, and write a picture of its top."""
    if not entry.is_default:  # that one is open already
        go_to(page, entry.title)
    if entry.name in PREPARE:
        PREPARE[entry.name](page)
    page.mouse.move(0, 0)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    page.wait_for_timeout(2000)
    page.screenshot(path=file)


if __name__ == "__main__":
    main()
