"""A difference is reported only where luck does not explain it."""

import math

import numpy as np
import pytest
from scipy import stats

from experiments.comparison.significance import (
    McNemarResult,
    PairedResult,
    check_comparable,
    check_seeds,
    correct_for_several,
    mcnemar_sentence,
    mcnemar_test,
    median_pair,
    paired_test,
    paired_test_sentence,
)
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


def test_without_the_correction_the_p_value_is_too_small() -> None:
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
    sentence = paired_test_sentence("small", "large", result)
    assert sentence.startswith(
        "large is better than small by 5.20 points on average over 5 seeds, more than luck explains"
    )
    turned = paired_test_sentence(
        "large", "small", paired_test(other, first, n_training=1437, n_test=360)
    )
    assert turned == sentence


def test_the_sentence_for_no_difference() -> None:
    result = paired_test(FIRST, OTHER, n_training=1437, n_test=360)
    assert not result.is_significant
    assert paired_test_sentence("small", "large", result) == (
        "large against small: no difference that 4 seeds can show (+1.50 points on average, "
        "p = 0.2)."
    )


def test_equal_pairs_give_a_p_value_of_1() -> None:
    same = paired_test([0.9, 0.8], [0.9, 0.8], n_training=10, n_test=5)
    assert (same.mean, same.p_value, same.is_significant) == (0.0, 1.0, False)


def test_two_equal_differences_are_not_significant() -> None:
    """Of 5 test samples, one more was right, twice: that may well be luck."""
    result = paired_test([0.6, 0.4], [0.8, 0.6], n_training=10, n_test=5)
    assert result.std == pytest.approx(0)
    assert not result.is_significant
    t = 0.2 / ((1 / 2 + 5 / 10) ** 0.5 * 0.2)  # one sample stands for the spread
    assert result.p_value == pytest.approx(2 * stats.t.sf(t, 1))


def test_a_very_small_p_value_is_given_as_a_bound() -> None:
    result = paired_test([0.5] * 9, [0.75] * 9, n_training=1000, n_test=1000)
    assert "p < 0.0001" in paired_test_sentence("a", "b", result)


def test_a_network_is_not_compared_with_itself() -> None:
    with pytest.raises(ValueError, match="Two of these are the same network"):
        check_comparable([RunConfig(), RunConfig()])


def test_a_single_pair_is_refused() -> None:
    for refuse in (check_seeds, lambda one: paired_test(one, one, n_training=2, n_test=1)):
        with pytest.raises(ValueError, match="at least 2 seeds: a single pair may be luck"):
            refuse([0.9])


def test_networks_with_other_samples_are_refused() -> None:
    with pytest.raises(ValueError, match=r"but test_fraction is 0.0 and 0.2\."):
        check_comparable([preset("mlp-digits-held-out").config, preset("mlp-digits").config])
    with pytest.raises(ValueError, match=r"but dataset is digits and moons\."):
        check_comparable([RunConfig(), RunConfig(dataset="moons")])


def test_training_accuracy_is_not_compared() -> None:
    with pytest.raises(ValueError, match="Nothing is held out, and training accuracy compares"):
        check_comparable([preset("slp-digits").config, preset("mlp-digits").config])


def test_the_scaling_may_differ() -> None:
    check_comparable([RunConfig(), RunConfig(scaling="z-score", class_weight="balanced")])


def correct_mask(pattern: str) -> np.ndarray:
    """Return which predictions are right from a string: 'x' is right, anything else is wrong."""
    return np.array([letter == "x" for letter in pattern])


def test_mcnemar_worked_out_by_hand() -> None:
    """Of 6 samples that one gets right, 5 go to the other: P = 2 (1 + 6) / 2^6."""
    result = mcnemar_test(correct_mask("xxx......"), correct_mask("xx.xxxxx."))
    assert (result.only_first, result.only_other) == (1, 5)
    assert result.p_value == pytest.approx(2 * (1 + 6) / 2**6)
    assert result.is_exact
    assert not result.is_significant


