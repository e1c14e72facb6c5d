"""The training of this tab: begin, pause, continue and end it."""

from dashboard import session
from dashboard.training_speed import _pace, seconds_per_epoch
from experiments.background.run_store import StoredRun
from experiments.background.training_job import Goal, Status, TrainingJob
from experiments.config import OWN, limits_of
from experiments.training.run import Run

PATIENCE_SECONDS = 0.2  # a step that is done by then is drawn at once, without a second look


def go(goal: Goal, job: TrainingJob | None) -> None:
    """Train on with a run, or begin one if there is none.

    The settings that the reader has just typed arrive together with the click, and are
    read after it. So the click is remembered, and `carry_out_request` acts on it.
    """
    session.tab().request = session.TrainingRequest(goal, job)


def carry_out_request() -> None:
    """Do what was asked for by `go`, now that the settings are known."""
    tab, config, problems = session.tab(), session.config(), session.problems()
    pace, is_present = _pace(), session.presence()
    request, tab.request = tab.request, None
    live = tab.job if tab.job and not tab.job.status.is_over else None
    if request is None or request.job is not live:
        return  # nothing was asked for, or of a run that has ended meanwhile
    if live is None:
        if problems:
            return
        run = Run(config, tab.own if config.dataset == OWN else None, keeps_snapshots=True)
        live = TrainingJob(run, is_present=is_present)
        tab.job, tab.chosen, tab.epoch = live, None, None
        tab.run_store.add(live)
    live.set_pace(seconds_per_epoch(pace, live.run.config.epochs))
    live.go(request.goal)
    if request.goal is not Goal.THE_END:
        live.wait_until_paused(PATIENCE_SECONDS)


def pause() -> None:
    """Stand still after the current batch."""
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
    """Clear the page for a new run. One that is not over is thrown away; the others are kept."""
    tab = session.tab()
    previous, tab.job, tab.request, tab.epoch = tab.job, None, None, None
    kept = tab.run_store.find(previous.run) if previous else None
    if kept and not kept.job.status.is_over:
        tab.run_store.remove(kept)


def epochs_to_add(run: Run) -> tuple[int, int]:
    """Return how many epochs a run can be given at the least, for its warm-up, and at the most."""
    done = run.epochs_done
    return max(1, run.config.warmup_epochs + 1 - done), int(limits_of("epochs")[1]) - done


def continue_run() -> None:
    """Train the run on the page for as many more epochs as asked for, from where it ended."""
    epochs = session.value(session.MORE_EPOCHS)
    tab, is_present, pace = session.tab(), session.presence(), _pace()
    kept = tab.run_store.find(tab.job.run) if tab.job else None
    if not kept or not kept.job.status.is_over or not kept.run.can_continue:
        return
    kept.run.add_epochs(epochs)
    tab.job = kept.job = TrainingJob(
        kept.run, is_present=is_present, seconds_per_epoch=seconds_per_epoch(pace, epochs)
    )
    tab.epoch = None
    kept.job.go(Goal.THE_END)


def retry(learning_rate: float) -> None:
    """Begin a new run with another learning rate, all else as in the settings."""
    session.set_value("learning_rate", learning_rate)
    session.forget_notices()
    go(Goal.THE_END, None)


def bring_back(run: Run) -> None:
    """Put a run that was trained before onto the page, unless another one is under way."""
    kept = session.tab().run_store.add(TrainingJob(run, ending=Status.FINISHED))
    show(kept)


def is_under_way() -> bool:
    """Say whether a run of this tab is not over yet."""
    job = session.job()
    return job is not None and not job.status.is_over


def change_learning_rate() -> None:
    """Take steps of the length asked for from now on."""
    learning_rate = session.value(session.RATE_NOW)
    job = session.job()
    if job and not job.status.is_over:
        job.run.request_learning_rate(learning_rate)


def show(kept: StoredRun) -> None:
    """Bring a run back onto the page, unless another one is under way there."""
    tab = session.tab()
    if tab.job is None or tab.job.status.is_over:
        tab.job, tab.chosen, tab.epoch, tab.request = kept.job, None, None, None


def delete(kept: StoredRun) -> None:
    """Take a run off the page and out of the list."""
    tab = session.tab()
    tab.run_store.remove(kept)
    if tab.job is kept.job:
        tab.job = tab.request = tab.epoch = None


def change_pace() -> None:
    """Tell the job how fast it may go from now on."""
    session.forget_notices()
    pace = _pace()
    if job := session.job():
        job.set_pace(seconds_per_epoch(pace, job.run.config.epochs))
