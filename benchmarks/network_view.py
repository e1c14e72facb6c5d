"""How often the network view moves, and its cost: python -m benchmarks.network_view [--write]

Trains the digits and MNIST in a real browser, and counts how often the server sends a new
picture of the network, and how often the browser draws one: activations move from each to the
next. The cost of a picture is that of making it, in this process, beside that of a whole look.
"""

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.report import in_words, machine, print_or_write, table
from dashboard.charts.figure import to_json
from dashboard.components.network_view import ShownSample, content_of
from data.download import is_at_hand
from experiments.config import RunConfig
from experiments.inspection.network_picture import picture_of
from experiments.training.run import Run
from tests.browser.serving import running_chromium, running_server

CASES = {
    "digits 64-32-10": RunConfig(epochs=10_000),
    "mnist 784-128-64-10": RunConfig(dataset="mnist", hidden_layers=(128, 64), epochs=50),
}
SECONDS, WARM_UP = 10, 4
N_MADE = 200
SENT = "() => window.liveElements?.network_view?.told?.number ?? 0"
DRAWN = ".network-view"


def cost_of(config: RunConfig) -> tuple[float, int]:
    """Return what it takes to make a picture, in milliseconds, and how many bytes it has."""
    run = Run(config)
    prepared = run.prepared_data()
    validation = prepared.validation
    if validation is None:
        raise ValueError("Choose a config with validation samples.")
    row = prepared.split.validation[0]
    sample = ShownSample(prepared.dataset.X[row], validation.X[0], "", 0)
    seconds = []
    for _ in range(N_MADE):
        start = time.perf_counter()
        network = run.network_at()
        picture = picture_of(network, sample.x, is_image=True, label=0)
        text = to_json(content_of(network, picture, sample, prepared.dataset))
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds), len(text)


def rates_of(config: RunConfig) -> tuple[float, float]:
    """Return how many pictures a second the server sends, and how many the browser draws."""
    query = f"?dataset={config.dataset}&epochs={config.epochs}&pace=full"
    query += f"&hidden_layers={','.join(map(str, config.hidden_layers))}"
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "log") as server,
        running_chromium() as browser,
    ):
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{server.url}/{query}")
        view = page.locator(DRAWN)
        view.locator("canvas").first.wait_for(timeout=60_000)
        page.get_by_test_id("stMain").get_by_role("button", name="Train", exact=True).click()
        page.wait_for_timeout(1000 * WARM_UP)
        sent, drawn = page.evaluate(SENT), int(view.get_attribute("data-drawn") or 0)
        page.wait_for_timeout(1000 * SECONDS)
        sent = page.evaluate(SENT) - sent
        drawn = int(view.get_attribute("data-drawn") or 0) - drawn
    return sent / SECONDS, drawn / SECONDS


def report() -> str:
    """Measure all cases, and return the table."""
    rows = []
    for name, config in CASES.items():
        if config.dataset != "digits" and not is_at_hand(config.dataset):
            continue
        sent, drawn = rates_of(config)
        cost, n_bytes = cost_of(config)
        rows.append([name, f"{sent:.1f}", f"{drawn:.0f}", f"{cost:.2f}", f"{n_bytes:,}"])
    header = ["", "sent a second", "drawn a second", "made in (ms)", "bytes"]
    return f"{in_words(machine())}\n\n{table(header, rows)}"


if __name__ == "__main__":
    print_or_write(report, "network_view", __doc__)
