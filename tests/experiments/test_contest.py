"""Networks against each other: who competes, how they train, and what comes out."""

import logging
import time
from collections.abc import Callable

import numpy as np
import pytest

from data.datasets import Dataset
from experiments.answers import answers_now
from experiments.config import RunConfig
from experiments.contest import (
    GRID_POINTS,
    HARD_SHAPES,
    Contest,
    Outcome,
    Relay,
    count_moving_relays,
    duels,
    entrants,
    name_of,
    outcome_of,
    over_seeds,
    rungs_of,
    standings,
    territory,
    whole_rows,
)
from experiments.job import Status
from experiments.run import Run
from experiments.slots import Slots

PATIENCE = 20.0
SHORT = RunConfig(epochs=2)
PAIR = entrants(SHORT)
DIVERGING = RunConfig(
    optimizer="sgd", learning_rate=1000.0, epochs=2, output="identity", loss="mse"
)


def trained(config: RunConfig) -> Run:
    run = Run(config)
    run.complete()
    return run


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


# Who competes -------------------------------------------------------------------


def test_the_single_layer_meets_the_settings() -> None:
    single, other = entrants(RunConfig(hidden_layers=(64, 16), seed=4))
    assert (single, other) == (
        RunConfig(hidden_layers=(), seed=4),
        RunConfig(hidden_layers=(64, 16), seed=4),
    )
    assert [name_of(config) for config in (single, other)] == ["SLP", "MLP 64-16"]


def test_settings_without_a_hidden_layer_get_an_opponent() -> None:
    assert [each.hidden_layers for each in entrants(RunConfig(hidden_layers=()))] == [(), (32,)]


def test_more_networks_come_once_each() -> None:
    networks = entrants(RunConfig(), [(8,), (), (32,), (8, 8), (8,)])
    assert [each.hidden_layers for each in networks] == [(), (32,), (8,), (8, 8)]


def test_the_ladder_has_every_depth_and_width_and_one_single_layer() -> None:
    layers = [each.hidden_layers for each in rungs_of(RunConfig())]
    assert len(layers) == len(set(layers)) == 1 + 3 * 3
    assert () in layers
    assert (64, 64, 64, 64) in layers


def test_seeds_follow_the_one_that_is_set_and_go_round() -> None:
    configs = over_seeds(entrants(RunConfig(seed=2**32 - 1)), 2)
    assert [each.seed for each in configs] == [2**32 - 1, 2**32 - 1, 0, 0]
    assert [bool(each.hidden_layers) for each in configs] == [False, True, False, True]


# Side by side -------------------------------------------------------------------


