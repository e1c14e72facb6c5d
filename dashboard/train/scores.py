"""The accuracies on the test, the validation and the training samples, in large figures."""

from typing import NamedTuple

from dashboard import session
from dashboard.components.epoch_slider import past_epoch
from experiments.background.training_job import TrainingJob
from experiments.training.plan import distortions_of
from experiments.training.run import Run
from mlp.records import Score

TEST = "On samples used neither for training nor for any choice, measured at the end."
VALIDATION = "On samples held out to monitor the training."
TRAINING = (
    "On the samples it learns from, which is optimistic. During training, it is the mean over the "
    "epoch, in which the network has changed; at the end, it is measured again."
)
AUGMENTED = (
    " With augmentation, it learns from distorted images, which are harder: during training, this "
    "is about those, and may stay below the validation accuracy; at the end, it is about the "
    "images as they are."
)


class Metric(NamedTuple):
    """A score to be shown large, None before it is known."""

    label: str
    score: Score | None
    meaning: str


def metrics(job: TrainingJob | None) -> list[Metric]:
    """Return the scores on the test, the validation and the training samples.

    They belong to the epoch that is shown: while the reader looks back, to a past one.
    """
    if job is None:
        return _scores_before()
    epoch = past_epoch(job.run)
    return _scores_now(job) if epoch is None else _scores_of(job, epoch)


def _scores_before() -> list[Metric]:
    """Return what is known of the untrained network."""
    untrained = session.tab().untrained
    score = untrained.score if untrained else None
    return [
        Metric("Test accuracy", None, TEST),
        Metric("Validation accuracy, before any training", score, VALIDATION),
        Metric("Training accuracy", None, TRAINING),
    ]


def meaning_of_training(run: Run) -> str:
    """Return what the training accuracy of a run is about."""
    return TRAINING + (AUGMENTED if distortions_of(run.config) else "")


def _scores_of(job: TrainingJob, epoch: int) -> list[Metric]:
    """Return the scores that were measured after an epoch."""
    record = job.run.history[epoch]
    return [
        Metric("Test accuracy: only at the end", None, TEST),
        Metric(f"Validation accuracy, epoch {epoch:,}", record.validation, VALIDATION),
        Metric(
            f"Training accuracy, epoch {epoch:,}", record.training, meaning_of_training(job.run)
        ),
    ]


def _scores_now(job: TrainingJob) -> list[Metric]:
    run, result = job.run, job.run.result
    last = run.history[-1] if run.history else None
    has_validation = run.prepared_data().validation is not None
    when = ", before any training" if last and last.epoch == 0 and not result else ""
    this_epoch = when or ("" if result else ", this epoch")
    return [
        Metric("Test accuracy", result.test if result else None, TEST),
        Metric(
            f"Validation accuracy{when}" if has_validation else "Validation: nothing held out",
            result.validation if result else last and last.validation,
            VALIDATION,
        ),
        Metric(
            f"Training accuracy{this_epoch}",
            result.training if result else last and last.training,
            meaning_of_training(run),
        ),
    ]
