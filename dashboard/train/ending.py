"""How a run ended, and what can be done next."""

import streamlit as st

from dashboard import training_actions
from dashboard.text import percent
from dashboard.train.progress import samples_noun
from experiments.background.background_task import Status
from experiments.background.training_job import TrainingJob
from experiments.evaluation.advice import advice
from experiments.evaluation.guessing import Verdict, judge, largest_share
from experiments.training.run import Run
from mlp.records import Diverged


def draw_ending(job: TrainingJob) -> None:
    """Say in a sentence how a run ended, and what can be done next."""
    run, status = job.run, job.status
    sentence = result_sentence(run)
    if status is Status.ABANDONED:
        st.warning(
            "This page lost its connection for a while, and the training ended. "
            "Continue resumes it, Train starts a new one.",
            icon=":material/wifi_off:",
        )
    elif status is Status.FAILED:
        st.error(f"{job.problem} Train starts a new one.", icon=":material/error:")
    elif run.diverged:
        _draw_divergence(run.diverged)
    elif run.result is None:
        st.info(sentence, icon=":material/info:")
    else:
        _draw_result(run, sentence)


def _draw_result(run: Run, sentence: str) -> None:
    """Praise only what is surely better than guessing; else say what is likely wrong."""
    verdict = judge(run)
    if verdict is Verdict.GOOD:
        st.success(sentence, icon=":material/check_circle:")
    elif verdict is Verdict.NOT_TESTED:
        st.info(sentence, icon=":material/info:")
    else:
        show = st.warning if verdict is Verdict.GUESSING else st.info
        compared = comparison_sentence(run, verdict)
        show(f"{sentence} {compared} {advice(run)}", icon=":material/troubleshoot:")


def _draw_divergence(diverged: Diverged) -> None:
    st.error(str(diverged), icon=":material/trending_up:")
    st.button(
        f"Try again with {diverged.gentler_rate:g}",
        icon=":material/healing:",
        on_click=training_actions.retry,
        args=(diverged.gentler_rate,),
        help="Set the learning rate to this, and train the same network from the start.",
    )


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


def comparison_sentence(run: Run, verdict: Verdict) -> str:
    """Compare a result with guessing, where it is not good."""
    share = percent(largest_share(run))
    match verdict:
        case Verdict.GUESSING:
            return f"That is no better than guessing: the largest class alone has {share}."
        case Verdict.UNSURE:
            return (
                f"Guessing the largest class gives {share}: with so few test samples, the "
                "difference may be luck."
            )
        case Verdict.POOR:
            return f"That is better than guessing, {share}, but far from reliable."
    return ""
