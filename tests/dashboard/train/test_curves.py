from types import SimpleNamespace

import pytest

from dashboard.charts.curves import remark_on_training
from dashboard.train.curves import epochs_in_view
from experiments.background.background_task import Status
from experiments.config import RunConfig
from experiments.training.run import Run


@pytest.mark.parametrize(
    ("step", "status", "epochs"),
    [(0, Status.PAUSED, 4), (1, Status.PAUSED, 1), (1, Status.RUNNING, 4), (34, Status.PAUSED, 4)],
)
def test_the_axis_is_as_long_as_the_run_except_for_single_batches(step, status, epochs) -> None:
    run = Run(RunConfig(epochs=4))
    run.step = step
    assert epochs_in_view(SimpleNamespace(run=run, status=status)) == epochs


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rotation": 5.0}, "loss is over distorted images."),
        ({"dropout": 0.5}, "loss is with units dropped."),
        ({"rotation": 5.0, "dropout": 0.5}, "over distorted images, with units dropped."),
    ],
)
def test_it_is_said_what_the_training_curves_are_over(settings: dict, words: str) -> None:
    assert words in remark_on_training(RunConfig(**settings))


def test_nothing_is_said_of_curves_over_images_as_they_are() -> None:
    assert remark_on_training(RunConfig()) == ""
    assert remark_on_training(RunConfig(dataset="moons", rotation=5.0)) == ""
