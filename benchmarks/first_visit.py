"""What a first visit costs: bytes, and the time until there is something to see.

    python -m benchmarks.first_visit [rounds] [--before FOLDER] [--write]

Starts a server for each round and opens the Train page in Chromium, on the same cores: with a
new profile, as the first visitor of the server; with another new profile, as one of those who
come later; and once more with that profile, whose cache is full now. Then a class of fifty
fetches the files of such a visit at once. Times are those of the page, from the beginning of its
loading. `--before` names another copy of the project, which is measured in turns with this one.
"""

import argparse
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from benchmarks.class_opens import N_VISITORS, measure_class
from benchmarks.report import in_words, machine, table, write_section
from tests.browser.serving import CHROMIUM_FLAGS, ROOT, Server, running_server

VISITS = ("first of the server", "first", "second")
QUIET_SECONDS = 1.5  # after the last picture: what comes late is counted as well
PATIENCE = 60_000  # milliseconds

# Notes for each thing to see in which frame it is there for the first time.
WATCH = """() => {
    const marks = (window.marks = {});
    // Components with styles of their own are in documents of their own.
    const isolated = "[data-testid=stBidiComponentIsolated]";
    const roots = () => [...document.querySelectorAll(isolated)].map((one) => one.shadowRoot);
    const drawn = (place) => [document, ...roots().filter(Boolean)]
        .flatMap((root) => [...root.querySelectorAll(`${place}[data-drawn]`)]).length;
    const seen = {
        heading: () => document.querySelector("h1"),
        picture: () => drawn(".network-view"),
        charts: () => drawn(".chart") >= 2,
    };
    const look = (now) => {
        for (const [name, isThere] of Object.entries(seen))
            if (!(name in marks) && isThere()) marks[name] = now;
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""


class Visit(NamedTuple):
    """What one visit has cost.

    files : bytes over the wire, by address
    messages : bytes of the websocket
    marks : milliseconds until each thing was seen
    """

    files: dict[str, float]
    messages: int
    marks: dict[str, float]

    def figures(self) -> dict[str, float]:
        """Return the rows of the table."""
        heading, charts = self.marks["heading"], self.marks["charts"]
        figures = {
            "MB": (sum(self.files.values()) + self.messages) / 1e6,
            "files": sum(size > 0 for size in self.files.values()),
            "heading (ms)": heading,
            "both charts (ms)": charts,
            "both charts after the heading (ms)": charts - heading,
        }
        if picture := self.marks.get("picture"):
            figures["first picture (ms)"] = picture
            figures["first picture after the heading (ms)"] = picture - heading
        return figures


class Traffic:
    """Counts what a page receives, as Chromium's network sees it: compressed, with headers."""

    def __init__(self, page: Page) -> None:
        self.files: dict[str, float] = {}
        self.messages = 0
        self._urls: dict[str, str] = {}
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.requestWillBeSent", self._begin)
        devtools.on("Network.loadingFinished", self._end)
        devtools.on("Network.webSocketFrameReceived", self._message)
        devtools.send("Network.enable")

    def _begin(self, event: dict[str, Any]) -> None:
        self._urls[event["requestId"]] = event["request"]["url"]

    def _end(self, event: dict[str, Any]) -> None:
        url = self._urls.get(event["requestId"], "")
        if url.startswith("http"):
            self.files[url] = self.files.get(url, 0) + event["encodedDataLength"]

    def _message(self, event: dict[str, Any]) -> None:
        coded = event["response"]["payloadData"]  # base64, as its messages are bytes
        self.messages += len(coded) * 3 // 4


@contextmanager
def chromium(playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    """Start Chromium with a profile of its own, which is made if it is not there."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=shutil.which("chromium"),
        args=CHROMIUM_FLAGS,
        viewport={"width": 1280, "height": 800},
    )
    yield context
    context.close()


def visit(playwright: Playwright, profile: Path, server: Server) -> Visit:
    """Open the Train page in a browser that has just been started."""
    with chromium(playwright, profile) as context:
        page = context.new_page()
        page.add_init_script(f"({WATCH})()")
        traffic = Traffic(page)
        page.goto(server.url)
        page.wait_for_function("window.marks.charts", timeout=PATIENCE)
        page.wait_for_timeout(1000 * QUIET_SECONDS)
        return Visit(traffic.files, traffic.messages, page.evaluate("window.marks"))


class Round(NamedTuple):
    """What one server was asked for: a visit of each kind, and by a whole class at once."""

    visits: list[Visit]
    whole_class: dict[str, float]

    def figures(self) -> dict[str, float]:
        """Return the rows of the table."""
        figures = {
            f"{name}: {figure}": value
            for name, one in zip(VISITS, self.visits, strict=True)
            for figure, value in one.figures().items()
        }
        return figures | {f"{N_VISITORS} at once: {k}": v for k, v in self.whole_class.items()}


def measure(playwright: Playwright, folder: Path) -> Round:
    """Start a server, and visit it once as each of the visitors, and as a class."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        with running_server(place / "log", folder=folder) as server:
            profiles = (place / "first", place / "second", place / "second")
            visits = [visit(playwright, profile, server) for profile in profiles]
            ours = [url for url in visits[0].files if url.startswith(server.url)]
            return Round(visits, measure_class(server, ours))


def measure_all(rounds: int, folders: dict[str, Path]) -> dict[str, list[Round]]:
    """Measure all copies of the project in turns; a first turn warms up and is not counted."""
    measured: dict[str, list[Round]] = defaultdict(list)
    with sync_playwright() as playwright:
        for i in range(rounds + 1):
            for name, folder in folders.items():
                one_round = measure(playwright, folder)
                if i:
                    measured[name].append(one_round)
    return measured


def rows_of(rounds: list[Round]) -> list[list[str]]:
    """Return median, least and most of each figure."""
    figures = [one.figures() for one in rounds]
    rows = []
    for name in figures[0]:
        values = [one[name] for one in figures]
        found = (statistics.median(values), min(values), max(values))
        rows.append([name, *map(_in_words, found)])
    return rows


def _in_words(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def largest_files(visit: Visit, n: int = 8) -> list[list[str]]:
    """Return which files of a visit are the largest."""
    files = visit.files
    largest = sorted(files.items(), key=lambda item: -item[1])[:n]
    return [
        [url.partition("//")[2].partition("/")[2], f"{size / 1000:.0f}"] for url, size in largest
    ]


def report(rounds: int, before: Path | None) -> str:
    """Measure everything, and return it as tables."""
    folders = ({"Before": before} if before else {}) | {"Now": ROOT}
    parts = [in_words(machine())]
    measured = measure_all(rounds, folders)
    for name, copy_rounds in measured.items():
        parts += [f"{name}:", table(["", "median", "least", "most"], rows_of(copy_rounds))]
    parts += ["The largest files of a first visit:"]
    parts += [table(["", "kB"], largest_files(measured["Now"][-1].visits[0]))]
    return "\n\n".join(parts)


def main() -> None:
    """Print the tables; with --write, put them into the README beside this file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--before", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    words = report(arguments.rounds, arguments.before)
    print(words, flush=True)
    if arguments.write:
        write_section("first_visit", words)


if __name__ == "__main__":
    main()
