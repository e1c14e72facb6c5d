from types import SimpleNamespace

import pytest

from dashboard.train import messages
from experiments.background.training_job import Status
from experiments.config import RunConfig
from experiments.training.run import Run


def concluded(**settings: object) -> Run:
    run = Run(RunConfig(**settings))
    run.complete()
    return run


def job(run: Run, status: Status, *, place: int = 0, steps_per_second: float = 0.0):
    return SimpleNamespace(run=run, status=status, place=place, steps_per_second=steps_per_second)


def test_progress_of_a_running_job() -> None:
    run = Run(RunConfig(epochs=4))
    run.step = 34 + 17
    fraction, words = messages.progress(job(run, Status.RUNNING, steps_per_second=17))
    assert fraction == pytest.approx(1.5 / 4)
    assert words == "Epoch 1 of 4 · 5 s left · 540 images a second"


def test_progress_before_anything_is_known_about_the_speed() -> None:
    run = Run(RunConfig(epochs=10_000))
    assert messages.progress(job(run, Status.RUNNING)) == (0, "Epoch 0 of 10,000")


def test_progress_of_jobs_that_stand_still() -> None:
    run = Run(RunConfig(epochs=4))
    run.step = 1
    paused = messages.progress(job(run, Status.PAUSED, steps_per_second=9))
    assert paused.words == "Epoch 0 of 4 · batch 1 of 34 · paused"
    assert "place 3" in messages.progress(job(run, Status.QUEUED, place=3)).words
    assert "place" not in messages.progress(job(run, Status.PAUSED, place=3)).words


@pytest.mark.parametrize(
    ("step", "status", "epochs"),
    [(0, Status.PAUSED, 4), (1, Status.PAUSED, 1), (1, Status.RUNNING, 4), (34, Status.PAUSED, 4)],
)
def test_the_axis_is_as_long_as_the_run_but_for_single_batches(step, status, epochs) -> None:
    run = Run(RunConfig(epochs=4))
    run.step = step
    assert messages.epochs_in_view(job(run, status)) == epochs


def test_the_verdict_counts_test_images() -> None:
    run = concluded(epochs=1)
    n_right = round(run.result.test.accuracy * 359)
    assert messages.result_sentence(run) == (
        f"After 1 epoch the network reads {n_right} of 359 test images right. "
        "It had never seen them before."
    )


def test_the_verdict_says_training_accuracy_where_nothing_was_held_out() -> None:
    run = concluded(epochs=2, validation_fraction=0, test_fraction=0)
    assert "training accuracy. No samples were held out" in messages.result_sentence(run)


def test_the_verdict_of_a_run_that_was_stopped_halfway() -> None:
    run = concluded(epochs=1)
    for step, words in ((5, "After 5 batches the"), (35, "After 1 epoch and 1 batch the")):
        run.step = step
        assert messages.result_sentence(run).startswith(words)
    assert "before the first step" in messages.result_sentence(Run(RunConfig()))


def test_the_verdict_names_the_epoch_that_early_stopping_went_back_to() -> None:
    run = concluded(epochs=40, learning_rate=0.05, early_stopping=True, patience=3)
    assert messages.result_sentence(run).startswith(
        f"Stopped early, after {run.epoch} epochs, and back at its best, epoch {run.epoch - 3}, the"
    )
    assert messages.epochs_in_view(job(run, Status.FINISHED)) == run.epoch


def test_a_run_that_has_not_learned_is_told_from_one_that_has() -> None:
    assert not messages.only_guesses(concluded(epochs=3))
    assert not messages.only_guesses(Run(RunConfig()))
    assert messages.only_guesses(concluded(epochs=3, weight_init="zeros", optimizer="sgd"))


def test_the_advice_names_a_penalty_if_there_is_one() -> None:
    assert "penalty" in messages.advice(Run(RunConfig(l2=1)))
    assert "penalty" not in messages.advice(Run(RunConfig()))
