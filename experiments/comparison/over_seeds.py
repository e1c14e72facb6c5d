"""Networks compared over several seeds: a summary of each, and a paired test of each pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from experiments.comparison.networks import network_name
from experiments.comparison.significance import (
    CorrectMask,
    McNemarResult,
    PairedResult,
    correct_for_several,
    mcnemar_sentence,
    mcnemar_test,
    median_pair,
    paired_test,
    paired_test_sentence,
)
from experiments.config import RunConfig
from experiments.evaluation.predictions import predict_now
from experiments.training.run import Run


class RunOutcome(NamedTuple):
    """The result of a run: enough to compare it with others.

    accuracy : on the test samples; None if it diverged
    right : (n_test,), whether each prediction is right; empty if it diverged
    sizes : units of each layer
    """

    config: RunConfig
    accuracy: float | None
    right: CorrectMask
    sizes: tuple[int, ...]
    n_training: int


def outcome_of(run: Run) -> RunOutcome:
    """Sum up a run that has been concluded."""
    test = run.result.test if run.result else None
    right = predict_now(run, "test").is_right if test else np.empty(0, np.bool_)
    accuracy = test.accuracy if test else None
    return RunOutcome(run.config, accuracy, right, run.plan.sizes, run.plan.n_training)


def complete_seeds(outcomes: Sequence[RunOutcome], n_networks: int) -> list[tuple[RunOutcome, ...]]:
    """Return the outcomes seed by seed, without a seed that is not done for all networks."""
    n_whole = len(outcomes) // n_networks
    return [tuple(outcomes[i * n_networks : (i + 1) * n_networks]) for i in range(n_whole)]


@dataclass(frozen=True)
class SeedSummary:
    """How a network did over the seeds.

    Attributes
    ----------
    accuracies : (n_seeds,), on the test samples; NaN where it diverged
    sizes : units of each layer
    """

    config: RunConfig
    accuracies: npt.NDArray[np.float64]
    sizes: tuple[int, ...]

    @property
    def known(self) -> npt.NDArray[np.float64]:
        """The accuracies of the seeds with which it did not diverge."""
        return self.accuracies[~np.isnan(self.accuracies)]

    @property
    def mean(self) -> float | None:
        """Mean over the seeds; None if it diverged with all of them."""
        return float(self.known.mean()) if len(self.known) else None

    @property
    def std(self) -> float | None:
        """Standard deviation over the seeds, with n - 1; None for fewer than two of them."""
        return float(self.known.std(ddof=1)) if len(self.known) > 1 else None

    @property
    def n_diverged(self) -> int:
        """With how many seeds there is no result."""
        return len(self.accuracies) - len(self.known)


def seed_summaries(rows: Sequence[Sequence[RunOutcome]]) -> list[SeedSummary]:
    """Return how each network did; rows as in `complete_seeds`."""
    return [
        SeedSummary(
            column[0].config,
            np.array([outcome.accuracy for outcome in column], np.float64),  # None becomes NaN
            column[0].sizes,
        )
        for column in zip(*rows, strict=True)
    ]


@dataclass(frozen=True)
class PairedComparison:
    """Two networks, seed by seed.

    Attributes
    ----------
    first, other : their names
    paired : over the seeds with which neither diverged
    median_seed : of the run whose difference is the median
    on_samples : McNemar's test on that run alone

    Both p-values are corrected for the number of comparisons.
    """

    first: str
    other: str
    paired: PairedResult
    median_seed: int
    on_samples: McNemarResult

    @property
    def sentences(self) -> tuple[str, str]:
        """What the test over all seeds has found, and what that on one run has."""
        one_run = mcnemar_sentence(self.first, self.other, self.on_samples)
        return (
            paired_test_sentence(self.first, self.other, self.paired),
            f"In one run alone, the median one (seed {self.median_seed}), {one_run}",
        )


def paired_comparisons(rows: Sequence[Sequence[RunOutcome]]) -> list[PairedComparison]:
    """Compare each other network with the first, if at least two seeds have a result for both.

    All p-values are corrected for several comparisons, those over seeds and those of one run.
    Rows as in `complete_seeds`.
    """
    columns = list(zip(*rows, strict=True))
    pairs = [
        [(a, b) for a, b in zip(columns[0], other, strict=True) if len(a.right) and len(b.right)]
        for other in columns[1:]
    ]
    pairs = [each for each in pairs if len(each) > 1]
    results = correct_for_several([_paired(each) for each in pairs])
    medians = [
        each[median_pair(result.differences)] for each, result in zip(pairs, results, strict=True)
    ]
    on_samples = correct_for_several([mcnemar_test(a.right, b.right) for a, b in medians])
    return [
        PairedComparison(
            network_name(a.config), network_name(b.config), result, a.config.seed, one_run
        )
        for (a, b), result, one_run in zip(medians, results, on_samples, strict=True)
    ]


Pairs: TypeAlias = list[tuple[RunOutcome, RunOutcome]]


def _paired(pairs: Pairs) -> PairedResult:
    first, other = ([each.accuracy or 0.0 for each in side] for side in zip(*pairs, strict=True))
    sample = pairs[0][0]
    return paired_test(first, other, n_training=sample.n_training, n_test=len(sample.right))
