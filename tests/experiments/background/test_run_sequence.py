"""Runs one after another in the background."""

import logging

from experiments.background.background_task import Page, Status
from experiments.background.run_sequence import RunSequence, count_active_sequences
from experiments.comparison.networks import compared_networks, configs_over_seeds
from experiments.comparison.over_seeds import outcome_of
from experiments.config import RunConfig
from experiments.training.run import Run
from tests.runs import outcomes_of, start, trained
from tests.waiting import PATIENCE, busy_processor, wait_until

SHORT = RunConfig(epochs=2)
PAIR = compared_networks(SHORT)


def test_a_sequence_makes_all_runs_in_order() -> None:
    configs = configs_over_seeds(PAIR, 2)
    sequence = start(configs)
    assert sequence.join(PATIENCE)
    assert sequence.status is Status.FINISHED
    assert [outcome.config for outcome in sequence.outcomes] == configs
    assert (sequence.networks, sequence.n_seeds) == (PAIR, 2)
    assert sequence.outcomes[3].accuracy == trained(configs[3]).result.test.accuracy
    assert (sequence.fraction, sequence.run) == (1.0, None)


def test_a_sequence_can_be_stopped_and_keeps_what_it_has() -> None:
    sequence = start([SHORT, RunConfig(epochs=10_000)])
    assert sequence.seconds_left is None or sequence.seconds_left >= 0
    wait_until(lambda: sequence.run is not None and sequence.run.config.epochs == 10_000)
    sequence.stop(PATIENCE)
    assert sequence.status is Status.STOPPED
    assert len(sequence.outcomes) == 1


def test_a_sequence_without_a_page_ends_by_itself() -> None:
    sequence = start([RunConfig(epochs=10_000)], page=Page(0, lambda: False), grace_seconds=0.05)
    assert sequence.join(PATIENCE)
    assert sequence.status is Status.ABANDONED


def test_a_page_that_comes_back_in_time_is_no_end() -> None:
    seen = iter([True, False] * 500)
    sequence = start([SHORT] * 2, page=Page(0, lambda: next(seen)), grace_seconds=PATIENCE)
    assert sequence.join(PATIENCE)
    assert sequence.status is Status.FINISHED


def test_a_sequence_whose_page_was_loaded_anew_looks_to_the_new_one() -> None:
    sequence = RunSequence(
        [RunConfig(epochs=10_000)],
        outcome_of,
        page=Page(0, lambda: False),
        grace_seconds=0.1,
    )
    sequence.set_page(Page(0, lambda: True))
    sequence.go()
    assert not sequence.join(0.5)
    assert sequence.status.is_active
    sequence.stop(PATIENCE)


def test_a_sequence_waits_for_its_turn() -> None:
    with busy_processor():
        sequence = start([SHORT])
        wait_until(lambda: sequence.status is Status.QUEUED)
        assert not sequence.outcomes
    assert sequence.join(PATIENCE)
    assert len(sequence.outcomes) == 1


def test_active_sequences_are_counted() -> None:
    before = count_active_sequences()
    sequences = [start([RunConfig(epochs=10_000)]) for _ in range(3)]
    assert count_active_sequences() == before + 3
    for sequence in sequences:
        sequence.stop(PATIENCE)
    assert count_active_sequences() == before


def test_a_fault_is_logged_and_ends_the_sequence(caplog) -> None:
    def fail(run: Run) -> None:
        raise RuntimeError("fault")

    with caplog.at_level(logging.ERROR):
        sequence = start([SHORT], fail)
        assert sequence.join(PATIENCE)
    assert sequence.status is Status.FAILED
    assert "sequence of runs failed" in caplog.text


def test_a_sequence_keeps_no_network() -> None:
    (outcome,) = outcomes_of([SHORT])
    assert not any(isinstance(part, Run) for part in outcome)
    assert outcome.right.nbytes == 359
