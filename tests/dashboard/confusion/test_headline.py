from dashboard.confusion.headline import step_in_words
from experiments.config import RunConfig
from experiments.training.run import Run


def test_a_step_is_written_as_epochs_and_batches() -> None:
    run = Run(RunConfig(epochs=2))
    steps = run.plan.steps_per_epoch
    assert step_in_words(run, 0) == "before any training"
    assert step_in_words(run, 2 * steps) == "after epoch 2"
    assert step_in_words(run, steps + 3) == "after epoch 1 and 3 batches"
