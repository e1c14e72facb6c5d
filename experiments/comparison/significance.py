"""Significance tests on paired runs: is a difference more than random variation?

Both networks are trained on the same splits, seed by seed, and what counts is the
difference in each pair: an easy or hard split affects both and cancels out. Within one
pair, McNemar's test asks the same, sample by sample.
"""

import math
from collections.abc import Sequence, Sized
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from experiments.config import DATA_SETTINGS, RunConfig

SIGNIFICANT = 0.05
EXACT_BELOW = 25  # fewer samples: the binomial distribution; from here on, chi-squared is close

CorrectMask: TypeAlias = npt.NDArray[np.bool_]
"""(n_samples,), whether each prediction is right."""


class SignificanceTest:
    """The result of a significance test."""

    p_value: float

    @property
    def is_significant(self) -> bool:
        """Whether the p-value is below SIGNIFICANT, so that chance is a poor explanation."""
        return self.p_value < SIGNIFICANT


@dataclass(frozen=True)
class PairedResult(SignificanceTest):
    """How much better one config is than another on the same splits.

    Attributes
    ----------
    differences : (n_seeds,), other - first, as shares of the test samples
    mean, std : of the differences, the standard deviation with n_seeds - 1
    p_value : the probability of a mean difference at least as large, if chance alone made it
    """

    differences: npt.NDArray[np.float64]
    mean: float
    std: float
    p_value: float


@dataclass(frozen=True)
class McNemarResult(SignificanceTest):
    """How the predictions of two networks differ on the same samples.

    Attributes
    ----------
    only_first, only_other : the number of samples that only one of them gets right
    p_value : the probability of numbers at least as uneven, if chance alone made them
    """

    only_first: int
    only_other: int
    p_value: float

    @property
    def is_exact(self) -> bool:
        """Whether the p-value is exact (binomial), not approximate (chi-squared)."""
        return self.only_first + self.only_other < EXACT_BELOW


Result = TypeVar("Result", PairedResult, McNemarResult)


def paired_test(
    first: Sequence[float], other: Sequence[float], *, n_training: int, n_test: int
) -> PairedResult:
    """Compare the accuracies of two networks, seed by seed, with a corrected t-test.

    t = mean / sqrt((1/n + n_test/n_training) s^2), with n - 1 degrees of freedom. Random
    splits share most of their samples, so n runs say less than n independent ones; the
    second term corrects for that. The spread s is taken to be at least one test sample:
    accuracies come in such steps, so a few differences may well be equal by chance.

    Raises
    ------
    ValueError : for fewer than two pairs

    Source: Nadeau and Bengio, Inference for the generalization error, Machine Learning 52
    (2003), section 6.
    """
    differences = np.subtract(other, first, dtype=np.float64)
    check_seeds(differences)
    n_pairs = len(differences)
    mean, std = float(differences.mean()), float(differences.std(ddof=1))
    spread = math.sqrt(1 / n_pairs + n_test / n_training) * max(std, 1 / n_test)
    return PairedResult(differences, mean, std, _t_test_p_value(abs(mean) / spread, n_pairs - 1))


def check_seeds(seeds: Sized) -> None:
    """Check that there are enough seeds for a comparison.

    Raises
    ------
    ValueError : for fewer than two
    """
    if len(seeds) < 2:
        raise ValueError("A comparison needs at least 2 seeds: a single pair may be luck.")


def _t_test_p_value(t_value: float, degrees_of_freedom: int) -> float:
    from scipy.stats import t  # takes half a second to import

    return float(2 * t.sf(t_value, degrees_of_freedom))


def correct_for_several(results: Sequence[Result]) -> list[Result]:
    """Return the results with p-values corrected for several comparisons (Holm's method).

    With m tests, it is up to m times as likely that one is significant by chance. So the
    smallest p-value is multiplied by m, the next by m - 1, and so on; none is less than the
    one before it, or greater than 1.

    Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian
    Journal of Statistics 6 (1979).
    """
    p_values = np.array([result.p_value for result in results])
    order = p_values.argsort(kind="stable")
    factors = np.arange(len(order), 0, -1)  # m, m - 1, ..., 1
    corrected = np.empty(len(order))
    corrected[order] = np.minimum(np.maximum.accumulate(factors * p_values[order]), 1)
    return [
        replace(result, p_value=float(p_value))
        for result, p_value in zip(results, corrected, strict=True)
    ]


