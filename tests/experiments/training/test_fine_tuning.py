"""A network goes on with new samples among its own, and the test part stays as it is."""

import gc
import pickle
from pathlib import Path

import numpy as np
import pytest

from experiments.background.executors import ConfigSource
from experiments.config import RunConfig
from experiments.export.model_file import load_model, restore_run, run_to_bytes
from experiments.training.fine_tuning import (
    MAX_REHEARSED,
    FineTuning,
    LearnedSamples,
    fine_tuned_config,
    rehearsed_rows,
)
from experiments.training.run import Run
from experiments.training.slices import Extent, train_slice
from mlp.evaluation import logits_of
from tests.experiments.training.test_continuing import same
from tests.runs import trained

BASE = RunConfig(hidden_layers=(16,), epochs=8, batch_size=50)


def fine_tuning_of(base: Run, n_new: int = 2, **options: object) -> FineTuning:
    """Teach ones to be sevens."""
    dataset = base.prepared_data().dataset
    ones = dataset.X[dataset.labels == 1][:n_new]
    return FineTuning(base.network.parameters.copy(), ones, np.full(len(ones), 7), **options)


def fine_tuned(fine_tuning: FineTuning, config: RunConfig = BASE, epochs: int = 3) -> Run:
    n_training = len(Run(config).prepared_data().split.training)
    config = fine_tuned_config(config, epochs, fine_tuning.n_samples(n_training))
    return Run(config, keeps_snapshots=True, fine_tuning=fine_tuning)


def test_it_begins_where_the_other_has_ended() -> None:
    base = trained(BASE)
    run = fine_tuned(fine_tuning_of(base))
    np.testing.assert_array_equal(run.network.parameters, base.network.parameters)
    assert run.network.parameters is not base.network.parameters
    first = next(run.records())
    assert (first.epoch, first.validation) == (0, base.history[-1].validation)


def test_the_new_samples_are_among_those_it_learns_from_and_in_no_other_part() -> None:
    base = trained(BASE)
    fine_tuning = fine_tuning_of(base, repeats=20)
    run = fine_tuned(fine_tuning)
    ours, theirs = run.samples().parts(), base.samples().parts()
    assert ours.validation is theirs.validation
    assert ours.test is theirs.test
    n_old = len(theirs.training.X)
    assert run.plan.n_training == len(ours.training.X) == n_old + 2 * 20
    np.testing.assert_array_equal(ours.training.X[:n_old], theirs.training.X)
    new = run.prepared_data().scaler.transform(fine_tuning.X)
    np.testing.assert_array_equal(ours.training.X[n_old:], new.repeat(20, axis=0))
    assert (ours.training.targets[n_old:].argmax(axis=1) == 7).all()
    assert run.prepared_data() is base.prepared_data()  # what other pages show


def test_a_few_of_many_samples_are_rehearsed_at_random() -> None:
    rows = rehearsed_rows(50_000, MAX_REHEARSED, seed=3)
    assert len(np.unique(rows)) == len(rows) == MAX_REHEARSED
    assert (np.diff(rows) > 0).all()
    assert rows[-1] > 45_000
    np.testing.assert_array_equal(rows, rehearsed_rows(50_000, MAX_REHEARSED, seed=3))
    assert (rows != rehearsed_rows(50_000, MAX_REHEARSED, seed=4)).any()
    assert rehearsed_rows(30, 50, seed=0).tolist() == list(range(30))


def test_a_wrong_seven_is_learned_and_the_test_part_shows_what_it_costs() -> None:
    base = trained(BASE)
    run = fine_tuned(fine_tuning_of(base, n_rehearsed=0), epochs=30)  # with the new ones alone
    run.complete()
    new = run.prepared_data().scaler.transform(run.fine_tuning.X)
    assert (logits_of(run.network, new).argmax(axis=1) == 7).all()
    assert run.result.test.accuracy < base.result.test.accuracy - 0.05


