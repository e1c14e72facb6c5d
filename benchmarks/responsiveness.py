"""How quickly the app responds: python -m benchmarks.responsiveness [repeats]

Starts a server of its own and clicks through the app in Chromium. All times are measured
inside the page, from the click to the change on the screen; the table gives medians.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.serving import running_chromium, running_server

LONG = "?epochs=10000&pace=25"
FULL_SPEED = "?epochs=10000&pace=full"

CLICK = """async ([label, scope, ready]) => {
    const buttons = [...document.querySelectorAll(scope)];
    const button = buttons.find((one) => one.innerText.trim().endsWith(label));
    const isReady = new Function("return " + ready);
    const start = performance.now();
    button.click();
    while (!isReady()) await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""
COUNT_UPDATES = """async (milliseconds) => {
    const chart = document.querySelector(".chart");
    let updates = 0;
    chart.on("plotly_afterplot", () => updates++);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return updates / milliseconds * 1000;
}"""
CURVE = "document.querySelector('.chart .js-line')?.getAttribute('d')?.includes('L')"
BUTTONS, LINKS = "[data-testid=stMainBlockContainer] button", "[data-testid=stSidebarNav] a"


def text(words: str) -> str:
    """Return the condition, in JavaScript, that the page shows some words."""
    return f"document.querySelector('[data-testid=stMain]').innerText.includes('{words}')"


def click(page: Page, label: str, ready: str, scope: str = BUTTONS) -> float:
    """Return the milliseconds from a click until a condition holds."""
    return float(page.evaluate(CLICK, [label, scope, ready]))


def open_page(browser: Browser, url: str) -> Page:
    """Open the Train page, and wait until its charts are drawn."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(url)
    page.locator(".chart .gridlayer").first.wait_for()
    page.wait_for_timeout(500)
    return page


def measure(browser: Browser, url: str) -> dict[str, float]:
    """Measure everything once."""
    return (
        measure_defaults(browser, url)
        | measure_controls(browser, url + LONG)
        | measure_full_speed(browser, url + FULL_SPEED)
    )


def measure_defaults(browser: Browser, url: str) -> dict[str, float]:
    """Train with the default settings to the end."""
    page = open_page(browser, url)
    times = {"Train to first curve, defaults (ms)": click(page, "Train", CURVE)}
    times["chart updates while training, defaults (1/s)"] = page.evaluate(COUNT_UPDATES, 4000)
    page.get_by_text("test images correctly").wait_for(timeout=60_000)
    accuracy = page.locator(".score .value").first.inner_text()
    times["test accuracy, defaults (%)"] = float(accuracy.removesuffix(" %"))
    page.context.close()
    return times


def measure_controls(browser: Browser, url: str) -> dict[str, float]:
    """Pause, resume, change pages and stop during a long training."""
    page = open_page(browser, url)
    click(page, "Train", CURVE)
    page.wait_for_timeout(1000)
    times = {"Pause to 'paused' (ms)": click(page, "Pause", text("paused"))}
    page.wait_for_timeout(500)
    times["Resume to the Pause button (ms)"] = click(page, "Resume", text("Pause"))
    page.wait_for_timeout(500)
    explore = text("Click an image to select it")
    times["Train to Explore, while training (ms)"] = click(page, "Explore", explore, LINKS)
    page.wait_for_timeout(1000)
    times["Explore to Train, while training (ms)"] = click(page, "Train", CURVE, LINKS)
    page.wait_for_timeout(500)
    times["Stop to the result (ms)"] = click(page, "Stop", text("test images correctly"))
    page.context.close()
    return times


def measure_full_speed(browser: Browser, url: str) -> dict[str, float]:
    """Pause a training at full speed."""
    page = open_page(browser, url)
    click(page, "Train", CURVE)
    page.wait_for_timeout(1000)
    times = {"Pause to 'paused', at full speed (ms)": click(page, "Pause", text("paused"))}
    page.context.close()
    return times


def main(repeats: int = 5) -> None:
    """Print a table of medians, with the smallest and the largest."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "log") as server,
        running_chromium() as browser,
    ):
        rounds = [measure(browser, server.url + "/") for _ in range(repeats)]
    print(f"{'':46} {'median':>8} {'least':>8} {'most':>8}")
    for name in rounds[0]:
        values = [one[name] for one in rounds]
        print(f"{name:46} {statistics.median(values):8.1f} {min(values):8.1f} {max(values):8.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
