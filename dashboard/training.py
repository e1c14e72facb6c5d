"""The training of this tab: begin, pause, step, and say how far it has come."""

from typing import NamedTuple

import streamlit as st

from dashboard import session
from dashboard.charts.curves import VALIDATION, Comparison, Measure, epoch_curves
from dashboard.text import duration, percent
from experiments.background.run_store import KeptRun
from experiments.background.training_job import Goal, Status, TrainingJob, count_moving_jobs
from experiments.config import LIMITS, OWN
from experiments.training.run import Run
from mlp.training import Score

PACES = ("auto", "1", "2", "5", "10", "25", "full")  # epochs a second, between two others
WATCHABLE_SECONDS = 8.0  # how long a run takes at the least when the pace is left to itself
PATIENCE_SECONDS = 0.2  # a step that is done by then is drawn at once, without a second look
POLL_SECONDS = 0.3  # how often a page looks at its training
MORE_THAN_LUCK = 0.05  # of what guessing gets wrong: so much must a network get right beyond it
CALM_JOBS = 5  # with more jobs than this on their way, each page looks less often


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


def go(goal: Goal, job: TrainingJob | None) -> None:
    """Train on with a run, or begin one if there is none.

    The settings that the reader has just typed arrive together with the click, and are
    read after it. So the click is remembered, and `fulfil_wish` acts on it.
    """
    session.tab().wish = session.Wish(goal, job)


def fulfil_wish() -> None:
    """Do what was asked for by `go`, now that the settings are known."""
    tab, config, problems = session.tab(), session.config(), session.problems()
    pace, is_present = _pace(), session.presence()
    wish, tab.wish = tab.wish, None
    live = tab.job if tab.job and not tab.job.status.is_over else None
    if wish is None or wish.job is not live:
        return  # nothing was asked for, or of a run that has ended meanwhile
    if live is None:
        if problems:
            return
        run = Run(config, tab.own if config.dataset == OWN else None, is_watched=True)
        live = TrainingJob(run, is_present=is_present)
        tab.job, tab.chosen, tab.epoch = live, None, None
        tab.shelf.add(live)
    live.set_pace(seconds_per_epoch(pace, live.run.config.epochs))
    live.go(wish.goal)
    if wish.goal is not Goal.THE_END:
        live.wait_still(PATIENCE_SECONDS)


def pause() -> None:
    """Stand still after the current batch."""
    tab = session.tab()
    tab.wish = None
    if tab.job:
        tab.job.pause()
        tab.job.wait_still(PATIENCE_SECONDS)


def stop() -> None:
    """End the run here, with a result."""
    tab = session.tab()
    tab.wish = None
    if tab.job:
        tab.job.stop()


def reset() -> None:
    """Clear the page for a new run. One that is not over is thrown away; the others are kept."""
    tab = session.tab()
    previous, tab.job, tab.wish, tab.epoch = tab.job, None, None, None
    kept = tab.shelf.find(previous.run) if previous else None
    if kept and not kept.job.status.is_over:
        tab.shelf.remove(kept)


def epochs_to_add(run: Run) -> tuple[int, int]:
    """Return how many epochs a run can be given at the least, for its warm-up, and at the most."""
    done = run.epochs_done
    return max(1, run.config.warmup_epochs + 1 - done), int(LIMITS["epochs"][1]) - done


def continue_run() -> None:
    """Train the run on the page for as many more epochs as asked for, from where it ended."""
    epochs = st.session_state[session.MORE_EPOCHS]
    tab, is_present, pace = session.tab(), session.presence(), _pace()
    kept = tab.shelf.find(tab.job.run) if tab.job else None
    if not kept or not kept.job.status.is_over or not kept.run.can_go_on:
        return
    kept.run.go_on(epochs)
    tab.job = kept.job = TrainingJob(
        kept.run, is_present=is_present, seconds_per_epoch=seconds_per_epoch(pace, epochs)
    )
    tab.epoch = None
    kept.job.go(Goal.THE_END)


def retry(learning_rate: float) -> None:
    """Begin a new run with another learning rate, all else as in the settings."""
    st.session_state["learning_rate"] = learning_rate
    session.forget_notices()
    go(Goal.THE_END, None)


def bring_back(run: Run) -> None:
    """Put a run that was trained before onto the page, unless another one is under way."""
    kept = session.tab().shelf.add(TrainingJob(run, ending=Status.FINISHED))
    show(kept)


def is_under_way() -> bool:
    """Say whether a run of this tab is not over yet."""
    job = session.job()
    return job is not None and not job.status.is_over


def change_learning_rate() -> None:
    """Take steps of the length asked for from now on."""
    learning_rate = st.session_state[session.RATE_NOW]
    job = session.job()
    if job and not job.status.is_over:
        job.run.ask_learning_rate(learning_rate)


def show(kept: KeptRun) -> None:
    """Bring a run back onto the page, unless another one is under way there."""
    tab = session.tab()
    if tab.job is None or tab.job.status.is_over:
        tab.job, tab.chosen, tab.epoch, tab.wish = kept.job, None, None, None


def delete(kept: KeptRun) -> None:
    """Take a run off the page and out of the list."""
    tab = session.tab()
    tab.shelf.remove(kept)
    if tab.job is kept.job:
        tab.job = tab.wish = tab.epoch = None


def change_pace() -> None:
    """Tell the job how fast it may go from now on."""
    session.forget_notices()
    pace = _pace()
    if job := session.job():
        job.set_pace(seconds_per_epoch(pace, job.run.config.epochs))


def _pace() -> str:
    """Return the pace asked for, on the Train page or in a link to another one."""
    asked = st.session_state.get(session.PACE, st.query_params.get(session.PACE))
    return asked if asked in PACES else PACES[0]


def poll_seconds() -> float:
    """Return how long a page waits between two looks: longer when many are training."""
    return POLL_SECONDS * max(1, -(-count_moving_jobs() // CALM_JOBS))


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
    is_same = config in (run.config, run.first_config)
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
    has_validation = run is None or run.material.validation is not None
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


def verdict(run: Run) -> str:
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
    n_test = len(run.material.split.test)
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
    targets = run.material.training.targets
    guess = float(targets.mean(axis=0).max())  # the share of the largest class
    return run.result.training.accuracy < guess + MORE_THAN_LUCK * (1 - guess)


def _samples(run: Run) -> str:
    return "images" if run.material.dataset.image_shape else "samples"


def _count(number: int, noun: str, plural: str) -> str:
    return f"{number} {noun if number == 1 else plural}"
