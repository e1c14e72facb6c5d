"""How far a run has come, and how fast it goes."""

from dashboard import session
from dashboard.text import duration
from dashboard.training_speed import Progress, waiting_in_words
from experiments.background.training_job import TrainingJob
from experiments.training.run import Run


def progress_of(job: TrainingJob | None) -> Progress:
    """Return how far a job has come, or what to do before there is one."""
    ready = "Waiting for valid settings" if session.problems() else "Ready: press Train"
    return progress(job) if job else Progress(0.0, ready)


def progress(job: TrainingJob) -> Progress:
    """Return how far a job has come, and how fast it goes."""
    run, status, speed = job.run, job.status, job.steps_per_second
    step, steps_per_epoch = run.step, run.plan.steps_per_epoch
    steps = run.config.epochs * steps_per_epoch
    epochs_done, batches = divmod(step, steps_per_epoch)
    words = [f"Epoch {epochs_done:,} of {run.config.epochs:,}"]
    if batches and not status.is_active:
        words.append(f"batch {batches:,} of {steps_per_epoch:,}")
    if status.is_active and (waiting := waiting_in_words(job)):
        words.append(waiting)
    elif not status.is_active:
        words.append(str(status))
    if status.is_active and speed:
        samples_per_step = run.plan.n_training / steps_per_epoch
        words.append(f"{duration((steps - step) / speed)} left")
        words.append(f"{speed * samples_per_step:,.0f} {samples_noun(run)} a second")
    return Progress(run.fraction_done, " · ".join(words))


def samples_noun(run: Run) -> str:
    """Return what to call the samples of a run: images, if they are."""
    return "images" if run.prepared_data().dataset.image_shape else "samples"
