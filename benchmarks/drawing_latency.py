"""From pen to bars on the Draw page: python -m benchmarks.drawing_latency [--write]

Moves the mouse over the pad in a real browser, without a rest, and measures for each movement
how long it takes until bars that know of it are on the screen, and how often bars come. The
cost of the server is that of one look with a drawing of 200 points, in this process.
"""

import math
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from benchmarks.report import in_words, machine, print_or_write, table
from tests.browser.serving import running_chromium, running_server

SECONDS = 10.0
NETWORKS = ("MNIST, for drawings", "Digits, for drawings")

WATCH = """() => {
  const seen = (window.seen = { moves: [], draws: [] });
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
  document.addEventListener("pointermove", () => seen.moves.push(performance.now()), true);
  const inside = (node) => (node.shadowRoot ? rootsOf(node.shadowRoot) : []);
  const rootsOf = (root) => [root, ...[...root.querySelectorAll("*")].flatMap(inside)];
  const one = ".class-bars:not(.several)";
  const bars = rootsOf(document).map((root) => root.querySelector(one)).find(Boolean);
  new MutationObserver(() => {
    const sent = answered;
    requestAnimationFrame(() => seen.draws.push([sent, performance.now()]));
  }).observe(bars, { attributeFilter: ["data-drawn"] });
}"""


def scribble(page: Page, seconds: float) -> None:
    """Move the mouse along a curve on the pad, with the button down."""
    box = page.locator(".digit-pad canvas").bounding_box()
    if box is None:
        raise ValueError("The pad is not on the screen.")
    side, began = box["width"], time.perf_counter()
    page.mouse.move(box["x"] + side / 2, box["y"] + side / 2)
    page.mouse.down()
    while (t := time.perf_counter() - began) < seconds:
        x, y = 0.5 + 0.38 * math.sin(2.1 * t), 0.5 + 0.4 * math.sin(3.3 * t)
        page.mouse.move(box["x"] + x * side, box["y"] + y * side)
    page.mouse.up()


def latencies(moves: list[float], draws: list[list[float]]) -> list[float]:
    """Return for each movement the time, in milliseconds, until bars that know of it are drawn."""
    after = ([drawn for sent, drawn in draws if sent >= move] for move in moves)
    return [min(found) - move for move, found in zip(moves, after, strict=True) if found]


def measure(network: str) -> dict[str, Any]:
    """Return what is measured in the browser with one of the networks."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "log") as server,
        running_chromium() as browser,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{server.url}/draw")
        page.locator(".network-view[data-drawn]").wait_for(timeout=30_000)
        page.get_by_test_id("stMain").get_by_role("combobox").first.click()
        page.get_by_role("option", name=network).click()
        page.wait_for_timeout(2000)
        page.evaluate(WATCH)
        scribble(page, SECONDS)
        page.wait_for_timeout(1000)
        seen: dict[str, Any] = page.evaluate("() => window.seen")
    times = latencies(seen["moves"], seen["draws"])
    return {
        "moves": len(times),
        "median": statistics.median(times),
        "p95": float(np.percentile(times, 95)),
        "rate": len(seen["draws"]) / SECONDS,
    }


def report() -> str:
    """Measure each network, and return the table."""
    rows = []
    for network in NETWORKS:
        each = measure(network)
        row = [network, f"{each['median']:.0f}", f"{each['p95']:.0f}", f"{each['rate']:.1f}"]
        rows.append([*row, str(each["moves"])])
    header = ["network", "median, ms", "p95, ms", "bars a second", "movements"]
    return f"{in_words(machine())}\n\n{table(header, rows)}"


if __name__ == "__main__":
    print_or_write(report, "drawing_latency", __doc__)
