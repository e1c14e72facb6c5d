"""What the page says about a training."""

from types import SimpleNamespace

import pytest

from dashboard import training
from experiments.background.training_job import Status
from experiments.config import RunConfig
from experiments.training.run import Run


def concluded(**settings: object) -> Run:
    run = Run(RunConfig(**settings))
    run.complete()
    return run


def job(run: Run, status: Status, *, place: int = 0, steps_per_second: float = 0.0):
    return SimpleNamespace(run=run, status=status, place=place, steps_per_second=steps_per_second)


def test_a_short_run_is_stretched_and_a_long_one_is_not() -> None:
    assert training.seconds_per_epoch("auto", 30) * 30 == pytest.approx(8)
    assert training.seconds_per_epoch("auto", 10_000) < 0.001
    assert training.seconds_per_epoch("full", 30) == 0
    assert training.seconds_per_epoch("5", 30) == 0.2
    assert all(training.seconds_per_epoch(pace, 10) >= 0 for pace in training.PACES)


def test_progress_of_a_running_job() -> None:
    run = Run(RunConfig(epochs=4))
    run.step = 34 + 17
    fraction, words = training.progress(job(run, Status.RUNNING, steps_per_second=17))
    assert fraction == pytest.approx(1.5 / 4)
    assert words == "Epoch 1 of 4 · 5 s left · 540 images a second"


def test_progress_before_anything_is_known_about_the_speed() -> None:
    run = Run(RunConfig(epochs=10_000))
    assert training.progress(job(run, Status.RUNNING)) == (0, "Epoch 0 of 10,000")


def test_progress_of_jobs_that_stand_still() -> None:
    run = Run(RunConfig(epochs=4))
    run.step = 1
    paused = training.progress(job(run, Status.PAUSED, steps_per_second=9))
    assert paused.words == "Epoch 0 of 4 · batch 1 of 34 · paused"
    assert "place 3" in training.progress(job(run, Status.QUEUED, place=3)).words
    assert "place" not in training.progress(job(run, Status.PAUSED, place=3)).words


@pytest.mark.parametrize(
    ("step", "status", "epochs"),
    [(0, Status.PAUSED, 4), (1, Status.PAUSED, 1), (1, Status.RUNNING, 4), (34, Status.PAUSED, 4)],
)
def test_the_axis_is_as_long_as_the_run_but_for_single_batches(step, status, epochs) -> None:
    run = Run(RunConfig(epochs=4))
    run.step = step
    assert training.epochs_in_view(job(run, status)) == epochs


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


def test_the_verdict_of_a_run_that_was_stopped_halfway() -> None:
    run = concluded(epochs=1)
    for step, words in ((5, "After 5 batches the"), (35, "After 1 epoch and 1 batch the")):
        run.step = step
        assert training.verdict(run).startswith(words)
    assert "before the first step" in training.verdict(Run(RunConfig()))


def test_the_verdict_names_the_epoch_that_early_stopping_went_back_to() -> None:
    run = concluded(epochs=40, learning_rate=0.05, early_stopping=True, patience=3)
    assert training.verdict(run).startswith(
        f"Stopped early, after {run.epoch} epochs, and back at its best, epoch {run.epoch - 3}, the"
    )
    assert training.epochs_in_view(job(run, Status.FINISHED)) == run.epoch


def test_a_run_that_has_not_learned_is_told_from_one_that_has() -> None:
    assert not training.only_guesses(concluded(epochs=3))
    assert not training.only_guesses(Run(RunConfig()))
    assert training.only_guesses(concluded(epochs=3, weight_init="zeros", optimizer="sgd"))


def test_the_advice_names_a_penalty_if_there_is_one() -> None:
    assert "penalty" in training.advice(Run(RunConfig(l2=1)))
    assert "penalty" not in training.advice(Run(RunConfig()))


@pytest.mark.parametrize(("jobs", "factor"), [(0, 1), (5, 1), (6, 2), (50, 10)])
def test_pages_look_less_often_when_many_train(monkeypatch, jobs: int, factor: int) -> None:
    monkeypatch.setattr(training, "count_moving_jobs", lambda: jobs)
    assert training.poll_seconds() == training.POLL_SECONDS * factor
