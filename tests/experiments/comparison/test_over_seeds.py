"""A summary of each network, and a paired test of each pair."""

import numpy as np
import pytest

from experiments.background.run_sequence import Relay
from experiments.background.turns import Slots
from experiments.comparison.networks import HARD_SHAPES, entrants, over_seeds
from experiments.comparison.over_seeds import Outcome, duels, outcome_of, standings, whole_rows
from experiments.config import RunConfig
from experiments.training.run import Run

PATIENCE = 20.0


DIVERGING = RunConfig(
    optimizer="sgd", learning_rate=1000.0, epochs=2, output="identity", loss="mse"
)


def trained(config: RunConfig) -> Run:
    run = Run(config)
    run.complete()
    return run


def start(configs, sum_up=outcome_of, **settings) -> Relay:
    relay = Relay(configs, sum_up, slots=settings.pop("slots", Slots(2)), **settings)
    relay.go()
    return relay


def _outcomes(configs) -> list[Outcome]:
    relay = start(configs)
    assert relay.join(PATIENCE)
    return relay.outcomes


def outcome(layers, seed: int, pattern: str | None) -> Outcome:
    """Return an outcome from a picture of its answers; None for a run that diverged."""
    right = np.array([letter == "x" for letter in pattern or ""])
    config = RunConfig(hidden_layers=layers, seed=seed)
    accuracy = float(right.mean()) if pattern else None
    return Outcome(config, accuracy, right, (64, *layers, 10), 1000)


def rows_of(*seeds: tuple[str | None, ...]) -> list[tuple[Outcome, ...]]:
    layers = ((), (8,), (16,))
    return [
        tuple(outcome(layers[i], seed, pattern) for i, pattern in enumerate(patterns))
        for seed, patterns in enumerate(seeds)
    ]


def test_a_seed_that_not_all_have_met_is_left_out() -> None:
    flat = [each for row in rows_of(("x.", "xx"), ("..", "xx")) for each in row]
    assert [len(row) for row in whole_rows(flat[:3], 2)] == [2]
    assert len(whole_rows(flat, 2)) == 2
    assert whole_rows([], 2) == []


def test_mean_and_spread_worked_out_by_hand() -> None:
    first, other = standings(rows_of(("x...", "xx.."), ("xx..", "xx.."), ("xxx.", "xx..")))
    assert first.mean == pytest.approx(0.5)
    assert first.std == pytest.approx(0.25)  # sqrt((1/16 + 0 + 1/16) / 2)
    assert (other.mean, other.std, other.n_diverged) == (0.5, 0.0, 0)


def test_a_network_that_diverged_counts_in_no_mean() -> None:
    first, other = standings(rows_of(("x.", None), ("xx", "xx")))
    assert (other.mean, other.std, other.n_diverged) == (1.0, None, 1)
    assert first.n_diverged == 0
    nothing = standings(rows_of(("x.", None)))[1]
    assert (nothing.mean, nothing.std) == (None, None)


def test_a_duel_names_its_median_run_and_counts_its_samples() -> None:
    rows = rows_of(("x...", "xxx."), ("xx..", ".xx."), ("x...", "xx.."))
    (duel,) = duels([row[:2] for row in rows])
    assert (duel.first, duel.other) == ("SLP", "MLP 8")
    np.testing.assert_allclose(duel.paired.differences, [0.5, 0.0, 0.25])
    assert duel.median_seed == 2
    assert (duel.on_samples.only_first, duel.on_samples.only_other) == (0, 1)
    over_seeds, on_samples = duel.sentences
    assert over_seeds.startswith("MLP 8 against SLP: no difference that 3 seeds can show")
    assert on_samples.startswith(
        "In one run alone, the median one (seed 2), MLP 8 alone gets 1 test sample right and SLP "
        "alone 0: a single run cannot tell that from luck"
    )


def test_two_duels_are_harder_to_win_than_one() -> None:
    rows = rows_of(
        *[("x" * 5 + "." * 95, "x" * (9 + i) + "." * (91 - i), "." * 100) for i in range(4)]
    )
    alone = duels([row[:2] for row in rows])[0].paired.p_value
    both = duels(rows)
    assert [duel.other for duel in both] == ["MLP 8", "MLP 16"]
    assert both[0].paired.p_value > alone


def test_mcnemars_p_values_allow_for_several_duels_as_well() -> None:
    rows = rows_of(*[("." * 9, "." * 2 + "x" * 7, "." * 9)] * 2)
    (alone,) = duels([row[:2] for row in rows])
    assert alone.on_samples.p_value == pytest.approx(2 / 2**7)
    both = duels(rows)
    assert [duel.on_samples.p_value for duel in both] == pytest.approx([2 * 2 / 2**7, 1])


def test_a_network_with_a_single_result_has_no_duel() -> None:
    rows = rows_of(("x.", "xx", None), ("..", "xx", "x."), ("x.", None, None))
    (duel,) = duels(rows)
    assert duel.other == "MLP 8"
    assert len(duel.paired.differences) == 2
    assert duels([]) == []


def test_a_diverged_run_is_summed_up_without_answers() -> None:
    summed_up = outcome_of(trained(DIVERGING))
    assert summed_up.accuracy is None
    assert len(summed_up.right) == 0


def test_on_xor_the_hidden_layer_wins_by_far() -> None:
    (duel,) = duels(whole_rows(_outcomes(over_seeds(entrants(HARD_SHAPES["xor"]), 10)), 2))
    assert duel.paired.mean > 0.3
    assert duel.paired.is_significant
    assert duel.on_samples.is_significant


def test_the_answer_for_the_defaults_is_paired_over_the_seeds() -> None:
    (duel,) = duels(whole_rows(_outcomes(over_seeds(entrants(RunConfig(epochs=5)), 3)), 2))
    assert len(duel.paired.differences) == 3
    other = trained(RunConfig(epochs=5, seed=1)).result.test.accuracy
    single = trained(RunConfig(epochs=5, seed=1, hidden_layers=())).result.test.accuracy
    assert duel.paired.differences[1] == pytest.approx(other - single)
