"""What the Train page says of a run, in words and figures."""

from typing import NamedTuple

from dashboard import session
from dashboard.charts.learning_curves import VALIDATION, Comparison, Measure, epoch_curves
from dashboard.text import duration, percent
from dashboard.training_speed import Progress
from experiments.background.training_job import Status, TrainingJob
from experiments.config import OWN
from experiments.training.run import Run
from mlp.records import Score

MORE_THAN_LUCK = 0.05  # of what guessing gets wrong: so much must a network get right beyond it


def progress(job: TrainingJob) -> Progress:
    """Say how far a job has come, and how fast it goes."""
    run, status, place, speed = job.run, job.status, job.place, job.steps_per_second
    step, steps_per_epoch = run.step, run.plan.steps_per_epoch
    steps = run.config.epochs * steps_per_epoch
    epochs_done, batches = divmod(step, steps_per_epoch)
    words = [f"Epoch {epochs_done:,} of {run.config.epochs:,}"]
    if batches and not status.is_moving:
        words.append(f"batch {batches:,} of {steps_per_epoch:,}")
    if status.is_moving and place:
        words.append(f"waiting for the processor, place {place}")
    elif not status.is_moving:
        words.append(str(status))
    if status.is_moving and speed:
        images_per_step = run.plan.n_training / steps_per_epoch
        words.append(f"{duration((steps - step) / speed)} left")
        words.append(f"{speed * images_per_step:,.0f} {_samples(run)} a second")
    return Progress(step / steps, " · ".join(words))


def beside(run: Run | None, measure: Measure) -> list[Comparison]:
    """Return the curves of the runs to be drawn beside one, on held-out samples if any."""
    others = []
    for kept in session.runs():
        if kept.is_drawn and kept.run is not run and kept.run.epochs_done:
            curve = epoch_curves(list(kept.run.history), measure)[-1]
            part = "" if curve.name == VALIDATION else " (training)"
            others.append(Comparison(kept.name + part, kept.number, curve))
    return others


def has_settings(run: Run) -> bool:
    """Say whether a run was made with the settings, and the data, of the sidebar."""
    config = session.config()
    is_same = config in (run.config, run.initial_config)
    return is_same and (config.dataset != OWN or run.own is session.own())


def epochs_in_view(job: TrainingJob) -> int:
    """Return how long the axis of the curves is: as long as the run will be.

    While the reader goes through the first epoch batch by batch, it is one epoch long, and a
    run that has stopped early ends where it ended.
    """
    if job.run.early_stopped:
        return job.run.epochs_done
    is_in_first = 0 < job.run.step < job.run.plan.steps_per_epoch
    return 1 if is_in_first and job.status is Status.PAUSED else job.run.config.epochs


class Figure(NamedTuple):
    """A score to be shown large, as far as there is one."""

    label: str
    score: Score | None
    meaning: str


def figures(job: TrainingJob | None) -> list[Figure]:
    """Return the scores on the test, the validation and the training samples."""
    run = job.run if job else None
    last = run.history[-1] if run and run.history else None
    result = run.result if run else None
    has_validation = run is None or run.prepared_data().validation is not None
    when = "" if result or not last else ", before any training" * (last.epoch == 0)
    return [
        Figure(
            "Test accuracy",
            result.test if result else None,
            "On samples that no training and no choice has used, measured at the end.",
        ),
        Figure(
            f"Validation accuracy{when}" if has_validation else "Validation: nothing held out",
            result.validation if result else last and last.validation,
            "On samples held out to watch the training with.",
        ),
        Figure(
            f"Training accuracy{when or ', this epoch' * (result is None)}",
            result.training if result else last and last.training,
            "On the samples it learns from, which flatters. Under way, it is the mean over the "
            "epoch, in which the network has changed; at the end, it is measured once more.",
        ),
    ]


def result_sentence(run: Run) -> str:
    """Return the result of a run in a sentence."""
    if run.result is None:
        return "Stopped before the first step: there is nothing to measure yet."
    epochs, batches = divmod(run.step, run.plan.steps_per_epoch)
    trained = [_count(epochs, "epoch", "epochs")] if epochs else []
    trained += [_count(batches, "batch", "batches")] if batches else []
    back = "" if run.best_epoch is None else f", and back at its best, epoch {run.best_epoch},"
    when = "Stopped early, after" if run.early_stopped else "After"
    after = f"{when} {' and '.join(trained)}{back} the network"
    if run.result.test is None:
        return (
            f"{after} has {percent(run.result.training.accuracy)} training accuracy. No samples "
            "were held out for a test, so this says nothing about images it has not seen."
        )
    n_test = len(run.prepared_data().split.test)
    n_right = round(run.result.test.accuracy * n_test)
    fresh = "It had never seen them before."
    if run.n_results > 1:
        fresh = (
            f"They have been looked at {run.n_results} times now: whoever trains on until they "
            "look good fools themselves."
        )
    return f"{after} reads {n_right:,} of {n_test:,} test {_samples(run)} right. {fresh}"


def advice(run: Run) -> str:
    """Return what to try when a network has learned nothing."""
    penalty = "a smaller penalty, " if run.config.l1 or run.config.l2 else ""
    return (
        f"That is no better than guessing. Try {penalty}another learning rate, another start "
        "for the weights, or more epochs."
    )


def only_guesses(run: Run) -> bool:
    """Say whether the result of a run is hardly better than the same answer every time."""
    if run.result is None:
        return False
    targets = run.prepared_data().training.targets
    guess = float(targets.mean(axis=0).max())  # the share of the largest class
    return run.result.training.accuracy < guess + MORE_THAN_LUCK * (1 - guess)


def _samples(run: Run) -> str:
    return "images" if run.prepared_data().dataset.image_shape else "samples"


def _count(number: int, noun: str, plural: str) -> str:
    return f"{number} {noun if number == 1 else plural}"
