"""What layers do to classes and gradients: python -m benchmarks.layers [part ...]

The parts are: probes and whole, how many held-out samples a linear probe of each layer gets right
that was fitted to some or to all training samples; gradients, how much smaller the gradient of the
first layer is than that of the last, through sigmoid and through relu; and times, how long the two
views of the Inside page take that show it.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks.report import in_words, machine, table
from dashboard import session
from data.download import is_at_hand
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import PROCESS_SCHEDULER
from experiments.config import RunConfig
from experiments.inspection.layer_histograms import layer_values_at
from experiments.inspection.representations import (
    Estimate,
    activations_of,
    linear_probe,
    measures_at,
    probe_rows,
    share_right,
)
from experiments.presets import preset
from experiments.training.run import Run
from tests.pages.conftest import App


def with_settings(config: RunConfig, **settings: Any) -> RunConfig:
    """Return a config with other values of some settings, checked."""
    return RunConfig.model_validate(config.model_dump() | settings)


FOUR = preset("four-layer-mse").config
DEEP = RunConfig(hidden_layers=(32, 32, 32, 32))
SIGMOID = {"activation": "sigmoid", "weight_init": "xavier"}
RELU = {"activation": "relu", "weight_init": "he"}
N_SEEDS = 3
PROBED = {
    "digits, 32 (default)": RunConfig(),
    "digits, 32-16": RunConfig(hidden_layers=(32, 16)),
    "four-layer-mse": FOUR,
    "four-layer-mse, 1/6 held out": with_settings(FOUR, validation_fraction=1 / 6),
}
DEEP_NETWORKS = {
    "digits, 32-32-32-32, sigmoid, xavier": with_settings(DEEP, **SIGMOID),
    "digits, 32-32-32-32, sigmoid, he": with_settings(DEEP, activation="sigmoid"),
    "digits, 32-32-32-32, relu, he": DEEP,
    "digits, 32-32-32-32, relu, xavier": with_settings(DEEP, weight_init="xavier"),
    "four-layer-mse (sigmoid, unit-normal)": FOUR,
    "four-layer-mse with relu, he, rate 0.5": with_settings(FOUR, **RELU, learning_rate=0.5),
}
TIMED = {
    "digits 64-32-10": {"epochs": "30"},
    "mnist 784-128-10": {"dataset": "mnist", "hidden_layers": "128", "epochs": "6"},
}


def runs_of(config: RunConfig) -> list[Run]:
    """Train a network with some seeds; none if its samples are not on this machine."""
    if config.dataset != "digits" and not is_at_hand(config.dataset):
        return []
    seeds = [with_settings(config, seed=seed) for seed in range(N_SEEDS)]
    runs = [Run(each, keeps_snapshots=True) for each in seeds]
    for run in runs:
        run.complete()
    return runs


def probes() -> str:
    """Measure the probes of each layer, before and after training."""
    rows = []
    for name, config in PROBED.items():
        for run in runs_of(config):
            chosen = probe_rows(run.prepared_data(), run.network.sizes)
            for when, step in (("untrained", 0), ("trained", run.step)):
                layers = measures_at(run, step)
                cells = [f"{_share(each.probe)} / {_share(each.neighbors)}" for each in layers]
                cells += [""] * (len(FOUR.hidden_layers) + 1 - len(cells))
                scored = f"{len(chosen.scored):,} {chosen.part}"
                rows.append([f"{name}, seed {run.config.seed}, {when}", scored, *cells])
    heads = ["linear probe / 10 nearest (%)", "scored on", "input", "layer 1", "layer 2", "layer 3"]
    return table(heads, rows)


def whole() -> str:
    """Measure probes that were fitted to the whole training part, scored on all held-out samples.

    The page fits them to 2,000 samples, with which a layer of many units is at a disadvantage.
    """
    rows = []
    for name in ("digits, 32 (default)", "four-layer-mse, 1/6 held out"):
        for run in runs_of(PROBED[name]):
            prepared, network = run.prepared_data(), run.network
            labels, split = prepared.dataset.labels, prepared.split
            samples = prepared.training, prepared.validation or prepared.training
            learned, scored = (activations_of(network, part.X) for part in samples)
            cells = []
            for A, B in zip(learned, scored, strict=True):
                said = linear_probe(A, labels[split.training], B, prepared.dataset.n_classes)
                cells.append(_share(share_right(said == labels[split.validation])))
            cells += [""] * (len(FOUR.hidden_layers) + 1 - len(cells))
            rows.append([f"{name}, seed {run.config.seed}", f"{len(split.training):,}", *cells])
    heads = ["linear probe (%)", "fitted to", "input", "layer 1", "layer 2", "layer 3"]
    return table(heads, rows)


def _share(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    value, low, high = (100 * share for share in estimate)
    return f"{value:.1f} ({low:.1f}-{high:.1f})"


def gradients() -> str:
    """Measure how much smaller the gradient of layer 1 is than that of the last layer."""
    rows = []
    for name, config in DEEP_NETWORKS.items():
        runs = runs_of(config)
        for epoch in (0, 1, 5, config.epochs) if runs else ():
            at = [layer_values_at(run, epoch * run.plan.steps_per_epoch) for run in runs]
            norms = [values.gradient_ratio or 0.0 for values in at]
            errors = [values.error_sizes[0] / values.error_sizes[-1] for values in at]
            accuracy = [run.history[min(epoch, run.epochs_done)].training.accuracy for run in runs]
            cells = [_spread(norms), _spread(errors), f"{100 * statistics.median(accuracy):.1f}"]
            rows.append([f"{name}, epoch {epoch}", *cells])
    heads = ["layer 1 / last layer, median (least to most)", "norm of dC/dW", "size of delta"]
    return table([*heads, "training accuracy (%)"], rows)


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2g} ({min(values):.2g} to {max(values):.2g})"


def times() -> str:
    """Measure a whole run of the page at one epoch after another: of the clock, and processor."""
    vars(PROCESS_SCHEDULER)["executor"] = SliceExecutor()
    rows = []
    for name, query in TIMED.items():
        if not is_at_hand(query.get("dataset", "digits")) and "dataset" in query:
            continue
        app = App(pace="full", **query).click("Train")
        while not app.job.status.is_over:
            time.sleep(0.1)
        for view in ("Layers", "Representations"):
            app.test.session_state[session.INSIDE_VIEW] = view
            first = _timed(partial(app.go_to, "inside"))
            moved = [_timed(partial(_look_at, app, e)) for e in range(app.job.run.epochs_done)]
            again = [_timed(app.run) for _ in range(10)]
            epochs = range(app.job.run.epochs_done)
            looks = [_timed(partial(_news_of, app, e)) for e in epochs]
            rows.append([f"{name}, {view}", *map(_median, ([first], moved, again, looks))])
    heads = ["ms of the clock / of the processor", "first", "another epoch", "again", "look"]
    return table(heads, rows)


def _look_at(app: App, epoch: int) -> None:
    app.test.session_state[session.TAB].epoch = epoch
    app.run()


def _news_of(app: App, epoch: int) -> None:
    """Look at another epoch, as in a film, without running the page."""
    tab = app.test.session_state[session.TAB]
    tab.epoch = epoch
    tab.live_page.look()


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    act()
    return 1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - processor)


def _median(measured: Sequence[tuple[float, float]]) -> str:
    clock, processor = (statistics.median(column) for column in zip(*measured, strict=True))
    return f"{clock:.0f} / {processor:.0f}"


PARTS = {"probes": probes, "whole": whole, "gradients": gradients, "times": times}


def main(parts: list[str]) -> None:
    """Print the tables that are asked for, or all."""
    threadpool_limits(1)
    print(in_words(machine()))
    for part in parts or PARTS:
        print(f"\n{PARTS[part]()}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
