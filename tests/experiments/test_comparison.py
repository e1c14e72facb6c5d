"""A difference is told only where luck does not explain it."""

import math

import numpy as np
import pytest
from scipy import stats

from experiments.comparison import check_comparable, check_seeds, paired_test, verdict
from experiments.config import RunConfig
from experiments.presets import preset

FIRST = [0.95, 0.96, 0.94, 0.97]
OTHER = [0.97, 0.97, 0.97, 0.97]


def test_the_corrected_t_test_worked_out_by_hand() -> None:
    # differences .02 .01 .03 .00: mean .015, s^2 = (.005^2 + .005^2 + .015^2 + .015^2) / 3
    result = paired_test(FIRST, OTHER, n_training=1437, n_test=360)
    np.testing.assert_allclose(result.differences, [0.02, 0.01, 0.03, 0.0], atol=1e-12)
    assert result.mean == pytest.approx(0.015)
    assert result.std == pytest.approx(math.sqrt(0.0005 / 3))
    t = 0.015 / math.sqrt((1 / 4 + 360 / 1437) * 0.0005 / 3)
    assert result.p_value == pytest.approx(2 * stats.t.sf(t, 3), rel=1e-9)
    assert result.p_value == pytest.approx(0.1991, abs=1e-4)


def test_without_the_correction_luck_would_pass_for_skill() -> None:
    corrected = paired_test(FIRST, OTHER, n_training=100, n_test=100)
    plain = stats.ttest_rel(OTHER, FIRST).pvalue
    assert plain == pytest.approx(
        paired_test(FIRST, OTHER, n_training=10**12, n_test=10**3).p_value
    )
    assert plain < 0.11 < 0.25 < corrected.p_value


def test_the_sentence_for_a_difference() -> None:
    first = [0.90, 0.91, 0.90, 0.91, 0.90]
    other = [0.95, 0.96, 0.96, 0.96, 0.95]
    result = paired_test(first, other, n_training=1437, n_test=360)
    assert result.is_significant
    sentence = verdict("small", "large", result)
    assert sentence.startswith(
        "large is better than small by 5.20 points on average over 5 seeds, more than luck explains"
    )
    turned = verdict("large", "small", paired_test(other, first, n_training=1437, n_test=360))
    assert turned == sentence


def test_the_sentence_for_no_difference() -> None:
    result = paired_test(FIRST, OTHER, n_training=1437, n_test=360)
    assert not result.is_significant
    assert verdict("small", "large", result) == (
        "large against small: no difference that 4 seeds can show (+1.50 points on average, "
        "p = 0.2)."
    )


def test_pairs_that_are_all_alike_need_no_division() -> None:
    same = paired_test([0.9, 0.8], [0.9, 0.8], n_training=10, n_test=5)
    assert (same.mean, same.p_value, same.is_significant) == (0.0, 1.0, False)


def test_two_equal_differences_are_no_certainty() -> None:
    """Of 5 test samples, one more was right, twice: that is soon done by luck."""
    result = paired_test([0.6, 0.4], [0.8, 0.6], n_training=10, n_test=5)
    assert result.std == pytest.approx(0)
    assert not result.is_significant
    t = 0.2 / ((1 / 2 + 5 / 10) ** 0.5 * 0.2)  # one sample stands for the spread
    assert result.p_value == pytest.approx(2 * stats.t.sf(t, 1))


def test_a_large_difference_is_told_with_its_order_of_luck() -> None:
    result = paired_test([0.5] * 9, [0.75] * 9, n_training=1000, n_test=1000)
    assert "p < 0.0001" in verdict("a", "b", result)


def test_a_network_is_not_compared_with_itself() -> None:
    with pytest.raises(ValueError, match="Two of these are the same network"):
        check_comparable([RunConfig(), RunConfig()])


def test_one_pair_is_refused() -> None:
    for refuse in (check_seeds, lambda one: paired_test(one, one, n_training=2, n_test=1)):
        with pytest.raises(ValueError, match="at least 2 seeds: one pair cannot tell luck"):
            refuse([0.9])


def test_networks_that_meet_other_samples_are_refused() -> None:
    with pytest.raises(ValueError, match=r"but test_fraction is 0.0 and 0.2\."):
        check_comparable([preset("mlp-digits-held-out").config, preset("mlp-digits").config])
    with pytest.raises(ValueError, match=r"but dataset is digits and moons\."):
        check_comparable([RunConfig(), RunConfig(dataset="moons")])


def test_training_accuracy_is_not_compared() -> None:
    with pytest.raises(ValueError, match="Nothing is held out, and training accuracy compares"):
        check_comparable([preset("slp-digits").config, preset("mlp-digits").config])


def test_the_scaling_may_differ() -> None:
    check_comparable([RunConfig(), RunConfig(scaling="z-score", class_weight="balanced")])
