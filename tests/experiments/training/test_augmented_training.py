"""A run on distorted images goes on after a cut anywhere, and tests on images as they are."""

import math
import pickle

import numpy as np
import pytest

from data.augmentation import Augmentation, Distortions
from experiments.config import RunConfig
from experiments.export.model_file import load_model, restore_run, run_to_bytes
from experiments.training import slices
from experiments.training.lookahead import one_ahead
from experiments.training.plan import make_augmentation
from experiments.training.run import Run
from experiments.training.slices import Extent, train_slice
from mlp.samples import Samples, augmented_batches, batches_in_order
from tests.experiments.training.test_continuing import same
from tests.runs import trained

STRENGTHS = {"shift": 1.0, "rotation": 10.0, "elastic": 0.5, "noise": 0.1}
AUGMENTED = RunConfig(hidden_layers=(8,), epochs=3, batch_size=200, **STRENGTHS)
PLAIN = RunConfig(hidden_layers=(8,), epochs=3, batch_size=200)


@pytest.mark.parametrize("batches", [1, 2, 4])
@pytest.mark.parametrize("large", [0, math.inf])
def test_slices_of_any_length_make_the_same_run(
    batches: int, large: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "LARGE_BATCH", large)  # made ahead, or in turn
    sliced, is_over = Run(AUGMENTED), False
    while not is_over:
        training = pickle.loads(pickle.dumps(sliced.training()))  # noqa: S301
        report = train_slice(training, sliced.prepared_data(), Extent(60, batches=batches))
        sliced.take(report)
        is_over = report.is_over
    assert same(sliced, trained(AUGMENTED))


def test_a_run_from_a_file_goes_on_as_if_it_had_never_been_stopped() -> None:
    stopped = Run(AUGMENTED)
    for record in stopped.records():
        if record.step == 9:  # in the second epoch
            break
    stopped.conclude()
    restored = restore_run(load_model(run_to_bytes(stopped, for_continuing=True)))
    restored.add_epochs(AUGMENTED.epochs - restored.epochs_done)
    restored.complete()
    assert same(restored, trained(AUGMENTED))


def test_only_what_is_learned_from_is_distorted() -> None:
    run, plain = trained(AUGMENTED), trained(PLAIN)
    assert run.prepared_data() is plain.prepared_data()
    assert run.history[0] == plain.history[0]
    assert run.history[1].training != plain.history[1].training
    *_, last = run.history
    assert run.result.validation == last.validation
    assert run.result.training != last.training  # at the end, of the images as they are


def test_each_epoch_distorts_anew_and_from_the_originals() -> None:
    prepared = Run(AUGMENTED).prepared_data()
    augment, X = make_augmentation(AUGMENTED, prepared), prepared.training.X[:200]
    first, second = augment(X, 1, 0), augment(X, 2, 0)
    difference = np.square(first - X).mean()
    assert difference > 0.001
    assert np.square(second - X).mean() == pytest.approx(difference, rel=0.2)
    assert np.square(second - first).mean() > difference


def test_what_is_no_image_and_what_is_not_asked_for_is_not_distorted() -> None:
    points = RunConfig(dataset="moons", **STRENGTHS)
    for config in (points, PLAIN, PLAIN.model_copy(update={"elastic_sigma": 2.0})):
        assert make_augmentation(config, Run(config).prepared_data()) is None


def test_batches_made_ahead_are_the_same() -> None:
    rng = np.random.default_rng(0)
    samples = Samples(*(rng.random((20, 4), np.float32) for _ in range(2)), np.ones(20))
    augment = Augmentation((2, 2), Distortions(noise=0.5))
    in_turn, ahead = (
        list(way(augmented_batches(batches_in_order(samples, 6), augment, epoch=1, first=0)))
        for way in (iter, one_ahead)
    )
    assert [len(batch.X) for batch in ahead] == [6, 6, 6, 2]
    for one, other in zip(in_turn, ahead, strict=True):
        for part, same_part in zip(one, other, strict=True):
            np.testing.assert_array_equal(part, same_part)


def test_an_error_in_the_other_thread_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        list(one_ahead(1 / n for n in (1, 0)))
