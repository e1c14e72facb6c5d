"""How surely and how soon small networks learn each plane: python -m benchmarks.playground_seeds.

Trains the usual settings of each set of points with ten seeds, and notes the first epoch after
which the held-out accuracy (validation part) is as wanted, or as the noise allows: the Bayes
accuracy, measured with many other points of the same kind. The test part is not looked at. With
--write, the table goes into the README.
"""

import statistics
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from benchmarks.playground import load_in_words
from benchmarks.report import in_words, machine, print_or_write, table
from data.datasets import DATASETS, USUAL_POINTS
from experiments.config import RunConfig
from experiments.training.run import Run
from mlp.records import EpochRecord, Score

SEEDS = range(10)
MOST_EPOCHS = 400
EPOCHS_PER_SECOND = 30  # of play, at one epoch a picture
WANTED, WANTED_OF = 0.97, {"spirals": 0.98}  # share of the validation part that is right
TINY = 1e-6  # by which a share may be rounded
N_KNOWN, N_ASKED, N_NEIGHBORS = 200_000, 20_000, 101
KNOWN_SEED, ASKED_SEED = 1_000_001, 1_000_002  # that no run has


class Arrival(NamedTuple):
    """When a run was first as good as wanted."""

    epoch: int
    seconds: float


def bayes_classifier(dataset: str) -> KNeighborsClassifier:
    """Return what tells the classes of a set of points apart about as well as its noise allows.

    The majority of the nearest of very many points tends to the Bayes classifier (C. J. Stone,
    Consistent nonparametric regression, 1977).
    """
    return KNeighborsClassifier(N_NEIGHBORS).fit(*_drawn(dataset, N_KNOWN, KNOWN_SEED))


def _drawn(dataset: str, n_points: int, seed: int) -> Any:
    entry = DATASETS[dataset]
    if entry.point_set is None:
        raise ValueError(f"'{dataset}' is no set of points; choose one of: {', '.join(planes())}.")
    options = {name: USUAL_POINTS[key] for name, key in entry.point_set.options.items()}
    noise, rng = entry.settings["point_noise"], np.random.default_rng(seed)
    return entry.point_set.draw(n_points, noise, rng, **options)


def planes() -> list[str]:
    """Return the names of the sets of points."""
    return [name for name, entry in DATASETS.items() if entry.point_set]


def goal_of(run: Run, bayes: KNeighborsClassifier) -> float:
    """Return the accuracy on the validation part that counts as learned.

    Raises
    ------
    ValueError : if the run is not of points in the plane
    """
    prepared = run.prepared_data()
    if prepared.plane is None:
        raise ValueError(f"'{run.config.dataset}' has no points in the plane; choose another set.")
    rows = prepared.split.validation
    possible = bayes.score(prepared.plane[rows], prepared.dataset.labels[rows])
    return min(WANTED_OF.get(run.config.dataset, WANTED), float(possible))


def arrival(run: Run, goal: float) -> Arrival | None:
    """Train until the accuracy on the validation part is at a goal; None if it never is."""
    for record in run.records():
        match record:
            case EpochRecord(epoch=epoch, validation=Score(accuracy=share)) if share >= goal - TINY:
                return Arrival(epoch, run.seconds)
    return None


def row(config: RunConfig, bayes: KNeighborsClassifier) -> list[str]:
    """Train with each seed, and return a row of the table."""
    runs = [Run(config.model_copy(update={"seed": seed})) for seed in SEEDS]
    goals = [goal_of(run, bayes) for run in runs]
    there = [each for each in map(arrival, runs, goals) if each]
    possible = 100 * bayes.score(*_drawn(config.dataset, N_ASKED, ASKED_SEED))
    return [
        config.dataset,
        "-".join(map(str, config.hidden_layers)),
        f"{possible:.1f}",
        *spread([100 * goal for goal in goals], "{:.1f}"),
        f"{len(there)} of {len(runs)}",
        *spread([each.epoch for each in there], "{:.0f}"),
        *spread([each.seconds for each in there], "{:.2f}"),
        *spread([each.epoch / EPOCHS_PER_SECOND for each in there], "{:.1f}"),
    ]


def spread(values: Sequence[float], form: str) -> list[str]:
    """Return the median and the most, as written; nothing of nothing."""
    if not values:
        return ["", ""]
    return [form.format(statistics.median(values)), form.format(max(values))]


HEADS = (
    "points",
    "hidden",
    "possible (%)",
    "goal (%)",
    "most",
    "reached",
    "epochs",
    "most",
    "training (s)",
    "most",
    "play (s)",
    "most",
)


def report() -> str:
    """Train all, and return the table."""
    bayes = {name: bayes_classifier(name) for name in planes()}
    cases: list[dict[str, Any]] = [{"dataset": name} for name in planes()]
    cases.append({"dataset": "spirals", "hidden_layers": (8, 8)})  # fewer units, to look at each
    configs = [RunConfig.model_validate({"epochs": MOST_EPOCHS, **case}) for case in cases]
    rows = [row(config, bayes[config.dataset]) for config in configs]
    return "\n\n".join([in_words(machine()), load_in_words(), table(HEADS, rows)])


if __name__ == "__main__":
    print_or_write(report, "playground_seeds", __doc__)