def test_a_contest_is_the_same_as_training_one_after_another() -> None:
    contest = Contest(PAIR, slots=Slots(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.status is Status.FINISHED
    for config, run in zip(PAIR, contest.runs, strict=True):
        alone = trained(config)
        np.testing.assert_array_equal(run.network.parameters, alone.network.parameters)
        assert run.result == alone.result


def test_all_stand_still_and_go_on() -> None:
    contest = Contest(entrants(RunConfig(epochs=10_000)), slots=Slots(2))
    contest.go()
    wait_until(lambda: all(run.step for run in contest.runs))
    contest.pause(PATIENCE)
    assert contest.status is Status.PAUSED
    steps = [run.step for run in contest.runs]
    contest.go()
    wait_until(lambda: all(run.step > step for run, step in zip(contest.runs, steps, strict=True)))
    assert contest.status.is_moving
    contest.stop(PATIENCE)
    assert contest.status is Status.STOPPED
    assert all(run.result for run in contest.runs)


def test_a_contest_nobody_looks_at_is_given_up() -> None:
    contest = Contest(entrants(RunConfig(epochs=10_000)), slots=Slots(2))
    contest.go()
    contest.dismiss()
    assert contest.join(PATIENCE)
    assert contest.status is Status.ABANDONED


def test_one_that_diverges_leaves_the_others_alone() -> None:
    contest = Contest([SHORT, DIVERGING], slots=Slots(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.runs[0].result == trained(SHORT).result
    assert contest.runs[1].diverged
    assert contest.jobs[1].status is Status.DIVERGED
    assert contest.status is Status.FINISHED


def test_a_contest_whose_page_was_loaded_anew_looks_to_the_new_one() -> None:
    gone, seen = lambda: False, []
    contest = Contest(entrants(RunConfig(epochs=10_000)), is_present=gone, slots=Slots(2))
    contest.attend(lambda: seen.append("asked") is None)
    contest.go()
    wait_until(lambda: bool(seen) and all(run.step for run in contest.runs))
    assert contest.status.is_moving
    contest.dismiss()
    assert contest.join(PATIENCE)


@pytest.mark.parametrize("end", ["go", "stop", "dismiss"])
def test_what_it_takes_to_go_on_is_let_go_of(end: str) -> None:
    contest = Contest(PAIR if end == "go" else entrants(RunConfig(epochs=10_000)), slots=Slots(2))
    contest.go()
    if end != "go":
        wait_until(lambda: all(run.step for run in contest.runs))
        assert not any(run._course is None for run in contest.runs)
        getattr(contest, end)()
    assert contest.join(PATIENCE)
    assert all(run._course is None for run in contest.runs)
    assert [run.can_go_on for run in contest.runs] == [False, False]
    assert all(run.history for run in contest.runs)


def test_answers_are_asked_for_once() -> None:
    contest = Contest(PAIR, slots=Slots(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.answers(1) is contest.answers(1)
    assert contest.answers(1).is_right.mean() == contest.runs[1].result.test.accuracy


def test_networks_are_asked_about_the_same_samples_though_one_was_abandoned() -> None:
    contest = Contest([SHORT, RunConfig(epochs=10_000, hidden_layers=())], slots=Slots(2))
    contest.go()
    wait_until(lambda: contest.jobs[0].status is Status.FINISHED and contest.runs[1].step > 0)
    contest.jobs[1].dismiss()
    assert contest.join(PATIENCE)
    assert contest.arrived == [0]
    assert contest.part == "test"
    rows = [contest.answers(number).rows for number in (0, 1)]
    np.testing.assert_array_equal(*rows)


def test_without_a_test_part_the_validation_samples_are_asked_about() -> None:
    configs = entrants(SHORT.model_copy(update={"test_fraction": 0.0}))
    assert Contest(configs, slots=Slots(2)).part == "validation"


def test_the_plane_is_asked_about_once() -> None:
    contest = Contest(entrants(HARD_SHAPES["xor"]), slots=Slots(2))
    contest.go()
    assert contest.join(PATIENCE)
    assert contest.territory(0) is contest.territory(0)
    assert contest.territory(1).config is contest.networks[1]


@pytest.mark.parametrize("part", ["training", "validation", "test"])
def test_answers_are_about_the_samples_of_the_part(part: str) -> None:
    run = trained(SHORT)
    answers = answers_now(run, part)
    np.testing.assert_array_equal(answers.rows, getattr(run.material.split, part))
    np.testing.assert_array_equal(answers.labels, run.material.dataset.labels[answers.rows])
    assert answers.is_right.mean() == pytest.approx(getattr(run.result, part).accuracy)
    np.testing.assert_allclose(answers.outputs.sum(axis=1), 1, rtol=1e-5)


def test_nothing_held_out_gives_no_answers() -> None:
    answers = answers_now(
        trained(SHORT.model_copy(update={"validation_fraction": 0.0, "test_fraction": 0.0})), "test"
    )
    assert len(answers.rows) == len(answers.predicted) == len(answers.is_right) == 0


# One after another --------------------------------------------------------------


def start(configs, sum_up=outcome_of, **settings) -> Relay:
    relay = Relay(configs, sum_up, slots=settings.pop("slots", Slots(2)), **settings)
    relay.go()
    return relay


def test_a_relay_makes_all_runs_in_order() -> None:
    configs = over_seeds(PAIR, 2)
    relay = start(configs)
    assert relay.join(PATIENCE)
    assert relay.status is Status.FINISHED
    assert [outcome.config for outcome in relay.outcomes] == configs
    assert (relay.networks, relay.n_seeds) == (PAIR, 2)
    assert relay.outcomes[3].accuracy == trained(configs[3]).result.test.accuracy
    assert (relay.fraction, relay.run) == (1.0, None)


def test_a_relay_can_be_stopped_and_keeps_what_it_has() -> None:
    relay = start([SHORT, RunConfig(epochs=10_000)])
    assert relay.seconds_left is None or relay.seconds_left >= 0
    wait_until(lambda: relay.run is not None and relay.run.config.epochs == 10_000)
    relay.stop(PATIENCE)
    assert relay.status is Status.STOPPED
    assert len(relay.outcomes) == 1


def test_a_relay_without_a_page_ends_by_itself() -> None:
    relay = start([RunConfig(epochs=10_000)], is_present=lambda: False, grace_seconds=0.05)
    assert relay.join(PATIENCE)
    assert relay.status is Status.ABANDONED


def test_a_page_that_comes_back_in_time_is_no_end() -> None:
    seen = iter([True, False] * 500)
    relay = start([SHORT] * 2, is_present=lambda: next(seen), grace_seconds=PATIENCE)
    assert relay.join(PATIENCE)
    assert relay.status is Status.FINISHED


def test_a_relay_whose_page_was_loaded_anew_looks_to_the_new_one() -> None:
    relay = Relay(
        [RunConfig(epochs=10_000)],
        outcome_of,
        is_present=lambda: False,
        grace_seconds=0.1,
        slots=Slots(2),
    )
    relay.attend(lambda: True)
    relay.go()
    assert not relay.join(0.5)
    assert relay.status.is_moving
    relay.stop(PATIENCE)


def test_a_relay_takes_turns() -> None:
    slots = Slots(2)
    with slots.turn("other", 2, lambda: True):
        relay = start([SHORT], slots=slots)
        wait_until(lambda: slots.place(relay) == 1)
        assert not relay.outcomes
    assert relay.join(PATIENCE)
    assert len(relay.outcomes) == 1


def test_relays_on_their_way_are_counted() -> None:
    before = count_moving_relays()
    relays = [start([RunConfig(epochs=10_000)]) for _ in range(3)]
    assert count_moving_relays() == before + 3
    for relay in relays:
        relay.stop(PATIENCE)
    assert count_moving_relays() == before


def test_a_fault_is_logged_and_ends_the_relay(caplog) -> None:
    def fail(run: Run) -> None:
        raise RuntimeError("fault")

    with caplog.at_level(logging.ERROR):
        relay = start([SHORT], fail)
        assert relay.join(PATIENCE)
    assert relay.status is Status.FAILED
    assert "relay failed" in caplog.text


def test_a_relay_keeps_no_network() -> None:
    (outcome,) = _outcomes([SHORT])
    assert not any(isinstance(part, Run) for part in outcome)
    assert outcome.right.nbytes == 359


def _outcomes(configs) -> list[Outcome]:
    relay = start(configs)
    assert relay.join(PATIENCE)
    return relay.outcomes


# What comes out -----------------------------------------------------------------


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


# The answers for the defaults ---------------------------------------------------


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


@pytest.mark.parametrize("name", HARD_SHAPES)
def test_a_few_hidden_units_do_what_a_line_cannot(name: str) -> None:
    single, other = (trained(config) for config in entrants(HARD_SHAPES[name]))
    assert single.result.test.accuracy < 0.75
    reachable = 0.91 if name == "xor" else 0.97  # chance has moved 1 point in 20 of xor
    assert other.result.test.accuracy > reachable


def test_one_point_in_20_of_xor_is_on_the_wrong_side() -> None:
    dataset = Run(HARD_SHAPES["xor"]).material.dataset
    by_rule = np.prod(dataset.X, axis=1) < 0
    assert np.mean(by_rule == dataset.labels) == pytest.approx(0.95, abs=0.005)


# The plane ----------------------------------------------------------------------


def test_a_territory_says_what_the_network_says() -> None:
    run = trained(HARD_SHAPES["circles"])
    land = territory(run)
    assert land.classes.shape == (GRID_POINTS, GRID_POINTS)
    assert land.accuracy == run.result.test.accuracy
    middle, corner = land.classes[GRID_POINTS // 2, GRID_POINTS // 2], land.classes[0, 0]
    assert (land.class_names[middle], land.class_names[corner]) == ("B", "A")
    assert land.points.min() > land.x[0]
    assert len(land.points) == len(land.labels) == 240


def test_a_territory_counts_rows_from_below_and_columns_from_the_left() -> None:
    run = Run(HARD_SHAPES["xor"].model_copy(update={"hidden_layers": (), "activation": "tanh"}))
    run.network.weights[1][:] = [[0, 0], [10, 1]]  # class B where 10 x + y > 0
    land = territory(run)
    expected = 10 * land.x[np.newaxis, :] + land.y[:, np.newaxis] > 0
    assert np.mean((land.classes == 1) == expected) > 0.999


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"test_fraction": 0.0}, "no test samples"),
        ({"optimizer": "sgd", "learning_rate": 1000.0, "loss": "mse", "output": "identity"},
         "diverged"),
    ],
)  # fmt: skip
def test_a_territory_says_why_it_has_no_accuracy(settings: dict, why: str) -> None:
    land = territory(trained(RunConfig(dataset="xor", epochs=2, **settings)))
    assert (land.accuracy, land.why_none) == (None, why)


def test_a_network_that_is_not_done_has_no_result_and_has_not_diverged() -> None:
    assert territory(Run(HARD_SHAPES["xor"])).why_none == "no result"
    assert territory(trained(RunConfig(dataset="xor", epochs=2))).why_none == ""


def test_a_boundary_needs_points_in_a_plane() -> None:
    with pytest.raises(ValueError, match="a sample has 64 features"):
        territory(Run(SHORT))


def test_own_samples_compete_too() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    X = (rng.normal(size=(60, 3)) + 3 * labels[:, np.newaxis]).astype(np.float32)
    own = Dataset("own", "mine", X, labels, ("a", "b"), None, 9.0, "value", "me")
    config = RunConfig(dataset="own", epochs=3)
    relay = start(over_seeds(entrants(config), 2), own=own)
    assert relay.join(PATIENCE)
    assert relay.status is Status.FINISHED
    (duel,) = duels(whole_rows(relay.outcomes, 2))
    assert len(duel.paired.differences) == 2
