"""A network changed by hand: set, frozen, and XOR solved without any training."""

import math

import numpy as np
import pytest

from experiments.config import RunConfig
from experiments.training.checkpoint import checkpoint_of
from experiments.training.edits import MAX_VALUE, Edit
from experiments.training.run import Run

CONFIG = RunConfig(dataset="xor", hidden_layers=(2,), activation="tanh", epochs=2)


def edited(run: Run, values: dict[int, float], frozen: frozenset[int] = frozenset()) -> Run:
    run.request_edit(Edit(values, frozen))
    run.training()
    return run


def test_xor_is_solved_by_weights_set_by_hand() -> None:
    run = Run(CONFIG.model_copy(update={"hidden_layers": (4,), "activation": "relu"}))
    # |x1 + x2| - |x1 - x2| has the sign of x1 x2; relu(z) + relu(-z) = |z|.
    first = [1, 1, -1, -1, 1, -1, -1, 1]  # (4, 2): x1 + x2, its negative, x1 - x2, its negative
    second = [20, 20, -20, -20, -20, -20, 20, 20]  # (2, 4): A where x1 x2 > 0, B elsewhere
    values = dict(enumerate([*first, *second, *[0.0] * 6]))
    edited(run, {place: float(value) for place, value in values.items()})
    run.take_frame()
    frame = run.frames.newest
    assert frame.training.accuracy > 0.93  # the noise of the points puts some beyond the axes
    assert frame.validation is not None
    assert frame.validation.accuracy > 0.93


def test_frozen_parameters_stay_through_training_and_all_others_move() -> None:
    run = edited(Run(CONFIG), {0: 0.5}, frozenset({0, 3}))
    before = run.network.parameters.copy()
    run.complete()
    is_same = run.network.parameters == before
    assert run.network.parameters[0] == 0.5
    assert is_same[[0, 3]].all()
    assert not is_same[[1, 2, 4]].any()
    assert run.is_edited


def test_a_weight_set_between_two_epochs_is_learned_from_there() -> None:
    run, plain = Run(CONFIG), Run(CONFIG)
    edited(run, {0: float(np.float32(run.network.parameters[0]))})  # to what it is
    for each in (run, plain):
        each.complete()
    np.testing.assert_array_equal(run.network.parameters, plain.network.parameters)


def test_a_run_with_frozen_parameters_has_no_checkpoint() -> None:
    run = Run(CONFIG)
    run.complete()
    assert checkpoint_of(run) is not None
    assert checkpoint_of(edited(run, {}, frozenset({1}))) is None


@pytest.mark.parametrize("place", [-1, 12, 10**9])
def test_a_place_that_the_network_does_not_have_is_refused(place: int) -> None:
    run = Run(CONFIG)
    for edit in (Edit({place: 1.0}, frozenset()), Edit({}, frozenset({place}))):
        with pytest.raises(ValueError, match=f"no parameter {place}; there are 12"):
            run.request_edit(edit)


@pytest.mark.parametrize("value", [math.nan, math.inf, -2 * MAX_VALUE])
def test_a_value_out_of_range_is_refused(value: float) -> None:
    run = Run(CONFIG)
    with pytest.raises(ValueError, match="from -1,000 to 1,000"):
        run.request_edit(Edit({0: value}, frozenset()))