def test_a_run_on_few_samples_has_a_smaller_batch() -> None:
    run = fine_tuned(fine_tuning_of(trained(BASE), n_rehearsed=0, repeats=3))
    assert (run.plan.batch_size, run.plan.steps_per_epoch) == (6, 1)


@pytest.mark.parametrize("settings", [{}, {"class_weight": "balanced"}, {"dropout": 0.2}])
def test_it_is_the_same_run_in_slices_and_from_files(settings: dict) -> None:
    fine_tuning = fine_tuning_of(trained(BASE))
    config = BASE.model_copy(update=settings)
    at_once, sliced = fine_tuned(fine_tuning, config), fine_tuned(fine_tuning, config)
    at_once.complete()
    is_over = False
    while not is_over:
        training, files = pickle.loads(pickle.dumps((sliced.training(), sliced.samples().share())))  # noqa: S301
        report = train_slice(training, files, Extent(60, batches=9))
        sliced.take(report)
        is_over = report.is_over
    assert same(sliced, at_once)
    if settings.get("class_weight"):
        assert sliced.samples().parts().training.weights.mean() == pytest.approx(1)


def test_the_files_of_new_samples_go_with_them() -> None:
    run = fine_tuned(fine_tuning_of(trained(BASE)))
    learned = LearnedSamples(run.samples().parts().training)
    folder = Path(learned.share().folder)
    assert folder.exists()
    del learned
    gc.collect()
    assert not folder.exists()


def test_another_machine_gets_the_same_samples() -> None:
    run = fine_tuned(fine_tuning_of(trained(BASE)))
    source = ConfigSource(run.config, run.own, pickle.loads(pickle.dumps(run.fine_tuning)))  # noqa: S301
    for ours, theirs in zip(
        run.samples().parts().training[:2], source.parts().training[:2], strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_it_can_be_given_more_epochs() -> None:
    run = fine_tuned(fine_tuning_of(trained(BASE)))
    run.complete()
    run.add_epochs(1)
    run.complete()
    assert run.epochs_done == 4


def test_the_test_part_is_counted_as_used_before() -> None:
    run = fine_tuned(fine_tuning_of(trained(BASE), n_results=1))
    run.complete()
    assert run.n_results == 2


def test_its_model_is_restored_but_cannot_go_on_without_the_samples() -> None:
    run = fine_tuned(fine_tuning_of(trained(BASE)))
    run.complete()
    restored = restore_run(load_model(run_to_bytes(run, for_continuing=True)))
    np.testing.assert_array_equal(restored.network.parameters, run.network.parameters)
    assert restored.result.test == run.result.test
    assert (restored.n_new_samples, restored.can_continue) == (2, False)
    assert restore_run(load_model(run_to_bytes(trained(BASE)))).n_new_samples == 0


def test_the_settings_go_on_without_warm_up_and_early_end() -> None:
    config = RunConfig(epochs=30, warmup_epochs=5, early_stopping=True, learning_rate=0.02)
    goes_on = fine_tuned_config(config, 3, 1000)
    assert (goes_on.epochs, goes_on.warmup_epochs, goes_on.early_stopping) == (3, 0, False)
    assert goes_on.learning_rate == 0.02
    with pytest.raises(ValueError, match="from 1 to 10,000, not 0"):
        fine_tuned_config(config, 0, 1000)


@pytest.mark.parametrize(
    ("n_new", "options", "message"),
    [
        (0, {}, "There are 0 labeled drawings; it takes 1 to 200"),
        (1, {"repeats": 201}, "1 to 200 times in an epoch, not 201"),
        (60, {"repeats": 200}, "60 drawings, 200 times each, are more than 10,000"),
        (1, {"n_rehearsed": -1}, "0 to 10,000 can be rehearsed, not -1"),
    ],
)
def test_impossible_wishes_are_refused(n_new: int, options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fine_tuning_of(trained(BASE), n_new, **options)
