"""What one reader may ask of the server is bounded, and a sentence says so."""

import pytest

from data.datasets import load
from experiments.background import limits
from experiments.background.limits import check_affordable
from experiments.config import RunConfig


def test_what_a_class_does_is_affordable() -> None:
    check_affordable([RunConfig(epochs=10_000)])
    check_affordable([RunConfig(epochs=30), RunConfig(hidden_layers=())], n_repetitions=20)
    check_affordable([RunConfig(dataset="own", scaling="z-score")], load("moons"))


def test_a_training_that_takes_hours_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2\.9 times as long as one reader may train"):
        check_affordable([RunConfig(hidden_layers=(1600, 1600), epochs=10_000, batch_size=1000)])


def test_tiny_steps_are_counted_by_their_number() -> None:
    tiny = RunConfig(dataset="xor", hidden_layers=(2,), batch_size=1, epochs=10_000)
    check_affordable([tiny])
    with pytest.raises(ValueError, match="times as long"):
        check_affordable([tiny], n_repetitions=20)


def test_distorting_images_is_counted() -> None:
    config = RunConfig(epochs=10_000)
    check_affordable([config], n_repetitions=60)
    with pytest.raises(ValueError, match=r"1\.2 times as long"):
        check_affordable([RunConfig(epochs=10_000, rotation=10.0)], n_repetitions=60)


def test_a_step_that_takes_too_much_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    config = RunConfig(full_batch=True, hidden_layers=(1024,))
    check_affordable([config])
    monkeypatch.setattr(limits, "MAX_RUN_BYTES", 10_000_000)
    with pytest.raises(ValueError, match=r"batch of 1,079 samples would take \d+ MB of memory"):
        check_affordable([config])
