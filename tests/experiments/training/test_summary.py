"""A run in one row of plain values."""

import json

import pytest

from experiments.config import RunConfig
from experiments.training.run import Run
from experiments.training.summary import status_of, summarize, train_and_summarize

FIELDS = {
    "preset", "config", "status", "epochs", "train_accuracy", "validation_accuracy",
    "test_accuracy", "test_loss", "seconds", "parameters",
}  # fmt: skip

DIVERGING = [
    RunConfig(output="identity", loss="mse", optimizer="sgd", learning_rate=1000),
    RunConfig(output="identity", loss="mse", learning_rate=1000),
    RunConfig(optimizer="momentum", learning_rate=1000, l2=1.0),
    RunConfig(
        output="identity", loss="mse", optimizer="sgd", learning_rate=1000, full_batch=True,
        validation_fraction=0,
    ),
]  # fmt: skip


def test_a_finished_run_has_every_figure() -> None:
    run = Run(RunConfig(epochs=2))
    run.complete()
    summary = summarize(run, preset="mine")
    assert summary.keys() == FIELDS
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert RunConfig(**summary["config"]) == run.config
    assert (summary["preset"], summary["status"], summary["epochs"]) == ("mine", "finished", 2)
    assert summary["parameters"] == 64 * 32 + 32 * 10 + 42
    assert summary["train_accuracy"] == run.result.training.accuracy
    assert summary["validation_accuracy"] == run.result.validation.accuracy
    assert (summary["test_loss"], summary["test_accuracy"]) == run.result.test
    assert 0 < summary["seconds"] < 60


@pytest.mark.parametrize("config", DIVERGING, ids=range(len(DIVERGING)))
def test_a_diverged_run_has_gaps_and_never_nan(config: RunConfig) -> None:
    summary = json.loads(json.dumps(train_and_summarize(config), allow_nan=False))
    assert summary["status"] == "diverged"
    assert summary["epochs"] < config.epochs
    scores = ("train_accuracy", "validation_accuracy", "test_accuracy", "test_loss")
    assert all(summary[name] is None for name in scores)


def test_a_part_that_is_not_there_is_none() -> None:
    summary = train_and_summarize(RunConfig(epochs=1, validation_fraction=0, test_fraction=0))
    assert summary["train_accuracy"] is not None
    assert summary["validation_accuracy"] is summary["test_accuracy"] is None
    assert summary["test_loss"] is None


def test_a_run_that_got_no_better_is_early_stopped() -> None:
    config = RunConfig(epochs=200, learning_rate=0.05, early_stopping=True, patience=2)
    summary = train_and_summarize(config)
    assert summary["status"] == "early-stopped"
    assert 2 < summary["epochs"] < 200


def test_a_run_cut_short_is_interrupted() -> None:
    run = Run(RunConfig(epochs=3))
    assert status_of(run) == "interrupted"
    records = run.records()
    for _ in range(40):  # epoch 0, 34 steps and epoch 1, and some of the next
        next(records)
    run.conclude()
    summary = summarize(run)
    assert (summary["status"], summary["epochs"]) == ("interrupted", 1)
    assert summary["test_accuracy"] is not None


def test_the_same_config_gives_the_same_summary() -> None:
    first, second = (train_and_summarize(RunConfig(epochs=2)) for _ in range(2))
    assert first | {"seconds": 0} == second | {"seconds": 0}
