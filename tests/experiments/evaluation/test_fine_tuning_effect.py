"""What fine-tuning has done, counted on the test part and on the new samples."""

import numpy as np
import pytest

from experiments.evaluation.fine_tuning_effect import Count, fine_tuning_effect
from experiments.evaluation.predictions import predict_now
from tests.experiments.training.test_fine_tuning import BASE, fine_tuned, fine_tuning_of
from tests.runs import trained


def test_before_and_after_are_counted_on_old_and_new_samples() -> None:
    base = trained(BASE)
    run = fine_tuned(fine_tuning_of(base, n_new=3, n_rehearsed=0), epochs=30)
    run.complete()
    effect = fine_tuning_effect(run)
    ours, theirs = predict_now(run, "test"), predict_now(base, "test")
    assert effect.part == "test"
    assert effect.old.before == (theirs.n_correct, 359)
    assert effect.old.after == (ours.n_correct, 359)
    assert effect.old.newly_wrong == np.sum(theirs.is_right & ~ours.is_right) > 0
    assert effect.old.newly_right == np.sum(ours.is_right & ~theirs.is_right)
    assert (effect.new.before, effect.new.after) == ((0, 3), (3, 3))
    assert effect.new_answers.tolist() == [7, 7, 7]
    assert sum(each.after.n_right for each in effect.old_by_class) == ours.n_correct
    ones = effect.old_by_class[1]
    assert ones.before.n_samples == np.sum(ours.labels == 1)
    assert ones.after.n_right < ones.before.n_right  # taught to be sevens


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"test_fraction": 0}, "validation"),
        ({"test_fraction": 0, "validation_fraction": 0}, "training"),
    ],
)
def test_without_a_test_part_another_one_stands_for_it(settings: dict, part: str) -> None:
    config = BASE.model_copy(update=settings | {"epochs": 1})
    run = fine_tuned(fine_tuning_of(trained(config)), config, epochs=1)
    run.complete()
    assert fine_tuning_effect(run).part == part


def test_the_interval_of_few_drawings_is_wide() -> None:
    # R: binom.test(7, 9)$conf.int
    assert Count(7, 9).limits == pytest.approx((0.3999, 0.9719), abs=1e-4)
    assert Count(0, 5).limits == pytest.approx((0, 0.5218), abs=1e-4)
    assert Count(5, 5).limits == pytest.approx((0.4782, 1), abs=1e-4)
    assert np.isnan(Count(0, 0).share)


def test_a_run_from_random_weights_has_nothing_before_it() -> None:
    with pytest.raises(ValueError, match="began with random weights"):
        fine_tuning_effect(trained(BASE))
