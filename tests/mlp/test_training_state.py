"""The state of a training is plain data: cut anywhere, it continues elsewhere bit for bit."""

import multiprocessing
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp.optimizers import OPTIMIZERS
from mlp.records import BatchRecord, Diverged, EarlyStopped, EpochRecord
from mlp.schedules import SCHEDULES
from tests.continuing import EPOCHS, Settings, Training, advance, begin

ALL_RECORDS = 1000
PLAIN = Settings("adam", 5, "constant", 0.0, None, True, None, 0.05)


@pytest.fixture(scope="module")
def other_process() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        yield executor


def cut(training: Training, cuts: list[int], executor: ProcessPoolExecutor) -> tuple[bytes, list]:
    """Train with a trip to another process for each part; return the training and its records."""
    pickled, parts = pickle.dumps(training), []
    for n_records in [*cuts, ALL_RECORDS]:
        pickled, records = executor.submit(advance, pickled, n_records).result()
        parts.append(records)
    return pickled, list(chain(*parts))


def assert_same(uncut: Training, pickled: bytes) -> None:
    continued: Training = pickle.loads(pickled)  # noqa: S301
    ours, theirs = uncut.state.optimizer, continued.state.optimizer
    assert ours.network.parameters.tobytes() == theirs.network.parameters.tobytes()
    for name, array in ours.state().items():
        np.testing.assert_array_equal(array, theirs.state()[name], err_msg=name)
    assert uncut.state.step == continued.state.step


@settings(max_examples=40)
@given(
    st.builds(
        Settings,
        st.sampled_from(list(OPTIMIZERS)),
        st.integers(1, 23),
        st.sampled_from(list(SCHEDULES)),
        st.sampled_from([0.0, 0.4]),
        st.sampled_from([None, 0.7]),
        st.booleans(),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([0.05, 1e18]),
        st.booleans(),
    ),
    st.lists(st.integers(0, 30), max_size=3),
)
def test_a_training_cut_anywhere_makes_the_same_steps(
    other_process: ProcessPoolExecutor, made_with: Settings, cuts: list[int]
) -> None:
    uncut = begin(made_with)
    with np.errstate(all="ignore"):
        expected = list(uncut.records())
    pickled, records = cut(begin(made_with), cuts, other_process)
    assert records == expected
    assert_same(uncut, pickled)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_can_be_cut_at_every_record(
    name: str, other_process: ProcessPoolExecutor
) -> None:
    made_with = PLAIN._replace(
        optimizer=name, dropout=0.4, schedule="cosine", patience=2, augments=True
    )
    uncut = begin(made_with)
    expected = list(uncut.records())
    pickled, records = cut(begin(made_with), [1] * len(expected), other_process)
    assert records == expected
    assert_same(uncut, pickled)


def test_the_trainings_of_these_tests_end_in_every_way() -> None:
    endings = {
        type(list(begin(PLAIN._replace(patience=patience, learning_rate=rate)).records())[-1])
        for patience, rate in ((None, 0.05), (1, 0.5), (None, 1e18))
    }
    assert endings == {EpochRecord, EarlyStopped, Diverged}
    *_, last_batch, _ = begin(PLAIN).records()
    assert isinstance(last_batch, BatchRecord)
    assert last_batch.step == EPOCHS * 5  # 23 samples in batches of 5: the last one has 3


def test_a_state_holds_no_samples_and_no_scratch() -> None:
    training = begin(PLAIN)
    list(training.records())
    n_bytes = training.state.optimizer.network.parameters.nbytes
    assert "scratch" not in training.state.optimizer.__getstate__()
    assert len(pickle.dumps(training)) < 3 * n_bytes + 4000  # parameters, and a state of 2


def test_augmented_trainings_of_these_tests_are_others() -> None:
    plain, augmented = (begin(PLAIN._replace(augments=augments)) for augments in (False, True))
    first, *records = plain.records()
    first_augmented, *augmented_records = augmented.records()
    assert first == first_augmented  # the untrained network is scored on the samples themselves
    assert records != augmented_records
