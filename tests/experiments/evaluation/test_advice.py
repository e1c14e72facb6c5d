"""Each cause of a poor result is found in a run that has it, and not in one that has another."""

import numpy as np
import pytest

from data.datasets import Dataset
from experiments.config import RunConfig
from experiments.evaluation.advice import advice
from experiments.training.run import Run

CAUSES = {
    "All units of the first hidden layer have the same": {"weight_init": "zeros", "epochs": 2},
    "units of hidden layer 1 are dead": {"bias_init": "unit-normal", "learning_rate": 1.0},
    "units of hidden layer 1 are saturated": {
        "activation": "tanh",
        "weight_init": "unit-normal",
        "hidden_layers": (64, 64),
        "learning_rate": 2.0,
    },
    "The penalty has shrunk the weights to": {"l2": 1.0},
    "is too large, try 0.3": {"hidden_layers": (), "learning_rate": 3.0, "optimizer": "adam"},
    "is too small, try 0.001": {"learning_rate": 0.0001, "optimizer": "sgd"},
    "was still falling at the end: train for more epochs": {"epochs": 2, "learning_rate": 0.0005},
}


@pytest.mark.parametrize("cause", CAUSES)
def test_a_cause_is_named_from_the_records(cause: str) -> None:
    run = Run(RunConfig(**{"epochs": 8} | CAUSES[cause]))
    run.complete()
    assert cause in advice(run)


def test_lines_cannot_separate_xor() -> None:
    run = Run(RunConfig(dataset="xor", hidden_layers=()))
    run.complete()
    assert "straight lines cannot separate these classes" in advice(run)


def table() -> Dataset:
    """A class that depends on a feature a thousand times smaller than the other."""
    X = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    labels = (X[:, 0] > 0).astype(np.intp)
    X[:, 1] *= 1000
    return Dataset("own", "T", X, labels, ("a", "b"), None, 4000.0, "value", "here")


def test_a_table_with_several_units_needs_z_score() -> None:
    run = Run(RunConfig(dataset="own", scaling="pixel", epochs=3), table())
    run.complete()
    assert advice(run).startswith("After the scaling 'pixel', 1 of 2 features have")
    scaled = Run(RunConfig(dataset="own", epochs=3), table())
    scaled.complete()
    assert "scaling" not in advice(scaled)


def test_a_network_that_knows_noise_by_heart_overfits() -> None:
    rng = np.random.default_rng(0)
    X, labels = rng.normal(size=(120, 20)).astype(np.float32), rng.integers(0, 2, 120)
    own = Dataset("own", "T", X, labels, ("a", "b"), None, 4.0, "value", "here")
    run = Run(RunConfig(dataset="own", epochs=200), own)
    run.complete()
    assert "it overfits" in advice(run)
