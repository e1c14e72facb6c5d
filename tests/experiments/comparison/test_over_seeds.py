"""A summary of each network, and a paired test of each pair."""

import numpy as np
import pytest

from data.datasets import Dataset
from experiments.background.background_task import Status
from experiments.comparison.networks import NONLINEAR_SETS, compared_networks, configs_over_seeds
from experiments.comparison.over_seeds import (
    RunOutcome,
    complete_seeds,
    outcome_of,
    paired_comparisons,
    seed_summaries,
)
from experiments.config import RunConfig
from tests.runs import outcome, outcomes_of, start, trained
from tests.waiting import PATIENCE

DIVERGING = RunConfig(
    optimizer="sgd", learning_rate=1000.0, epochs=2, output="identity", loss="mse"
)


def rows_of(*seeds: tuple[str | None, ...]) -> list[tuple[RunOutcome, ...]]:
    layers = ((), (8,), (16,))
    return [
        tuple(outcome(layers[i], seed, pattern) for i, pattern in enumerate(patterns))
        for seed, patterns in enumerate(seeds)
    ]


def test_a_seed_that_not_all_networks_were_trained_with_is_left_out() -> None:
    flat = [each for row in rows_of(("x.", "xx"), ("..", "xx")) for each in row]
    assert [len(row) for row in complete_seeds(flat[:3], 2)] == [2]
    assert len(complete_seeds(flat, 2)) == 2
    assert complete_seeds([], 2) == []


def test_mean_and_spread_worked_out_by_hand() -> None:
    first, other = seed_summaries(rows_of(("x...", "xx.."), ("xx..", "xx.."), ("xxx.", "xx..")))
    assert first.mean == pytest.approx(0.5)
    assert first.std == pytest.approx(0.25)  # sqrt((1/16 + 0 + 1/16) / 2)
    assert (other.mean, other.std, other.n_diverged) == (0.5, 0.0, 0)


def test_a_network_that_diverged_counts_in_no_mean() -> None:
    first, other = seed_summaries(rows_of(("x.", None), ("xx", "xx")))
    assert (other.mean, other.std, other.n_diverged) == (1.0, None, 1)
    assert first.n_diverged == 0
    nothing = seed_summaries(rows_of(("x.", None)))[1]
    assert (nothing.mean, nothing.std) == (None, None)


def test_a_paired_comparison_names_its_median_run_and_counts_its_samples() -> None:
    rows = rows_of(("x...", "xxx."), ("xx..", ".xx."), ("x...", "xx.."))
    (pair,) = paired_comparisons([row[:2] for row in rows])
    assert (pair.first, pair.other) == ("SLP", "MLP 8")
    np.testing.assert_allclose(pair.paired.differences, [0.5, 0.0, 0.25])
    assert pair.median_seed == 2
    assert (pair.on_samples.only_first, pair.on_samples.only_other) == (0, 1)
    over_seeds, on_samples = pair.sentences
    assert over_seeds.startswith("MLP 8 against SLP: no difference that 3 seeds can show")
    assert on_samples.startswith(
        "In one run alone, the median one (seed 2), MLP 8 alone gets 1 test sample right and SLP "
        "alone 0: a single run cannot tell that from luck"
    )


def test_over_seeds_p_values_are_corrected_for_several_comparisons() -> None:
    rows = rows_of(
        *[("x" * 5 + "." * 95, "x" * (9 + i) + "." * (91 - i), "." * 100) for i in range(4)]
    )
    alone = paired_comparisons([row[:2] for row in rows])[0].paired.p_value
    both = paired_comparisons(rows)
    assert [pair.other for pair in both] == ["MLP 8", "MLP 16"]
    assert both[0].paired.p_value > alone


def test_mcnemars_p_values_are_corrected_for_several_comparisons() -> None:
    rows = rows_of(*[("." * 9, "." * 2 + "x" * 7, "." * 9)] * 2)
    (alone,) = paired_comparisons([row[:2] for row in rows])
    assert alone.on_samples.p_value == pytest.approx(2 / 2**7)
    both = paired_comparisons(rows)
    assert [pair.on_samples.p_value for pair in both] == pytest.approx([2 * 2 / 2**7, 1])


def test_a_network_with_a_single_result_has_no_paired_comparison() -> None:
    rows = rows_of(("x.", "xx", None), ("..", "xx", "x."), ("x.", None, None))
    (pair,) = paired_comparisons(rows)
    assert pair.other == "MLP 8"
    assert len(pair.paired.differences) == 2
    assert paired_comparisons([]) == []


def test_a_diverged_run_is_summed_up_without_predictions() -> None:
    diverged = outcome_of(trained(DIVERGING))
    assert diverged.accuracy is None
    assert len(diverged.right) == 0


def test_on_xor_the_hidden_layer_is_far_better() -> None:
    (pair,) = paired_comparisons(
        complete_seeds(
            outcomes_of(configs_over_seeds(compared_networks(NONLINEAR_SETS["xor"]), 10)), 2
        )
    )
    assert pair.paired.mean > 0.3
    assert pair.paired.is_significant
    assert pair.on_samples.is_significant


def test_differences_for_the_defaults_are_paired_by_seed() -> None:
    (pair,) = paired_comparisons(
        complete_seeds(
            outcomes_of(configs_over_seeds(compared_networks(RunConfig(epochs=5)), 3)), 2
        )
    )
    assert len(pair.paired.differences) == 3
    other = trained(RunConfig(epochs=5, seed=1)).result.test.accuracy
    single = trained(RunConfig(epochs=5, seed=1, hidden_layers=())).result.test.accuracy
    assert pair.paired.differences[1] == pytest.approx(other - single)


def test_own_samples_can_be_compared_over_seeds() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    X = (rng.normal(size=(60, 3)) + 3 * labels[:, np.newaxis]).astype(np.float32)
    own = Dataset("own", "mine", X, labels, ("a", "b"), None, 9.0, "value", "me")
    config = RunConfig(dataset="own", epochs=3)
    sequence = start(configs_over_seeds(compared_networks(config), 2), own=own)
    assert sequence.join(PATIENCE)
    assert sequence.status is Status.FINISHED
    (pair,) = paired_comparisons(complete_seeds(sequence.outcomes, 2))
    assert len(pair.paired.differences) == 2