def test_mcnemar_with_many_samples_uses_chi_squared() -> None:
    first = np.arange(1000) < 910
    other = np.arange(1000) >= 40  # only the first: 40; only the other: 90
    result = mcnemar_test(first, other)
    assert (result.only_first, result.only_other) == (40, 90)
    assert result.p_value == pytest.approx(stats.chi2.sf((50 - 1) ** 2 / 130, 1))
    assert result.is_significant
    assert not result.is_exact


def test_chi_squared_is_close_to_the_exact_p_value() -> None:
    first, other = np.arange(100) < 15, np.arange(100) >= 75  # 15 and 25, none in common
    result = mcnemar_test(first, other)
    assert result.p_value == pytest.approx(stats.binomtest(15, 40).pvalue, abs=0.01)


@pytest.mark.parametrize("n", [0, 10, 400])
def test_networks_that_differ_in_nothing_or_evenly_are_equally_good(n: int) -> None:
    first = np.arange(n) % 2 == 0
    assert mcnemar_test(first, first).p_value == 1
    assert mcnemar_test(first, ~first).p_value == pytest.approx(1)


def test_predictions_for_other_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="Predictions for 3 and for 2 samples cannot be paired"):
        mcnemar_test(correct_mask("xxx"), correct_mask("xx"))


def test_the_sentence_on_samples() -> None:
    few = mcnemar_sentence("SLP", "MLP", mcnemar_test(correct_mask("xx.x."), correct_mask("xxx.x")))
    assert few == (
        "MLP alone gets 2 test samples right and SLP alone 1: a single run cannot tell that from "
        "luck (McNemar's test, exact: p = 1)."
    )
    one = mcnemar_sentence("SLP", "MLP", mcnemar_test(correct_mask("xx."), correct_mask("xxx")))
    assert one.startswith("MLP alone gets 1 test sample right and SLP alone 0: ")
    many = mcnemar_test(np.zeros(50, bool), np.ones(50, bool))
    assert mcnemar_sentence("SLP", "MLP", many).endswith(
        "in this run, that is more than luck explains (McNemar's test, chi-squared, corrected for "
        "continuity: p < 0.0001)."
    )


def with_p_value(p_value: float) -> PairedResult:
    return PairedResult(np.array([0.1, 0.2]), 0.15, 0.07, p_value)


def test_holm_worked_out_by_hand() -> None:
    """Sorted .01 .02 .03 .5, times 4 3 2 1: .04 .06 .06 .5, as none falls below one before it."""
    corrected = correct_for_several([with_p_value(p) for p in (0.03, 0.5, 0.01, 0.02)])
    assert [each.p_value for each in corrected] == pytest.approx([0.06, 0.5, 0.04, 0.06])
    assert [each.is_significant for each in corrected] == [False, False, True, False]


def test_several_tests_on_samples_are_corrected_as_well() -> None:
    results = [McNemarResult(1, 9, 0.02), McNemarResult(3, 4, 0.9)]
    corrected = correct_for_several(results)
    assert [each.p_value for each in corrected] == pytest.approx([0.04, 0.9])
    assert [each.only_other for each in corrected] == [9, 4]


def test_one_comparison_needs_no_correction_and_none_gives_none() -> None:
    assert correct_for_several([with_p_value(0.03)])[0].p_value == pytest.approx(0.03)
    assert correct_for_several([]) == []
    assert max(each.p_value for each in correct_for_several([with_p_value(0.9)] * 3)) == 1


@pytest.mark.parametrize(
    ("differences", "place"), [([0.3, 0.1, 0.2], 2), ([0.4, 0.1, 0.3, 0.2], 3), ([0.1, 0.1], 0)]
)
def test_the_median_pair_is_one_of_the_pairs(differences: list[float], place: int) -> None:
    assert median_pair(np.array(differences)) == place
