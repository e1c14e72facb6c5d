from dashboard.train.scores import TRAINING, meaning_of_training
from experiments.config import RunConfig
from experiments.training.run import Run


def test_the_training_accuracy_of_augmented_runs_is_explained() -> None:
    assert "distorted images, which are harder" in meaning_of_training(Run(RunConfig(shift=1)))
    for settings in ({}, {"dataset": "moons", "shift": 1}):
        assert meaning_of_training(Run(RunConfig(**settings))) == TRAINING
