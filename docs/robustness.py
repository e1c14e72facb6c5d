"""Update the pictures of how much damage networks stand: python docs/robustness.py [dataset]...

Trains a single layer and variants of one multilayer perceptron, measures each on the test part,
and draws the accuracies against the strength of each damage. Writes a table into the README of
the benchmarks, too, and the example that the Draw page shows. MNIST takes about a quarter of an
hour on one core.
"""

import io
import json
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  # the project is found from its root
from PIL import Image  # noqa: E402
from playwright.sync_api import Page  # noqa: E402

from benchmarks.report import table, write_section  # noqa: E402
from dashboard.charts.figure import figure_json  # noqa: E402
from dashboard.charts.robustness import NamedCurve, robustness_figure  # noqa: E402
from dashboard.components.chart import CARTESIAN_SCRIPT  # noqa: E402
from dashboard.components.live_feed import FOLLOW  # noqa: E402
from experiments.config import RunConfig  # noqa: E402
from experiments.evaluation.attack import ScaledNetwork  # noqa: E402
from experiments.evaluation.robustness import (  # noqa: E402
    DAMAGES,
    EXAMPLE,
    Curve,
    HeldOutImages,
    held_out_images,
    measure,
)
from experiments.training.run import Run  # noqa: E402
from tests.browser.serving import running_chromium  # noqa: E402

SEEDS = range(3)
SETTINGS: dict[str, dict[str, Any]] = {
    "digits": {
        "hidden_layers": (64,),
        "split": "blocks",  # the test part is by other writers
        "epochs": 60,
        "schedule": "cosine",
    },
    "mnist": {
        "hidden_layers": (256,),
        "learning_rate": 0.001,
        "batch_size": 128,
        "epochs": 20,
        "schedule": "cosine",
    },
}
"""What all networks of a dataset have in common, set before any was measured."""
AUGMENTATION: dict[str, dict[str, Any]] = {
    "digits": {"shift": 1.0, "rotation": 15.0, "zoom": 0.15},
    "mnist": {"shift": 2.0, "rotation": 15.0, "zoom": 0.15, "elastic": 1.38},
}
CHART_SIZE = 520, 380  # pixels
PER_ROW = 3
QUALITY = 82  # of WebP, in percent

Curves = dict[str, list[Curve]]
"""By damage, one curve for each seed."""


def configs_of(dataset: str) -> dict[str, RunConfig]:
    """Return the networks to compare, by name."""
    variants: dict[str, dict[str, Any]] = {
        "Single layer": {"hidden_layers": ()},
        "MLP": {},
        "MLP, augmented": AUGMENTATION[dataset],
        "MLP, dropout 0.5": {"dropout": 0.5},
        "MLP, L2 0.0001": {"l2": 1e-4},
    }
    common = {"dataset": dataset} | SETTINGS[dataset]
    return {name: RunConfig(**common | variant) for name, variant in variants.items()}


def trained(config: RunConfig) -> ScaledNetwork:
    """Train a network."""
    run = Run(config)
    run.complete()
    return ScaledNetwork(run.network, run.prepared_data().scaler, run.objective.loss)


def curves_of(config: RunConfig) -> Curves:
    """Train a network with each seed, and measure what damage it stands."""
    curves: Curves = {name: [] for name in DAMAGES}
    for seed in SEEDS:
        network = trained(config.model_copy(update={"seed": seed}))
        images = images_of(config)
        for name, damage in DAMAGES.items():
            *_, curve = measure(network, images, damage)
            curves[name].append(curve)
    return curves


def images_of(config: RunConfig) -> HeldOutImages:
    """Return the test part: in blocks, it is the same for all seeds."""
    return held_out_images(Run(config).prepared_data())


def report(curves: dict[str, Curves]) -> str:
    """Return the accuracies without damage, and at half of the strongest one, as a table."""
    first = next(iter(curves.values()))
    rows = [["none", *(_cell(each["blur"], 0) for each in curves.values())]]
    for name, damage in DAMAGES.items():
        i = _halfway(first[name][0])
        strength = f"{damage.title}, {first[name][0].strengths[i]:.3g} {damage.unit}"
        rows.append([strength, *(_cell(each[name], i) for each in curves.values())])
    return table(["damage", *curves], rows)


