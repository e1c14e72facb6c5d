import pytest
from scipy.stats import binomtest

from experiments.evaluation.clopper_pearson import interval, lower_limit


@pytest.mark.parametrize(("n_right", "n_samples"), [(0, 9), (1, 9), (64, 120), (120, 120)])
def test_the_limits_are_those_of_clopper_and_pearson(n_right: int, n_samples: int) -> None:
    expected = binomtest(n_right, n_samples).proportion_ci(0.95, method="exact")
    assert lower_limit(n_right, n_samples) == pytest.approx(expected.low)
    assert interval(n_right, n_samples) == pytest.approx((expected.low, expected.high))


def test_without_samples_nothing_is_known() -> None:
    assert interval(0, 0) == (0, 1)
