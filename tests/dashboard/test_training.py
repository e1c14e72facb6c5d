"""What the page says about a training."""

from types import SimpleNamespace

import pytest

from dashboard import training
from experiments.config import RunConfig
from experiments.job import Status
from experiments.run import Run


def concluded(**settings: object) -> Run:
    run = Run(RunConfig(**settings))
    for _ in run.records():
        pass
    run.conclude()
    return run


def job(run: Run, status: Status, *, place: int = 0, seconds_per_epoch: float = 0.0):
    return SimpleNamespace(run=run, status=status, place=place, seconds_per_epoch=seconds_per_epoch)


def test_a_short_run_is_stretched_and_a_long_one_is_not() -> None:
    assert training.seconds_per_epoch("auto", 30) * 30 == pytest.approx(8)
    assert training.seconds_per_epoch("auto", 10_000) < 0.001
    assert training.seconds_per_epoch("full", 30) == 0
    assert training.seconds_per_epoch("5", 30) == 0.2
    assert all(training.seconds_per_epoch(pace, 10) >= 0 for pace in training.PACES)


def test_progress_of_a_running_job() -> None:
    run = Run(RunConfig(epochs=4))
    records = run.records()
    for _ in range(1 + 35 + 17):  # epoch 0, one epoch, half of the next
        next(records)
    run.seconds = 2.0
    fraction, words = training.progress(job(run, Status.RUNNING))
    assert fraction == pytest.approx(1.5 / 4)
    assert words == "Epoch 1 of 4 · 6 s left · 540 images a second"
    slow = training.progress(job(run, Status.RUNNING, seconds_per_epoch=10))
    assert "30 s left" in slow.words


def test_progress_of_jobs_that_stand_still() -> None:
    run = Run(RunConfig(epochs=4))
    records = run.records()
    next(records), next(records)
    assert (
        training.progress(job(run, Status.PAUSED)).words == "Epoch 0 of 4 · batch 1 of 34 · paused"
    )
    assert "place 3" in training.progress(job(run, Status.QUEUED, place=3)).words


def test_progress_at_the_end() -> None:
    fraction, words = training.progress(job(concluded(epochs=2), Status.FINISHED))
    assert fraction == 1
    assert words.startswith("Epoch 2 of 2 · finished")


def test_the_verdict_counts_test_images() -> None:
    run = concluded(epochs=1)
    n_right = round(run.result.test.accuracy * 359)
    assert training.verdict(run) == (
        f"After 1 epoch the network reads {n_right} of 359 test images right. "
        "It had never seen them before."
    )


def test_the_verdict_says_training_accuracy_where_nothing_was_held_out() -> None:
    run = concluded(epochs=2, validation_fraction=0, test_fraction=0)
    assert "training accuracy. No samples were held out" in training.verdict(run)


def test_a_run_that_has_not_learned_is_told_from_one_that_has() -> None:
    assert training.has_learned(concluded(epochs=3))
    assert not training.has_learned(concluded(epochs=3, weight_init="zeros", optimizer="sgd"))


def test_pages_look_less_often_when_many_train(monkeypatch) -> None:
    calm = training.poll_seconds()
    monkeypatch.setattr(training, "PROCESS_SLOTS", SimpleNamespace(jobs=80))
    assert training.poll_seconds() == 10 * calm
