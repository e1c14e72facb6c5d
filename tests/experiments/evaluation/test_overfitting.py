import numpy as np
import pytest

from experiments.evaluation.overfitting import overfitting_epoch, overfitting_start
from mlp.records import EpochRecord, Score

EPOCHS = np.arange(61)
FALLING = np.exp(-EPOCHS / 10)
RISING_FROM_20 = np.where(EPOCHS < 20, FALLING, FALLING[20] + 0.005 * (EPOCHS - 20))
NOISE = 0.01 * np.random.default_rng(0).normal(size=61)
SPIKE = np.where(EPOCHS == 40, 2.0, 0.0)


def test_it_sets_in_where_the_validation_loss_is_lowest() -> None:
    start = overfitting_start(FALLING, RISING_FROM_20)
    assert start is not None
    assert abs(start - 20) <= 2


def test_noise_moves_it_by_a_few_epochs_and_a_spike_by_none() -> None:
    noisy, spiky = (overfitting_start(FALLING, RISING_FROM_20 + odd) for odd in (NOISE, SPIKE))
    assert noisy is not None
    assert abs(noisy - 20) <= 4
    assert spiky == overfitting_start(FALLING, RISING_FROM_20)


@pytest.mark.parametrize(
    ("training", "validation"),
    [
        (FALLING, FALLING),
        (FALLING, np.maximum(FALLING, 0.1) + NOISE),  # a level, and noise around it
        (FALLING, FALLING + SPIKE),
        (RISING_FROM_20, RISING_FROM_20),  # both rise: the learning rate is too high
        (FALLING[:10], RISING_FROM_20[15:25]),  # too few epochs to tell
        (FALLING[:0], FALLING[:0]),
        (FALLING, np.where(EPOCHS > 50, np.nan, FALLING)),
    ],
)
def test_nothing_else_counts_as_overfitting(training, validation) -> None:
    assert overfitting_start(training, validation) is None


def records(n_epochs: int, *, validation: bool = True) -> list[EpochRecord]:
    at = np.linspace(0, 60, n_epochs + 1)
    losses = np.interp(at, EPOCHS, FALLING), np.interp(at, EPOCHS, RISING_FROM_20)
    return [
        EpochRecord(i, i, Score(float(a), 1.0), Score(float(b), 1.0) if validation else None, 0.1)
        for i, (a, b) in enumerate(zip(*losses, strict=True))
    ]


@pytest.mark.parametrize("n_epochs", [60, 3000])
def test_the_epoch_of_a_history_is_found_however_long_it_is(n_epochs: int) -> None:
    epoch = overfitting_epoch(records(n_epochs))
    assert epoch is not None
    assert abs(epoch - n_epochs / 3) <= n_epochs / 30
    assert overfitting_epoch(records(n_epochs, validation=False)) is None
