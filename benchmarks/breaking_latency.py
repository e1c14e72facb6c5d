"""From slider to picture on the Draw page: python -m benchmarks.breaking_latency [--write]

Moves the slider under 'Break it' in a real browser, step by step, and measures for each movement
how long it takes until the damaged image, the bars and the network that know of it are all drawn.
"""

import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from benchmarks.drawing_latency import latencies
from benchmarks.report import in_words, machine, print_or_write, table
from tests.browser.serving import running_chromium, running_server

STEPS = 60
PAUSE_MS = 60  # between two steps
NETWORKS = ("MNIST, for drawings", "Digits, for drawings")
DAMAGES = ("Rotation", "Blur", "Gradient sign attack")
DRAWN = {"picture": ".damage-pictures", "bars": ".class-bars", "network": ".network-view"}

WATCH = """(selectors) => {
  const seen = (window.seen = { moves: [], draws: Object.fromEntries(Object.keys(selectors).map((name) => [name, []])) });
  let answered = 0;
  const original = window.fetch;
  window.fetch = async (...given) => {
    const sent = performance.now(), answer = await original(...given);
    if (given[1]?.method === "POST") {
      const json = answer.json.bind(answer);
      answer.json = async () => { const news = await json(); answered = sent; return news; };
    }
    return answer;
  };
  const inside = (node) => (node.shadowRoot ? rootsOf(node.shadowRoot) : []);
  const rootsOf = (root) => [root, ...[...root.querySelectorAll("*")].flatMap(inside)];
  const find = (selector) => rootsOf(document).map((root) => root.querySelector(selector)).find(Boolean);
  find(".live-slider input").addEventListener("input", () => seen.moves.push(performance.now()), true);
  for (const [name, selector] of Object.entries(selectors)) {
    new MutationObserver(() => {
      const sent = answered;
      requestAnimationFrame(() => seen.draws[name].push([sent, performance.now()]));
    }).observe(find(selector), { attributeFilter: ["data-drawn"] });
  }
}"""  # noqa: E501


def move_slider(page: Page) -> None:
    """Move the slider to its left end, and step by step to the right and back."""
    slider = page.locator(".live-slider input")
    slider.focus()
    for key in ["ArrowLeft"] * (STEPS // 2) + ["ArrowRight"] * (STEPS // 2):
        page.keyboard.press(key)
        page.wait_for_timeout(PAUSE_MS)
    page.wait_for_timeout(1000)


def measure(page: Page, damage: str) -> dict[str, list[float]]:
    """Return how long each movement took until each part was drawn, in milliseconds."""
    page.get_by_test_id("stMain").get_by_text(damage, exact=True).first.click()
    page.wait_for_timeout(1500)
    for selector in DRAWN.values():
        page.locator(f"{selector}[data-drawn]").wait_for(timeout=60_000)
    page.evaluate(WATCH, DRAWN)
    move_slider(page)
    seen: dict[str, Any] = page.evaluate("() => window.seen")
    return {name: latencies(seen["moves"], draws) for name, draws in seen["draws"].items()}


def open_page(page: Page, url: str, network: str) -> None:
    """Open the view with one of the networks."""
    page.goto(f"{url}/draw")
    page.get_by_role("tab", name="Break it").click()
    page.locator(".live-slider").wait_for(timeout=30_000)
    page.get_by_test_id("stMain").get_by_role("combobox").first.click()
    page.get_by_role("option", name=network).click()
    page.wait_for_timeout(8000)  # until the test images are loaded


def report() -> str:
    """Measure each network with some damages, and return the table."""
    rows = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "log") as server,
        running_chromium() as browser,
    ):
        for network in NETWORKS:
            page = browser.new_page(viewport={"width": 1280, "height": 1100})
            open_page(page, server.url, network)
            for damage in DAMAGES:
                found = measure(page, damage)
                cells = [
                    f"{statistics.median(times):.0f} / {np.percentile(times, 95):.0f}"
                    for times in found.values()
                ]
                rows.append([network, damage, *cells, str(len(found["picture"]))])
            page.close()
    parts = [f"{name}: median / p95, ms" for name in DRAWN]
    header = ["network", "damage", *parts, "movements"]
    return f"{in_words(machine())}\n\n{table(header, rows)}"


if __name__ == "__main__":
    print_or_write(report, "breaking_latency", __doc__)
