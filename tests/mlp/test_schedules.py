"""A schedule is a factor an epoch: up in the warm-up, and then only down."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlp.losses import CROSS_ENTROPY, Objective
from mlp.network import Network
from mlp.optimizers import SGD
from mlp.records import EpochRecord
from mlp.samples import Samples
from mlp.schedules import SCHEDULES, Schedule
from mlp.training import train


def factors(epochs: int, **settings: object) -> list[float]:
    return [Schedule(**settings).factor(epoch, epochs) for epoch in range(1, epochs + 1)]


def test_constant_changes_nothing() -> None:
    assert factors(5) == [1] * 5


def test_steps_cut_at_once() -> None:
    assert factors(6, kind="step", decay=0.1, decay_every=2) == pytest.approx(
        [1, 1, 0.1, 0.1, 0.01, 0.01]
    )


def test_exponential_falls_as_far_as_steps_do_but_evenly() -> None:
    values = factors(9, kind="exponential", decay=0.5, decay_every=4)
    assert values[::4] == pytest.approx([1, 0.5, 0.25])
    assert np.diff(np.log(values)) == pytest.approx(math.log(0.5) / 4)


def test_cosine_is_half_way_down_in_the_middle() -> None:
    values = factors(10, kind="cosine")
    assert values[0] == 1
    assert values[5] == pytest.approx(0.5)
    assert 0 < values[-1] < 0.03


def test_a_warm_up_climbs_in_equal_steps_before_the_decay_begins() -> None:
    values = factors(7, kind="cosine", warmup_epochs=3)
    assert values[:4] == pytest.approx([0.25, 0.5, 0.75, 1])
    assert values[3:] == factors(4, kind="cosine")


@given(
    st.sampled_from(list(SCHEDULES)),
    st.floats(0.01, 1),
    st.integers(1, 50),
    st.integers(0, 20),
    st.integers(1, 100),
)
def test_a_factor_is_positive_and_never_above_one(
    kind: str, decay: float, every: int, warmup: int, epochs: int
) -> None:
    values = factors(epochs, kind=kind, decay=decay, decay_every=every, warmup_epochs=warmup)
    assert all(0 <= value <= 1 for value in values)
    assert values[warmup:] == sorted(values[warmup:], reverse=True)


@pytest.mark.parametrize(
    "wrong", [{"decay": 0}, {"decay": 1.5}, {"decay_every": 0}, {"warmup_epochs": -1}], ids=str
)
def test_a_number_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="A schedule needs a decay above 0"):
        Schedule(**wrong)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"There is no schedule 'stairs'. Choose one of: constant"):
        Schedule("stairs")


def test_training_follows_the_schedule_and_records_the_rate() -> None:
    network = Network([1, 2], dtype=np.float64)
    samples = Samples(np.ones((1, 1)), np.array([[1.0, 0.0]]))
    optimizer = SGD(network, 0.4)
    records = train(
        optimizer, Objective(CROSS_ENTROPY), samples, epochs=2, batch_size=1, rng=None,
        schedule=Schedule("step", decay=0.5, decay_every=1),
    )  # fmt: skip
    rates = [record.learning_rate for record in records if isinstance(record, EpochRecord)]
    assert rates == [0.4, 0.4, 0.2]
    assert optimizer.learning_rate == 0.4

    # Two steps on b_0: the gradient is softmax - target, and W moves as b does, X being 1.
    b = 0.0
    for rate in (0.4, 0.2):
        probability = 1 / (1 + math.exp(-4 * b))
        b += rate * (1 - probability)
    assert network.biases[1][0] == pytest.approx(b)
