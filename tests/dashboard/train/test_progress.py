from types import SimpleNamespace

import pytest

from dashboard.train.progress import progress
from experiments.background.background_task import Status
from experiments.config import RunConfig
from experiments.training.run import Run


def job(run: Run, status: Status, *, place: int = 0, steps_per_second: float = 0.0):
    return SimpleNamespace(
        run=run,
        status=status,
        place=place,
        steps_per_second=steps_per_second,
        waits_for_own_works=False,
    )


def test_progress_of_a_running_job() -> None:
    run = Run(RunConfig(epochs=4))
    run.step = 34 + 17
    fraction, words = progress(job(run, Status.RUNNING, steps_per_second=17))
    assert fraction == pytest.approx(1.5 / 4)
    assert words == "Epoch 1 of 4 · 5 s left · 540 images a second"


def test_progress_before_the_speed_is_known() -> None:
    run = Run(RunConfig(epochs=10_000))
    assert progress(job(run, Status.RUNNING)) == (0, "Epoch 0 of 10,000")


def test_progress_of_paused_and_queued_jobs() -> None:
    run = Run(RunConfig(epochs=4))
    run.step = 1
    paused = progress(job(run, Status.PAUSED, steps_per_second=9))
    assert paused.words == "Epoch 0 of 4 · batch 1 of 34 · paused"
    assert "place 3" in progress(job(run, Status.QUEUED, place=3)).words
    assert "place" not in progress(job(run, Status.PAUSED, place=3)).words
