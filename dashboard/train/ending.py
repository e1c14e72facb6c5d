"""How a run ended, and what can be done next."""

from typing import NamedTuple

from dashboard.text import percent
from dashboard.train.progress import samples_noun
from experiments.background.background_task import Status
from experiments.background.training_job import TrainingJob
from experiments.evaluation.advice import advice
from experiments.evaluation.guessing import Verdict, judge, largest_share
from experiments.training.run import Run

FRESH = "It had never seen them before."


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
    return Ending("info", sentence) if run.result is None else _judged(run, sentence)


def _judged(run: Run, sentence: str) -> Ending:
    """Praise only what is surely better than guessing; else say what is likely wrong."""
    verdict = judge(run)
    if verdict is Verdict.GOOD:
        return Ending("success", sentence)
    if verdict is Verdict.NOT_TESTED:
        return Ending("info", sentence)
    tone = "warning" if verdict is Verdict.GUESSING else "info"
    short = sentence.removesuffix(f" {FRESH}")  # leaves room for what matters more
    return Ending(tone, f"{short} {comparison_sentence(run, verdict)} {advice(run)}")


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
    fresh = FRESH
    if run.n_results > 1:
        fresh = (
            f"They have now been used {run.n_results} times: a result that you train on until it "
            "looks good is too optimistic."
        )
    return f"{after} reads {n_right:,} of {n_test:,} test {samples_noun(run)} correctly. {fresh}"


def _time_trained(run: Run) -> str:
    epochs, batches = divmod(run.step, run.plan.steps_per_epoch)
    if run.n_new_samples:  # a model file does not say how many steps an epoch had
        epochs, batches = run.epochs_done, run.step - run.history[-1].step
    trained = [_count(epochs, "epoch", "epochs")] if epochs else []
    trained += [_count(batches, "batch", "batches")] if batches else []
    return " and ".join(trained)


def _count(number: int, noun: str, plural: str) -> str:
    return f"{number} {noun if number == 1 else plural}"


def comparison_sentence(run: Run, verdict: Verdict) -> str:
    """Compare a result with guessing, where it is not good."""
    share = percent(largest_share(run))
    match verdict:
        case Verdict.GUESSING:
            return f"Guessing the largest class gives {share}: that is no better than guessing."
        case Verdict.UNSURE:
            return f"Guessing the largest class gives {share}: the difference may be luck."
        case Verdict.POOR:
            return f"Guessing the largest class gives {share}."
    return ""
