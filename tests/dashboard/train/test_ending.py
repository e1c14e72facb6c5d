from types import SimpleNamespace

import pytest

from dashboard.train.curves import epochs_in_view
from dashboard.train.ending import comparison_sentence, result_sentence
from experiments.background.background_task import Status
from experiments.config import RunConfig
from experiments.evaluation.guessing import Verdict
from experiments.training.run import Run


def completed(**settings: object) -> Run:
    run = Run(RunConfig(**settings))
    run.complete()
    return run


def test_the_result_counts_test_images() -> None:
    run = completed(epochs=1)
    n_right = round(run.result.test.accuracy * 359)
    assert result_sentence(run) == (
        f"After 1 epoch the network reads {n_right} of 359 test images correctly. "
        "It had never seen them before."
    )


def test_the_result_says_training_accuracy_where_nothing_was_held_out() -> None:
    run = completed(epochs=2, validation_fraction=0, test_fraction=0)
    assert "training accuracy. No samples were held out" in result_sentence(run)


def test_the_result_of_a_run_that_was_stopped_halfway() -> None:
    run = completed(epochs=1)
    for step, words in ((5, "After 5 batches the"), (35, "After 1 epoch and 1 batch the")):
        run.step = step
        assert result_sentence(run).startswith(words)
    assert "before the first step" in result_sentence(Run(RunConfig()))


def test_a_restored_fine_tuning_knows_its_epochs_though_not_their_steps() -> None:
    run = completed(epochs=1)
    run.step, run.n_new_samples = 4, 2
    run.history[-1] = run.history[-1]._replace(step=4)
    assert result_sentence(run).startswith("After 1 epoch the network")


def test_the_result_names_the_epoch_that_early_stopping_went_back_to() -> None:
    run = completed(epochs=40, learning_rate=0.05, early_stopping=True, patience=3)
    assert result_sentence(run).startswith(
        f"Stopped early, after {run.epoch} epochs, and back at its best, epoch {run.epoch - 3}, the"
    )
    assert epochs_in_view(SimpleNamespace(run=run, status=Status.FINISHED)) == run.epoch


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.GUESSING, "gives 10.2 %: that is no better than guessing."),
        (Verdict.UNSURE, "the difference may be luck."),
        (Verdict.POOR, "Guessing the largest class gives 10.2 %."),
        (Verdict.GOOD, ""),
    ],
)
def test_what_is_not_good_is_compared_with_guessing(verdict: Verdict, words: str) -> None:
    sentence = comparison_sentence(Run(RunConfig()), verdict)
    assert words in sentence
    assert bool(sentence) == bool(words)