def median_pair(differences: npt.NDArray[np.float64]) -> int:
    """Return the index of the median difference; of two in the middle, the lower one."""
    return int(differences.argsort(kind="stable")[(len(differences) - 1) // 2])


def mcnemar_test(first_right: CorrectMask, other_right: CorrectMask) -> McNemarResult:
    """Compare two networks on one test part, sample by sample.

    Where both are right, or both wrong, they do not differ. Each of the other n = b + c
    samples goes to either of two equally good networks with probability 1/2: the p-value is
    that of the binomial distribution if n < 25, and else that of
    chi^2 = (|b - c| - 1)^2 / (b + c) with one degree of freedom.

    Parameters
    ----------
    first_right, other_right : (n_samples,), whether each prediction is right

    Raises
    ------
    ValueError : if they are of different lengths

    Source: Q. McNemar, Note on the sampling error of the difference between correlated
    proportions, Psychometrika 12 (1947); the 1 is A. Edwards's (1948).
    """
    if first_right.shape != other_right.shape:
        raise ValueError(
            f"Predictions for {len(first_right):,} and for {len(other_right):,} samples cannot be "
            "paired. Let both networks predict the same samples."
        )
    only_first = int(np.count_nonzero(first_right & ~other_right))
    only_other = int(np.count_nonzero(other_right & ~first_right))
    return McNemarResult(only_first, only_other, _mcnemar_p_value(only_first, only_other))


def _mcnemar_p_value(b: int, c: int) -> float:
    from scipy.special import bdtr, chdtrc  # scipy.stats would take a second to import

    if b + c < EXACT_BELOW:
        return float(min(1.0, 2 * bdtr(min(b, c), b + c, 0.5)))
    return float(chdtrc(1, max(abs(b - c) - 1, 0) ** 2 / (b + c)))


def paired_test_sentence(first: str, other: str, result: PairedResult) -> str:
    """Return the result of the test over seeds as a sentence."""
    n_seeds, points = len(result.differences), 100 * abs(result.mean)
    if not result.is_significant:
        return (
            f"{other} against {first}: no difference that {n_seeds} seeds can show "
            f"({100 * result.mean:+.2f} points on average, p = {result.p_value:.2g})."
        )
    better, worse = (other, first) if result.mean > 0 else (first, other)
    return (
        f"{better} is better than {worse} by {points:.2f} points on average over {n_seeds} seeds, "
        f"more than luck explains ({_p_text(result.p_value)})."
    )


def mcnemar_sentence(first: str, other: str, result: McNemarResult) -> str:
    """Return the result of McNemar's test on one run of each network as a sentence."""
    samples = "test sample" if result.only_other == 1 else "test samples"
    meaning = (
        "in this run, that is more than luck explains"
        if result.is_significant
        else "a single run cannot tell that from luck"
    )
    method = "exact" if result.is_exact else "chi-squared, corrected for continuity"
    return (
        f"{other} alone gets {result.only_other:,} {samples} right and {first} alone "
        f"{result.only_first:,}: {meaning} (McNemar's test, {method}: {_p_text(result.p_value)})."
    )


def _p_text(p_value: float) -> str:
    return f"p = {p_value:.2g}" if p_value >= 1e-4 else "p < 0.0001"


def check_comparable(configs: Sequence[RunConfig]) -> None:
    """Check that configs differ, use the same samples, and hold out a test part.

    Raises
    ------
    ValueError : if they do not
    """
    if len(set(configs)) < len(configs):
        raise ValueError("Two of these are the same network: there is nothing to compare.")
    data = [config.model_dump(include=DATA_SETTINGS - {"seed"}) for config in configs]
    for name in sorted(data[0]):
        values = {settings[name] for settings in data}
        if name not in ("scaling", "class_weight") and len(values) > 1:
            raise ValueError(
                f"Only networks with the same samples can be compared, but {name} is "
                f"{' and '.join(sorted(map(str, values)))}."
            )
    if not data[0]["test_fraction"]:
        raise ValueError(
            "Nothing is held out, and training accuracy compares only what was memorized. "
            "Choose a test fraction above 0."
        )
