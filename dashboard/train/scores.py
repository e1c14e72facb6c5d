"""The accuracies on the test, the validation and the training samples, in large figures."""

from typing import NamedTuple

from experiments.background.training_job import TrainingJob
from mlp.records import Score


class Metric(NamedTuple):
    """A score to be shown large, None before it is known."""

    label: str
    score: Score | None
    meaning: str


def metrics(job: TrainingJob | None) -> list[Metric]:
    """Return the scores on the test, the validation and the training samples."""
    run = job.run if job else None
    last = run.history[-1] if run and run.history else None
    result = run.result if run else None
    has_validation = run is None or run.prepared_data().validation is not None
    when = "" if result or not last else ", before any training" * (last.epoch == 0)
    return [
        Metric(
            "Test accuracy",
            result.test if result else None,
            "On samples used neither for training nor for any choice, measured at the end.",
        ),
        Metric(
            f"Validation accuracy{when}" if has_validation else "Validation: nothing held out",
            result.validation if result else last and last.validation,
            "On samples held out to monitor the training.",
        ),
        Metric(
            f"Training accuracy{when or ', this epoch' * (result is None)}",
            result.training if result else last and last.training,
            "On the samples it learns from, which is optimistic. During training, it is the mean "
            "over the epoch, in which the network has changed; at the end, it is measured again.",
        ),
    ]
