"""The training of this tab: start, pause, continue and end it."""

from dashboard import session
from dashboard.training_speed import requested_pace, seconds_per_epoch
from experiments.background.background_task import Page, Status
from experiments.background.run_store import StoredRun
from experiments.background.training_job import Goal, TrainingJob
from experiments.config import OWN, RunConfig, limits_of
from experiments.training.run import Run

PATIENCE_SECONDS = 0.2  # a step that is done by then is drawn without waiting for a poll


def request_training(goal: Goal, job: TrainingJob | None) -> None:
    """Request that a run continue, or that one begin if there is none.

    The settings that the reader has just typed arrive together with the click, and are
    read after it. So the request is stored, and `start_requested_training` acts on it.
    """
    session.tab().request = session.TrainingRequest(goal, job)


def start_requested_training() -> None:
    """Train as `request_training` was asked to, now that the settings are known."""
    tab, config, problems = session.tab(), session.config(), session.problems()
    pace, page = requested_pace(), session.page()
    request, tab.request = tab.request, None
    unfinished = tab.job if tab.job and not tab.job.status.is_over else None
    if request is None or request.job is not unfinished:
        return  # nothing was requested, or for a run that has ended meanwhile
    if unfinished is None and problems:
        return
    job = unfinished or _new_job(tab, config, page)
    job.set_pace(seconds_per_epoch(pace, job.run.config.epochs))
    job.go(request.goal)
    if request.goal is not Goal.THE_END:
        job.wait_until_paused(PATIENCE_SECONDS)


def _new_job(tab: session.Tab, config: RunConfig, page: Page) -> TrainingJob:
    """Put a new run onto the page and into the list."""
    run = Run(config, tab.own if config.dataset == OWN else None, keeps_snapshots=True)
    job = TrainingJob(run, page=page)
    tab.job, tab.chosen, tab.epoch = job, None, None
    tab.run_store.add(job)
    return job


def pause() -> None:
    """Pause after the current batch."""
    tab = session.tab()
    tab.request = None
    if tab.job:
        tab.job.pause()
        tab.job.wait_until_paused(PATIENCE_SECONDS)


def stop() -> None:
    """End the run here, with a result."""
    tab = session.tab()
    tab.request = None
    if tab.job:
        tab.job.stop()


def reset() -> None:
    """Clear the page for a new run: an unfinished one is discarded, the others stay listed."""
    tab = session.tab()
    previous, tab.job, tab.request, tab.epoch = tab.job, None, None, None
    stored = tab.run_store.find(previous.run) if previous else None
    if stored and not stored.job.status.is_over:
        tab.run_store.remove(stored)


def epochs_to_add(run: Run) -> tuple[int, int]:
    """Return the least epochs a run can be given, because of its warm-up, and the most."""
    done = run.epochs_done
    return max(1, run.config.warmup_epochs + 1 - done), int(limits_of("epochs")[1]) - done


def continue_run() -> None:
    """Train the run on the page for as many more epochs as asked for, from where it ended."""
    epochs = session.value(session.MORE_EPOCHS)
    tab, page, pace = session.tab(), session.page(), requested_pace()
    stored = tab.run_store.find(tab.job.run) if tab.job else None
    if not stored or not stored.job.status.is_over or not stored.run.can_continue:
        return
    stored.run.add_epochs(epochs)
    tab.job = stored.job = TrainingJob(
        stored.run, page=page, seconds_per_epoch=seconds_per_epoch(pace, epochs)
    )
    tab.epoch = None
    stored.job.go(Goal.THE_END)


def retry(learning_rate: float) -> None:
    """Start a new run with another learning rate, all else as in the settings."""
    session.set_value("learning_rate", learning_rate)
    session.forget_notices()
    request_training(Goal.THE_END, None)


def show_loaded_run(run: Run, name: str) -> None:
    """List a run that was loaded from a file, and show it unless another one is unfinished."""
    stored = session.tab().run_store.add(TrainingJob(run, ending=Status.FINISHED), name)
    show_run(stored)


def has_unfinished_run() -> bool:
    """Say whether a run of this tab is not over yet."""
    job = session.job()
    return job is not None and not job.status.is_over


def change_learning_rate() -> None:
    """Train the run on the page with the learning rate of its slider from now on."""
    learning_rate = session.value(session.RATE_NOW)
    job = session.job()
    if job and not job.status.is_over:
        job.run.request_learning_rate(learning_rate)


def show_run(stored: StoredRun) -> None:
    """Show a run on the page, unless another one is unfinished there."""
    tab = session.tab()
    if not has_unfinished_run():
        tab.job, tab.chosen, tab.request = stored.job, None, None
        tab.epoch = tab.film = None  # they belong to the run that was shown


def delete_run(stored: StoredRun) -> None:
    """Remove a run from the page and from the list."""
    tab, was_shown = session.tab(), session.shown_run() is stored.run
    tab.run_store.remove(stored)
    if tab.job is stored.job:
        tab.job = tab.request = tab.epoch = None
    if was_shown:
        tab.epoch = tab.film = None  # they belong to it, and not to the run shown next


def change_pace() -> None:
    """Train at the pace of its control from now on."""
    session.forget_notices()
    pace = requested_pace()
    if job := session.job():
        job.set_pace(seconds_per_epoch(pace, job.run.config.epochs))
