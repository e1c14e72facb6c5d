"""How quick the pages are, how much memory a reader takes, and what live charts cost.

    python -m benchmarks.pages [rounds] [--write]

Starts servers of its own and drives them in Chromium, on the same cores. Times are measured
inside the page: from the click to the moment when the page shows what was asked for.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.report import in_words, machine, table, write_section
from data.download import is_at_hand
from tests.browser.serving import ROOT, Server, running_chromium, running_server

PAGES = ("Explore", "Confusion matrix", "Single layer against multilayer", "Train")
MNIST = "?dataset=mnist&hidden_layers=128&batch_size=128&epochs=10&learning_rate=0.002&pace=full"
MNIST_TERMINAL = [
    "train", "--dataset", "mnist", "--hidden-layers", "128", "--batch-size", "128",
    "--epochs", "10", "--learning-rate", "0.002", "--json",
]  # fmt: skip

SWITCH = """async ([title, place]) => {
    const link = [...document.querySelectorAll("[data-testid=stSidebarNav] a")]
        .find((one) => one.innerText.trim().endsWith(title));
    const main = document.querySelector("[data-testid=stMain]");
    const shows = () => main.querySelector("h1")?.innerText.trim() === title
        && main.querySelector(place)
        && !main.querySelector("[data-testid=stSkeleton]");
    const start = performance.now();
    link.click();
    while (!shows()) await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""
# The app says by an attribute whether a script runs. From the press of a key or of the mouse
# on, this waits until one has run, and for the next picture.
ANSWER = """() => {
    const app = document.querySelector("[data-testid=stApp]");
    const runs = () => app.dataset.testScriptState !== "notRunning";
    const tick = () => new Promise((resolve) => setTimeout(resolve, 1));
    window.answer = new Promise((resolve) => {
        setTimeout(() => resolve(null), 3000);  // the press was lost, or the run not seen
        const measure = async () => {
            const start = performance.now();
            while (!runs()) await tick();
            while (runs()) await tick();
            await new Promise(requestAnimationFrame);
            resolve(performance.now() - start);
        };
        for (const kind of ["keydown", "pointerdown"])
            document.addEventListener(kind, measure, { once: true, capture: true });
    });
}"""
VERDICT = (
    "document.querySelector('[data-testid=stAlert]')?.innerText.includes('test images correctly')"
)
DRAWN = ".chart .main-svg"
PLACES = dict.fromkeys(PAGES, DRAWN) | {"Single layer against multilayer": "button"}

CONTROLS = (  # page, role, names in turns, and the key to press, or none for a click
    ("Train", "switch", ("Logarithmic loss axis",), ""),
    ("Train", "button", ("Gradients",), ""),
    ("Train", "slider", ("Epoch",), "ArrowLeft"),
    ("Explore", "button", ("3",), ""),
    ("Explore", "button", ("Shuffle",), ""),
    ("Explore", "radio", ("Values", "Samples"), ""),
    ("Confusion matrix", "radio", ("recall %", "counts"), ""),
    ("Confusion matrix", "switch", ("Hide diagonal",), ""),
    ("Confusion matrix", "slider", ("Epoch",), "ArrowLeft"),
)


def resident_megabytes(server: Server) -> float:
    """Return how much memory the server has in use."""
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    return int(kilobytes) / 1000


@contextmanager
def opened(browser: Browser, server: Server, query: str = "") -> Iterator[Page]:
    """Open the Train page in a tab of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{server.url}/{query}")
    page.locator(".chart .gridlayer").first.wait_for()
    page.wait_for_timeout(500)
    yield page
    context.close()


def switch(page: Page, title: str) -> float:
    """Return the milliseconds from a click in the navigation to the page."""
    return float(page.evaluate(SWITCH, [title, PLACES[title]]))


def train(page: Page) -> float:
    """Press Train, and return the seconds until the verdict.

    Looked for ten times a second: a look in every frame would take a core from the training.
    """
    start = page.evaluate("performance.now()")
    page.get_by_test_id("stMain").get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(f"!({VERDICT})")
    page.wait_for_function(VERDICT, polling=100)
    return float(page.evaluate("performance.now()") - start) / 1000


def measure_switches(page: Page, rounds: int) -> dict[str, list[float]]:
    """Go from page to page; the first round warms up and is not counted."""
    times: dict[str, list[float]] = defaultdict(list)
    for i in range(rounds + 1):
        for title in PAGES:
            milliseconds = switch(page, title)
            page.wait_for_timeout(400)
            if i:
                times[title].append(milliseconds)
    return times


def measure_controls(page: Page, rounds: int) -> dict[str, list[float]]:
    """Move controls; the first time warms up and is not counted."""
    times: dict[str, list[float]] = defaultdict(list)
    now = ""
    for title, role, names, key in CONTROLS:
        if title != now:
            switch(page, title)
            page.wait_for_timeout(1000)
            now = title
        controls = [
            page.get_by_test_id("stMain").get_by_role(role, name=name, exact=role != "slider")
            for name in names
        ]
        for i in range(rounds + len(names)):
            control = controls[i % len(names)]
            page.evaluate(ANSWER)
            if key:
                control.press(key)
            else:
                control.click(force=True)
            milliseconds = page.evaluate("window.answer")
            if i >= len(names) and milliseconds is not None:  # not the first time
                times[f"{title}: {' or '.join(names)}"].append(float(milliseconds))
            page.wait_for_timeout(300)
    return times


def measure_memory(browser: Browser, server: Server) -> dict[str, float]:
    """Return the megabytes that the server has more after ten runs, and after one of MNIST."""
    with opened(browser, server, "?pace=full") as page:  # what all sessions share
        train(page)
        before = resident_megabytes(server)
    with opened(browser, server, "?pace=full") as page:
        for _ in range(10):
            train(page)
            page.get_by_role("button", name="Reset", exact=True).click()
            page.get_by_text("Ready: press Train").wait_for()
        found = {"ten runs of digits": resident_megabytes(server) - before}
    if is_at_hand("mnist"):
        with opened(browser, server, MNIST) as page:
            page.wait_for_timeout(5000)
            before = resident_megabytes(server)
            train(page)
            found["a run of MNIST, its data apart"] = resident_megabytes(server) - before
    return found


def terminal_seconds(**environment: str) -> float:
    """Return how long the same ten epochs take without a page."""
    command = [sys.executable, "main.py", *MNIST_TERMINAL]
    output = subprocess.run(  # noqa: S603  # this project's own program
        command,
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return float(json.loads(output.splitlines()[-1])["seconds"])


def measure_overhead(browser: Browser, server: Server, rounds: int) -> dict[str, list[float]]:
    """Time ten epochs of MNIST in a page and in the terminal, in turns."""
    times: dict[str, list[float]] = defaultdict(list)
    for i in range(rounds + 1):
        with opened(browser, server, MNIST) as page:
            page.wait_for_timeout(1000)
            in_page, alone = train(page), terminal_seconds()
            one_thread = terminal_seconds(OPENBLAS_NUM_THREADS="1")
        if i:
            times["in the page (s)"].append(in_page)
            times["in the terminal (s)"].append(alone)
            times["ratio"].append(in_page / alone)
            times["in the terminal, one BLAS thread (s)"].append(one_thread)
            times["ratio to that"].append(in_page / one_thread)
    return times


def measure_busy(browser: Browser, server: Server, rounds: int) -> list[float]:
    """Return the milliseconds that pages take while MNIST is being trained in their tab."""
    times = []
    with opened(browser, server, MNIST.replace("epochs=10", "epochs=1000")) as page:
        page.get_by_test_id("stMain").get_by_role("button", name="Train", exact=True).click()
        page.wait_for_timeout(4000)
        for i in range(3 * rounds + 1):
            for title in PAGES:
                milliseconds = switch(page, title)
                page.wait_for_timeout(400)
                if i:
                    times.append(milliseconds)
    return times


def percentile(values: list[float], percent: int) -> float:
    """Return a percentile of a few values."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def rows_of(times: dict[str, list[float]]) -> list[list[str]]:
    """Return median, 95th percentile and largest of each."""
    return [
        [name, f"{statistics.median(v):.3g}", f"{percentile(v, 95):.3g}", f"{max(v):.3g}"]
        for name, v in times.items()
    ]


def report(rounds: int) -> str:
    """Measure everything, and return it as tables."""
    head = ["", "median", "p95", "most"]
    parts = [in_words(machine())]
    with (
        tempfile.TemporaryDirectory() as folder,
        running_chromium() as browser,
    ):
        with running_server(Path(folder) / "log") as server:
            with opened(browser, server, "?pace=full") as page:
                train(page)
                parts += ["To a page, digits, after a run (ms):"]
                parts += [table(head, rows_of(measure_switches(page, rounds)))]
                parts += ["A control (ms):", table(head, rows_of(measure_controls(page, rounds)))]
            if is_at_hand("mnist"):
                overhead = measure_overhead(browser, server, max(3, rounds // 4))
                parts += ["Ten epochs of MNIST, 784-128-10:", table(head, rows_of(overhead))]
                busy = {"to any page": measure_busy(browser, server, max(3, rounds // 4))}
                parts += ["While MNIST is being trained (ms):", table(head, rows_of(busy))]
        with running_server(Path(folder) / "log") as server:
            memory = measure_memory(browser, server)
            rows = [[name, f"{megabytes:.0f}"] for name, megabytes in memory.items()]
            parts += ["Memory of a session:", table(["", "MB more"], rows)]
    return "\n\n".join(parts)


def main() -> None:
    """Print the tables; with --write, put them into the README beside this file."""
    numbers = [argument for argument in sys.argv[1:] if argument.isdigit()]
    words = report(int(numbers[0]) if numbers else 12)
    print(words, flush=True)
    if "--write" in sys.argv:
        write_section("pages", words)


if __name__ == "__main__":
    main()
