"""Is one network better than another, or was it luck? Paired runs, and a test of it.

Both networks meet the same splits, seed by seed, and what counts is the difference in
each pair: the luck of a split hits both and drops out.
"""

import math
from collections.abc import Sequence, Sized
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from experiments.config import RunConfig
from experiments.material import DATA_SETTINGS

SIGNIFICANT = 0.05


@dataclass(frozen=True)
class PairedResult:
    """How much better one config is than another on the same splits.

    Attributes
    ----------
    differences : (n_seeds,), other - first, in shares of the test samples
    mean, std : of the differences, the latter with n_seeds - 1
    p_value : how often chance alone would give a mean difference as large
    """

    differences: npt.NDArray[np.float64]
    mean: float
    std: float
    p_value: float

    @property
    def is_significant(self) -> bool:
        """Whether chance is a poor explanation."""
        return self.p_value < SIGNIFICANT


def paired_test(
    first: Sequence[float], other: Sequence[float], *, n_training: int, n_test: int
) -> PairedResult:
    """Compare two series of accuracies, seed by seed, with a corrected t-test.

    t = mean / sqrt((1/n + n_test/n_training) s^2), with n - 1 degrees of freedom. Random
    splits share most of their samples, so that n runs say less than n independent ones;
    the second term makes up for it. The spread s is taken to be one test sample at least:
    accuracies come in such steps, so that a few differences may well be equal by chance.

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
    return PairedResult(differences, mean, std, _p_value(abs(mean) / spread, n_pairs - 1))


def check_seeds(seeds: Sized) -> None:
    """Refuse fewer seeds than a comparison needs.

    Raises
    ------
    ValueError : for fewer than two
    """
    if len(seeds) < 2:
        raise ValueError("A comparison needs at least 2 seeds: one pair cannot tell luck.")


def _p_value(t_value: float, degrees_of_freedom: int) -> float:
    from scipy.stats import t  # takes half a second to import

    return float(2 * t.sf(t_value, degrees_of_freedom))


def verdict(first: str, other: str, result: PairedResult) -> str:
    """Say in a sentence what a comparison has shown."""
    n_seeds, points = len(result.differences), 100 * abs(result.mean)
    if not result.is_significant:
        return (
            f"{other} against {first}: no difference that {n_seeds} seeds can show "
            f"({100 * result.mean:+.2f} points on average, p = {result.p_value:.2g})."
        )
    better, worse = (other, first) if result.mean > 0 else (first, other)
    p = f"p = {result.p_value:.2g}" if result.p_value >= 1e-4 else "p < 0.0001"
    return (
        f"{better} is better than {worse} by {points:.2f} points on average over {n_seeds} seeds, "
        f"more than luck explains ({p})."
    )


def check_comparable(configs: Sequence[RunConfig]) -> None:
    """See to it that different configs meet the same samples, some held out for a test.

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
                f"Only networks that meet the same samples can be compared, but {name} is "
                f"{' and '.join(sorted(map(str, values)))}."
            )
    if not data[0]["test_fraction"]:
        raise ValueError(
            "Nothing is held out, and training accuracy compares memories. Choose a test "
            "fraction above 0."
        )
