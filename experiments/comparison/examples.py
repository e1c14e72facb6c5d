"""Results that were computed beforehand, to show what a comparison will look like.

They are those of the default settings. `python -m experiments.comparison.examples` computes
them again within seconds, and writes them into examples.npz beside this file.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from experiments.comparison.architecture_grid import architecture_grid
from experiments.comparison.networks import (
    compared_networks,
    configs_over_seeds,
    nonlinear_networks,
)
from experiments.comparison.over_seeds import RunOutcome, complete_seeds, outcome_of
from experiments.config import RunConfig
from experiments.evaluation.decision_regions import DecisionRegions, regions_of
from experiments.evaluation.predictions import Predictions, predict_now
from experiments.training.prepared_data import prepare
from experiments.training.run import Run

FILE = Path(__file__).with_suffix(".npz")
N_SEEDS, N_GRID_SEEDS = 10, 3

Arrays: TypeAlias = dict[str, Any]


def two_networks() -> tuple[RunConfig, ...]:
    """Return the networks of the examples side by side and over seeds."""
    return compared_networks(RunConfig())


@cache
def example_regions() -> tuple[DecisionRegions, ...]:
    """Return the decision regions of `nonlinear_networks`, from their trained parameters."""
    stored = _stored()
    return tuple(
        regions_of(_with_parameters(config, stored[f"parameters_{i}"]))
        for i, config in enumerate(nonlinear_networks())
    )


def example_accuracies() -> npt.NDArray[np.float32]:
    """Return validation accuracies of `two_networks`, (n_networks, n_epochs + 1)."""
    accuracies: npt.NDArray[np.float32] = _stored()["accuracies"]
    return accuracies


@cache
def example_seeds() -> list[tuple[RunOutcome, ...]]:
    """Return the outcomes of `two_networks` over seeds, a row for each seed."""
    networks = two_networks()
    return _outcomes(configs_over_seeds(networks, N_SEEDS), len(networks), "seeds")


@cache
def example_grid() -> list[tuple[RunOutcome, ...]]:
    """Return the outcomes of networks of several depths and widths, a row for each seed."""
    networks = architecture_grid(RunConfig())
    return _outcomes(configs_over_seeds(networks, N_GRID_SEEDS), len(networks), "grid")


def example_predictions() -> Predictions:
    """Return which class the second of `two_networks` predicts for each test sample.

    The outputs themselves are not stored: they are 0.
    """
    prepared = prepare(two_networks()[1])
    rows, dataset = prepared.split.test, prepared.dataset
    outputs = np.zeros((len(rows), dataset.n_classes), np.float32)
    predicted = _stored()["predicted"].astype(np.int64)
    return Predictions(rows, dataset.labels[rows], outputs, predicted, dataset.class_names)


@cache
def _stored() -> Arrays:
    with np.load(FILE) as stored:
        return dict(stored)


def _with_parameters(config: RunConfig, parameters: npt.NDArray[np.float32]) -> Run:
    """Return a run that ended with these parameters, evaluated now."""
    run = Run(config)
    run.network.parameters[...] = parameters
    run.step = config.epochs * run.plan.steps_per_epoch
    run.conclude()
    return run


def _outcomes(
    configs: Sequence[RunConfig], n_networks: int, name: str
) -> list[tuple[RunOutcome, ...]]:
    """Return outcomes, row by row, from which test samples each network gets right."""
    packed = _stored()[name]
    outcomes = []
    for config, bits in zip(configs, packed, strict=True):
        plan = Run(config).plan
        right = np.unpackbits(bits, count=plan.n_test).astype(np.bool_)
        outcomes.append(RunOutcome(config, float(right.mean()), right, plan.sizes, plan.n_training))
    return complete_seeds(outcomes, n_networks)


def compute() -> Arrays:
    """Train all networks of the examples; return what is stored of them."""
    trained = [_trained(config) for config in nonlinear_networks()]
    seeds = [_trained(config) for config in configs_over_seeds(two_networks(), N_SEEDS)]
    grid = configs_over_seeds(architecture_grid(RunConfig()), N_GRID_SEEDS)
    curves = [
        [record.validation.accuracy for record in run.history if record.validation]
        for run in seeds[: len(two_networks())]
    ]
    return {
        **{f"parameters_{i}": run.network.parameters for i, run in enumerate(trained)},
        "accuracies": np.array(curves, np.float32),
        "predicted": predict_now(seeds[1], "test").predicted.astype(np.uint8),
        "seeds": _packed(seeds),
        "grid": _packed([_trained(config) for config in grid]),
    }


def _trained(config: RunConfig) -> Run:
    run = Run(config)
    run.complete()
    return run


def _packed(runs: Sequence[Run]) -> npt.NDArray[np.uint8]:
    return np.stack([np.packbits(outcome_of(run).right) for run in runs])


if __name__ == "__main__":
    np.savez_compressed(FILE, **compute())
