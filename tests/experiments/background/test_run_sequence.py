"""Runs one after another in the background."""

import logging
import time
from collections.abc import Callable

import numpy as np

from experiments.background.run_sequence import Relay, count_moving_relays
from experiments.background.training_job import Status
from experiments.background.turns import Slots
from experiments.comparison.networks import entrants, over_seeds
from experiments.comparison.over_seeds import Outcome, outcome_of
from experiments.config import RunConfig
from experiments.training.run import Run

PATIENCE = 20.0


SHORT = RunConfig(epochs=2)


PAIR = entrants(SHORT)


def trained(config: RunConfig) -> Run:
    run = Run(config)
    run.complete()
    return run


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


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


def outcome(layers, seed: int, pattern: str | None) -> Outcome:
    """Return an outcome from a picture of its answers; None for a run that diverged."""
    right = np.array([letter == "x" for letter in pattern or ""])
    config = RunConfig(hidden_layers=layers, seed=seed)
    accuracy = float(right.mean()) if pattern else None
    return Outcome(config, accuracy, right, (64, *layers, 10), 1000)
