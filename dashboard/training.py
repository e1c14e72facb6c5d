"""The training of this tab: begin, pause, step, and say how far it has come."""

from typing import NamedTuple

import streamlit as st

from dashboard import session
from dashboard.text import duration
from experiments.job import PROCESS_SLOTS, Goal, Status, TrainingJob
from experiments.run import Run

PACES = ("auto", "1", "2", "5", "10", "25", "full")  # epochs a second, between two others
WATCHABLE_SECONDS = 8.0  # how long a run takes at the least when the pace is left to itself
POLL_SECONDS = 0.3  # how often a page looks at its training
CALM_JOBS = 8  # with more jobs than this in the process, each page looks less often


class Progress(NamedTuple):
    """How far a run has come, from 0 to 1, and the same in words."""

    fraction: float
    words: str


def seconds_per_epoch(pace: str, epochs: int) -> float:
    """Return how long an epoch lasts at the least.

    Left to itself, a run that would be over in the wink of an eye is stretched so that
    it can be watched; one that is long enough goes at full speed.
    """
    if pace == "auto":
        return WATCHABLE_SECONDS / epochs
    return 0.0 if pace == "full" else 1 / float(pace)


def go(goal: Goal) -> None:
    """Train on, or begin: a run that is over makes place for a new one."""
    job = session.job()
    if job is None or job.status.is_over:
        job = TrainingJob(Run(session.config()))
        session.set_job(job)
    set_pace()
    job.go(goal)


def pause() -> None:
    """Stand still after the current batch."""
    if job := session.job():
        job.pause()


def stop() -> None:
    """End the run here, with a result."""
    if job := session.job():
        job.stop()


def reset() -> None:
    """Throw the run away; the same seed gives the same first weights again."""
    session.set_job(None)


def set_pace() -> None:
    """Tell the job how fast it may go."""
    if job := session.job():
        pace = st.session_state.get(session.PACE, PACES[0])
        job.set_pace(seconds_per_epoch(pace, job.run.config.epochs))


def is_moving(job: TrainingJob | None) -> bool:
    """Say whether there is something to watch."""
    return job is not None and job.status in (Status.RUNNING, Status.QUEUED)


def poll_seconds() -> float:
    """Return how long a page waits between two looks: longer when many are training."""
    return POLL_SECONDS * max(1.0, PROCESS_SLOTS.jobs / CALM_JOBS)


def progress(job: TrainingJob) -> Progress:
    """Say how far a job has come."""
    run = job.run
    epochs, epochs_done = run.config.epochs, max(len(run.history) - 1, 0)
    steps = run.plan.steps_per_epoch
    fraction = min((epochs_done + len(run.batch_losses) / steps) / epochs, 1.0)
    words = [f"Epoch {epochs_done} of {epochs}"]
    if run.batch_losses and job.status is Status.PAUSED:
        words.append(f"batch {len(run.batch_losses)} of {steps}")
    if job.place:
        words.append(f"waiting for the processor, place {job.place}")
    elif job.status is Status.RUNNING and epochs_done:
        pace = max(job.seconds_per_epoch, run.seconds / epochs_done)
        words.append(f"{duration(pace * (epochs - epochs_done))} left")
    else:
        words.append(str(job.status))
    if epochs_done:
        words.append(f"{epochs_done * run.plan.n_training / run.seconds:,.0f} images a second")
    return Progress(fraction, " · ".join(words))


def verdict(run: Run) -> str:
    """Return the result of a run in a sentence."""
    if run.result is None:
        return ""
    epochs = len(run.history) - 1
    after = f"After {epochs} {'epoch' if epochs == 1 else 'epochs'} the network"
    if run.result.test is None:
        return (
            f"{after} has {run.result.training.accuracy:.1%} training accuracy. No samples were "
            "held out for a test, so this says nothing about images it has not seen."
        )
    n_test = len(run.material.split.test)
    n_right = round(run.result.test.accuracy * n_test)
    return f"{after} reads {n_right} of {n_test} test images right. It had never seen them before."


def has_learned(run: Run) -> bool:
    """Say whether a run that is over does clearly better than guessing."""
    guess = 1.5 / run.material.dataset.n_classes
    return run.result is None or run.result.training.accuracy > guess
