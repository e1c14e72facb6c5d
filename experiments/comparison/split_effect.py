"""What the split does to the score: the same networks, with a random split and with blocks.

With a random split, samples of one writer are in every part, and a network is tested on
handwriting that it knows. With blocks, it is tested on writers that it has never seen.
"""

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from data.datasets import DATASETS, Dataset, RowOrder
from data.own import OWN_ROW_ORDER
from data.split import SPLITS
from experiments.background.run_sequence import RunSequence
from experiments.config import OWN, RunConfig, defaults_for
from experiments.training.plan import plan
from experiments.training.run import Run

NETWORKS: dict[str, tuple[int, ...]] = {"Single layer": (), "32 hidden units": (32,)}
SEEDS = range(3)
SMALLEST_DIFFERENCE = 0.01  # three seeds and a few hundred test samples show no smaller one
MOST_ROWS = 2000  # a dozen runs take a few seconds then


class SplitScore(NamedTuple):
    """The share of the n_test test samples that one network got right."""

    network: str
    split: str
    seed: int
    accuracy: float
    n_test: int


def row_order_of(dataset: Dataset) -> RowOrder:
    """Return whether a split in blocks means something for a dataset, and why."""
    return OWN_ROW_ORDER if dataset.name == OWN else DATASETS[dataset.name].row_order


PROCESS_SCORES: WeakKeyDictionary[Dataset, list[SplitScore]] = WeakKeyDictionary()
"""The scores that were measured with each dataset, shared by all pages of the process.

Datasets are told apart by identity; the scores of one are forgotten when it is.
"""
PROCESS_SCORES_LOCK = Lock()


def results_of(dataset: Dataset) -> list[SplitScore]:
    """Return the scores of a dataset, shared by all; empty until they have been measured."""
    with PROCESS_SCORES_LOCK:
        return PROCESS_SCORES.setdefault(dataset, [])


def n_runs() -> int:
    """Return how many runs `measure` takes."""
    return len(NETWORKS) * len(SPLITS) * len(SEEDS)


def measure(dataset: Dataset, **options: Any) -> RunSequence[SplitScore | None]:
    """Return the sequence of runs, not yet begun, that trains small networks under both splits.

    Its outcomes are None for a network that diverged. When all runs are done, their scores
    are in `results_of(dataset)`.

    Parameters
    ----------
    options : see `BackgroundTask`

    Raises
    ------
    ValueError : if the dataset cannot be split so
    """
    small, results = thinned(dataset), results_of(dataset)
    own = small if small.name == OWN else None
    configs = _configs(small, dataset.name)
    for config in configs:
        plan(config, own)  # says now what would not work
    found: list[SplitScore | None] = []

    def sum_up(run: Run) -> SplitScore | None:
        found.append(_measured(run))
        if len(found) == len(configs):
            results[:] = [each for each in found if each]
        return found[-1]

    return RunSequence(configs, sum_up, own, **options)


def _measured(run: Run) -> SplitScore | None:
    if not (run.result and run.result.test):
        return None
    config, accuracy = run.config, run.result.test.accuracy
    network = next(name for name, layers in NETWORKS.items() if layers == config.hidden_layers)
    n_test = len(run.prepared_data().split.test)
    return SplitScore(network, config.split, config.seed, accuracy, n_test)


def _configs(small: Dataset, name: str) -> list[RunConfig]:
    return [
        _config(small, name, layers, split, seed)
        for layers in NETWORKS.values()
        for split in SPLITS
        for seed in SEEDS
    ]


def _config(small: Dataset, name: str, layers: tuple[int, ...], split: str, seed: int) -> RunConfig:
    """Return the usual settings, but with this network, split and seed."""
    chosen = {"dataset": small.name, "split": split, "seed": seed, "hidden_layers": layers}
    scaling = "pixel" if small.image_shape else "z-score"
    return RunConfig(**defaults_for(name) | chosen | {"scaling": scaling})


def thinned(dataset: Dataset) -> Dataset:
    """Return the dataset itself, or evenly spaced rows of it, still in their order."""
    stride = -(-dataset.n_samples // MOST_ROWS)
    if stride == 1:
        return dataset
    return replace(dataset, name=OWN, X=dataset.X[::stride], labels=dataset.labels[::stride])


def mean_scores(results: Sequence[SplitScore]) -> dict[str, dict[str, float]]:
    """Return the mean accuracy over the seeds, by split and network, in the order measured."""
    scores: dict[str, dict[str, list[float]]] = {}
    for result in results:
        scores.setdefault(result.split, {}).setdefault(result.network, []).append(result.accuracy)
    return {
        split: {network: sum(values) / len(values) for network, values in of_split.items()}
        for split, of_split in scores.items()
    }


def split_effect_sentence(results: Sequence[SplitScore]) -> str:
    """Say in a sentence for each network how much better its score is with the random split.

    A network that diverged with all seeds of a split has none.
    """
    scores = mean_scores(results)
    known, unknown = scores.get("random", {}), scores.get("blocks", {})
    sentences = [
        f"{network}: {100 * known[network]:.1f} % of the test samples right with the random "
        f"split, {100 * unknown[network]:.1f} % with blocks held out, "
        f"{_difference(known[network] - unknown[network])}."
        for network in known
        if network in unknown
    ]
    return " ".join(sentences)


def _difference(gain: float) -> str:
    if abs(gain) < SMALLEST_DIFFERENCE:
        return "about the same"
    points = f"{100 * abs(gain):.1f} points"
    return f"{points} less" if gain > 0 else f"{points} more"
