"""The same networks under both splits."""

from dataclasses import replace

import numpy as np
import pytest

from data.datasets import DATASETS, Dataset, load
from experiments.background.background_task import Status
from experiments.comparison import split_effect
from experiments.comparison.split_effect import (
    NETWORKS,
    SplitScore,
    mean_scores,
    measure,
    n_runs,
    results_of,
    row_order_of,
    split_effect_sentence,
    thinned,
)
from experiments.config import OWN, RunConfig
from tests.waiting import busy_processor

RESULTS = [
    SplitScore("Single layer", "random", 0, 0.96, 100),
    SplitScore("Single layer", "random", 1, 0.98, 100),
    SplitScore("Single layer", "blocks", 0, 0.90, 100),
    SplitScore("Single layer", "blocks", 1, 0.88, 100),
]


def measured(dataset: Dataset) -> list[SplitScore]:
    """Measure both splits, and clear the scores that all tests share."""
    sequence = measure(dataset)
    sequence.go()
    assert sequence.join(20)
    results, shared = list(sequence.outcomes), results_of(dataset)
    assert shared == results
    shared.clear()
    return results


def test_blocks_of_writers_are_harder_than_a_random_split(monkeypatch) -> None:
    monkeypatch.setattr(split_effect, "SEEDS", range(1))
    results = measured(load("digits"))
    assert len(results) == n_runs() == 4
    scores = mean_scores(results)
    for network in NETWORKS:
        assert scores["random"][network] > scores["blocks"][network] + 0.03


def test_a_large_dataset_is_thinned_in_its_order() -> None:
    digits = load("digits")
    assert thinned(digits) is digits
    many = replace(digits, X=np.repeat(digits.X, 5, axis=0), labels=np.repeat(digits.labels, 5))
    small = thinned(many)
    assert small.name == OWN
    assert small.n_samples == len(many.X[::5])
    np.testing.assert_array_equal(small.labels, many.labels[::5])


def test_a_thinned_dataset_can_be_measured(monkeypatch) -> None:
    monkeypatch.setattr(split_effect, "SEEDS", range(1))
    monkeypatch.setattr(split_effect, "MOST_ROWS", 600)
    assert {result.n_test for result in measured(load("digits"))} == {120}


def test_a_measurement_that_waits_its_turn_can_be_stopped() -> None:
    digits = load("digits")
    with busy_processor():
        sequence = measure(digits)
        sequence.go()
        sequence.stop()
        assert sequence.join(5)
    assert sequence.status is Status.STOPPED
    assert sequence.outcomes == results_of(digits) == []


def test_networks_that_diverge_have_no_result(monkeypatch) -> None:
    monkeypatch.setattr(split_effect, "SEEDS", range(1))
    usual = split_effect._config

    def rash(small: Dataset, name: str, layers: tuple[int, ...], *rest: object) -> RunConfig:
        rate = {"optimizer": "sgd", "learning_rate": 1000.0, "epochs": 3} if layers else {}
        return usual(small, name, layers, *rest).model_copy(update=rate)

    monkeypatch.setattr(split_effect, "_config", rash)
    sequence = measure(load("digits"))
    sequence.go()
    assert sequence.join(20)
    results = results_of(load("digits"))
    try:
        assert sequence.outcomes[2:] == [None, None]
        assert results == sequence.outcomes[:2]
        assert split_effect_sentence(results).count("Single layer") == 1
        assert "hidden" not in split_effect_sentence(results)
    finally:
        results.clear()


def test_data_that_cannot_be_split_into_blocks_are_refused_with_a_reason() -> None:
    digits = load("digits")
    order = np.argsort(digits.labels)
    ordered = replace(digits, name=OWN, X=digits.X[order], labels=digits.labels[order])
    with pytest.raises(ValueError, match="is not among the first"):
        measure(ordered)


def test_the_sentence_says_how_much_better_the_random_split_looks() -> None:
    assert split_effect_sentence(RESULTS) == (
        "Single layer: 97.0 % of the test samples right with the random split, 89.0 % with "
        "blocks held out, 8.0 points less."
    )
    turned = [
        result._replace(split={"random": "blocks", "blocks": "random"}[result.split])
        for result in RESULTS
    ]
    assert "8.0 points more" in split_effect_sentence(
        sorted(turned, key=lambda result: result.split)[::-1]
    )


def test_differences_that_may_be_luck_are_reported_as_none() -> None:
    close = [result._replace(accuracy=0.9 + result.accuracy / 50) for result in RESULTS]
    assert "blocks held out, about the same." in split_effect_sentence(close)


def test_every_dataset_has_a_reason_for_blocks_or_against_them() -> None:
    for name in (*DATASETS, OWN):
        assert row_order_of(replace(load("digits"), name=name)).reason
    assert row_order_of(load("digits")).has_blocks
    assert not row_order_of(load("xor")).has_blocks
    assert "drawn on its own" in row_order_of(load("xor")).reason


def test_results_are_shared_and_empty_at_first() -> None:
    moons = load("moons")
    assert results_of(moons) == []
    assert results_of(moons) is results_of(moons)