def _halfway(curve: Curve) -> int:
    """Return the place of half the strongest damage; of signed ones, above 0."""
    return int(np.argmin(np.abs(curve.strengths - curve.strengths[-1] / 2)))


def _cell(curves: list[Curve], i: int) -> str:
    """Return mean and standard deviation over the seeds, in percent, at the i-th strength."""
    accuracies = [100 * curve.accuracies[i] for curve in curves]
    return f"{np.mean(accuracies):.1f} ± {np.std(accuracies, ddof=1):.1f}"


def write_example(curves: dict[str, Curves], chance: float) -> None:
    """Write the curves of the first seed where the app finds them."""
    n_right = {
        of: {name: each[0].n_right.tolist() for name, each in of_network.items()}
        for of, of_network in curves.items()
    }
    n_samples = curves["MLP"]["blur"][0].n_samples
    stored = {"chance": chance, "n_samples": n_samples, "n_right": n_right}
    EXAMPLE.write_text(json.dumps(stored) + "\n", "utf-8")


def draw(page: Page, dataset: str, curves: dict[str, Curves], chance: float) -> None:
    """Write the picture of a dataset: a chart for each damage, of the first seed."""
    figures = {
        name: robustness_figure(
            damage,
            [NamedCurve(of, i, each[name][0]) for i, (of, each) in enumerate(curves.items())],
            chance,
        )
        for name, damage in DAMAGES.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(_html([figure_json(each) for each in figures.values()]), "utf-8")
        page.goto(file.as_uri())
        page.locator(".chart[data-drawn]").nth(len(figures) - 1).wait_for()
        page.wait_for_timeout(1000)
        picture = page.screenshot(full_page=True)
    Image.open(io.BytesIO(picture)).save(HERE / f"robustness-{dataset}.webp", quality=QUALITY)


def _html(figures: list[str]) -> str:
    """Return a page that draws figures as the app does, in its light theme."""
    theme = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))["theme"]["light"]
    width, height = CHART_SIZE
    colors = "".join(
        f"--st-{_dashed(name)}: {', '.join(value) if isinstance(value, list) else value};"
        for name, value in theme.items()
    )
    chart = (ROOT / "dashboard/components/chart.js").read_text("utf-8")
    script = FOLLOW + chart.replace("export default function", "function mount")
    address = (ROOT / "static" / CARTESIAN_SCRIPT).as_uri()
    common = {"script": address, "height": height, "fill": 0, "toolbar": {}, "clickable": False}
    data = [
        common | {"figure": figure, "key": str(i), "drawing": "", "alt": ""}
        for i, figure in enumerate(figures)
    ]
    return f"""<!doctype html><meta charset="utf-8"><style>
body {{ {colors} --st-font: sans-serif; margin: 8px; display: grid; gap: 8px;
grid-template-columns: repeat({PER_ROW}, {width}px) }}</style><body><script>{script}
for (const data of {json.dumps(data)}) {{
  const parentElement = document.createElement("div");
  parentElement.innerHTML = '<div class="chart" role="img"></div>';
  document.body.append(parentElement);
  mount({{ data, parentElement }});
}}</script>"""


def _dashed(name: str) -> str:
    """Return 'textColor' as 'text-color'."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)


def main(datasets: list[str]) -> None:
    """Measure the datasets that are asked for, or all, and draw their pictures."""
    for dataset in datasets or SETTINGS:
        configs = configs_of(dataset)
        curves = {name: curves_of(config) for name, config in configs.items()}
        chance = images_of(configs["MLP"]).chance
        write_section(f"robustness_{dataset}", report(curves))
        if dataset == "digits":
            write_example(curves, chance)
        width = 16 + PER_ROW * (CHART_SIZE[0] + 8)
        with running_chromium() as browser:
            page = browser.new_page(viewport={"width": width, "height": 400})
            draw(page, dataset, curves, chance)


if __name__ == "__main__":
    main(sys.argv[1:])
