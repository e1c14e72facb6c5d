"""How a run ended, and what can be done next."""

from typing import NamedTuple

from dashboard.text import percent
from dashboard.train.progress import samples_noun
from experiments.background.background_task import Status
from experiments.background.training_job import TrainingJob
from experiments.training.run import Run

LEAST_GAIN = 0.05  # least share of a guesser's mistakes that a trained network avoids


class Ending(NamedTuple):
    """How a run ended, in a sentence, and how good that is: success, info, warning or error."""

    tone: str
    sentence: str


def ending_of(job: TrainingJob) -> Ending:
    """Return how a run ended, and what can be done next."""
    run, status = job.run, job.status
    if status is Status.ABANDONED:
        return Ending(
            "warning",
            "This page lost its connection for a while, and the training ended. "
            "Continue resumes it, Train starts a new one.",
        )
    if status is Status.FAILED:
        return Ending("error", f"{job.problem} Train starts a new one.")
    if run.diverged:
        return Ending("error", str(run.diverged))
    sentence = result_sentence(run)
    if run.result is None:
        return Ending("info", sentence)
    if only_guesses(run):
        return Ending("warning", f"{sentence} {advice(run)}")
    return Ending("success", sentence)


def result_sentence(run: Run) -> str:
    """Return the result of a run in a sentence."""
    if run.result is None:
        return "Stopped before the first step: there is nothing to measure yet."
    back = "" if run.best_epoch is None else f", and back at its best, epoch {run.best_epoch},"
    when = "Stopped early, after" if run.early_stopped else "After"
    after = f"{when} {_time_trained(run)}{back} the network"
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
            f"They have now been used {run.n_results} times: a result that you train on until it "
            "looks good is too optimistic."
        )
    return f"{after} reads {n_right:,} of {n_test:,} test {samples_noun(run)} correctly. {fresh}"


def _time_trained(run: Run) -> str:
    epochs, batches = divmod(run.step, run.plan.steps_per_epoch)
    trained = [_count(epochs, "epoch", "epochs")] if epochs else []
    trained += [_count(batches, "batch", "batches")] if batches else []
    return " and ".join(trained)


def _count(number: int, noun: str, plural: str) -> str:
    return f"{number} {noun if number == 1 else plural}"


def advice(run: Run) -> str:
    """Return what to try when a network has learned nothing."""
    penalty = "a smaller penalty, " if run.config.l1 or run.config.l2 else ""
    return (
        f"That is no better than guessing. Try {penalty}another learning rate, other initial "
        "weights, or more epochs."
    )


def only_guesses(run: Run) -> bool:
    """Say whether a result is hardly better than always predicting the largest class."""
    if run.result is None:
        return False
    targets = run.prepared_data().training.targets
    share = float(targets.mean(axis=0).max())  # of the largest class
    return run.result.training.accuracy < share + LEAST_GAIN * (1 - share)
