"""Runs for tests: trained, repeated from an export, and summarized."""

import io
import os
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from data.datasets import Dataset
from experiments.background.run_sequence import RunSequence
from experiments.comparison.over_seeds import RunOutcome, outcome_of
from experiments.config import RunConfig
from experiments.training.run import Run
from tests.waiting import PATIENCE

QUICK: dict[str, Any] = {"epochs": 2, "hidden_layers": (8,)}


def trained(config: RunConfig) -> Run:
    run = Run(config)
    run.complete()
    return run


def finished(config: RunConfig, own: Dataset | None = None) -> Run:
    """Train with one BLAS thread, as an exported script does."""
    with threadpool_limits(1):
        run = Run(config, own)
        run.complete()
    return run


def namespace_of(sections: Sequence[str]) -> tuple[dict[str, Any], str]:
    """Run code as a program of its own; return its namespace and what it prints."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    environment = dict(os.environ)
    with redirect_stdout(printed), threadpool_limits(1):
        for section in sections:
            exec(compile(section, "<exported>", "exec", dont_inherit=True), namespace)  # noqa: S102
    os.environ.clear()
    os.environ.update(environment)
    return namespace, printed.getvalue()


def assert_same(namespace: dict[str, Any], run: Run) -> None:
    assert repr(namespace["history"]) == repr(run.history)  # the repr of a float shows every bit
    assert namespace["network"].parameters.tobytes() == run.network.parameters.tobytes()
    scores = [repr(score) for score in run.result or () if score]
    assert [repr(score) for score in namespace["result"].values()] == scores


def start(configs, sum_up=outcome_of, **settings) -> RunSequence:
    sequence = RunSequence(configs, sum_up, **settings)
    sequence.go()
    return sequence


def outcomes_of(configs) -> list[RunOutcome]:
    sequence = start(configs)
    assert sequence.join(PATIENCE)
    return sequence.outcomes


def outcome(layers, seed: int, pattern: str | None) -> RunOutcome:
    """Return an outcome from a string, x where it is right; None for a run that diverged."""
    right = np.array([letter == "x" for letter in pattern or ""])
    config = RunConfig(hidden_layers=layers, seed=seed)
    accuracy = float(right.mean()) if pattern else None
    return RunOutcome(config, accuracy, right, (64, *layers, 10), 1000)
