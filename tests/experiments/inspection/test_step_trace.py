"""A traced step is the step of training, bit for bit, and the one of the blackboard."""

import copy

import numpy as np
import pytest

from experiments.config import RunConfig
from experiments.inspection.step_trace import (
    MOST_SAMPLES,
    StepTrace,
    longest_terms,
    start_of_step,
    trace_sample,
    trace_step,
)
from experiments.training.run import Run
from mlp.losses import LOSSES, Objective
from mlp.network import Network
from mlp.optimizers import SGD
from mlp.records import BatchRecord
from mlp.samples import Samples
from mlp.training import train

SETTINGS = {
    "momentum": {"optimizer": "momentum", "l2": 1e-3},
    "adam": {"optimizer": "adam", "dropout": 0.3, "l1": 1e-4, "learning_rate": 0.01},
    "adamw": {"optimizer": "adamw", "max_norm": 1.0, "learning_rate": 0.01},
    "sgd": {"optimizer": "sgd", "dropout": 0.2, "l1": 1e-4, "l2": 1e-3, "schedule": "cosine"},
    "rmsprop": {"optimizer": "rmsprop", "learning_rate": 0.01, "shift": 1.0},
    "nesterov": {"optimizer": "nesterov", "class_weight": "balanced", "hidden_layers": ()},
}


def run_of(steps: int, **settings) -> Run:
    """A run on the digits that has made so many steps; an epoch has 34."""
    settings = {"hidden_layers": (8, 6), "epochs": 3, "learning_rate": 0.1} | settings
    run = Run(RunConfig(**settings), keeps_snapshots=True)
    for record in run.records():
        if isinstance(record, BatchRecord) and record.step == steps:
            break
    return run


def next_trace(run: Run) -> StepTrace:
    state = start_of_step(run, run.network_at(), None, is_still=True).state
    return trace_step(state, run.prepared_data().training)


def step_on(run: Run) -> None:
    """Train one step more."""
    next(record for record in run.records() if isinstance(record, BatchRecord))


@pytest.mark.parametrize("steps", [7, 33, 34], ids=["within an epoch", "its last", "between two"])
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=list(SETTINGS))
def test_a_traced_step_is_that_of_training_bit_for_bit(settings: dict, steps: int) -> None:
    run = run_of(steps, **settings)
    assert run.plan.steps_per_epoch == 34
    before = run.network.parameters.copy()
    trace = next_trace(run)
    assert run.network.parameters.tobytes() == before.tobytes()
    step_on(run)
    state = run.training().state
    assert trace.network.parameters.tobytes() == before.tobytes()
    assert trace.optimizer.network.parameters.tobytes() == run.network.parameters.tobytes()
    for name, part in state.optimizer.state().items():
        assert trace.optimizer.state()[name].tobytes() == part.tobytes(), name
    assert trace.loss + trace.penalty == run.current_epoch.batch_losses[-1]


def test_the_parts_of_a_trace_fit_together_bit_for_bit() -> None:
    trace = next_trace(run_of(7, **SETTINGS["adam"]))
    n_weights = len(trace.penalty_gradient)
    total = trace.data_gradient.copy()
    total[:n_weights] += trace.penalty_gradient
    np.testing.assert_array_equal(total, trace.gradient)
    assert trace.penalty_gradient.any()
    for l in (1, 2):
        np.testing.assert_array_equal(trace.activations[l] * trace.masks[l], trace.passed_on[l])
        assert (trace.masks[l] == 0).any()
    training = run_of(7).prepared_data().training
    np.testing.assert_array_equal(trace.targets, training.targets[trace.rows])
    np.testing.assert_array_equal(trace.activations[0], training.X[trace.rows])
    assert trace.n_bytes > trace.gradient.nbytes


def test_the_norms_are_limited_after_the_step() -> None:
    trace = next_trace(run_of(7, **SETTINGS["adamw"]))
    after = trace.optimizer.network
    assert (np.linalg.norm(after.weights[1], axis=1) < 1 + 1e-6).all()
    assert not np.array_equal(trace.stepped, after.parameters)


def blackboard() -> Network:
    network = Network([2, 1, 1], activation="sigmoid", output="sigmoid", dtype=np.float64)
    network.weights[1][...], network.weights[2][...] = [[0.1, 0.2]], [[0.5]]
    network.biases[2][...] = [0.1]
    return network


def test_the_step_of_the_docstring() -> None:
    X, y = np.array([[1.0, 2.0]]), np.array([[1.0]])
    samples = Samples(X, y)
    optimizer = SGD(blackboard(), 0.5)
    objective = Objective(LOSSES["mse"])
    loop = train(optimizer, objective, samples, epochs=1, batch_size=1, rng=None)
    for trace in (trace_step(loop.state, samples), trace_sample(loop.state, X[0], 0)):
        near = {"abs": 6e-6}
        assert (trace.zs[1].item(), trace.zs[2].item()) == pytest.approx((0.5, 0.41123), **near)
        assert trace.activations[1].item() == pytest.approx(0.62246, **near)
        assert trace.outputs.item() == pytest.approx(0.60138, **near)
        assert trace.loss == trace.losses.item() == pytest.approx(0.15890, **near)
        assert trace.deltas[2].item() == pytest.approx(-0.19111, **near)
        assert trace.deltas[1].item() == pytest.approx(-0.02246, **near)
        weights, biases = trace.layers(trace.data_gradient)
        np.testing.assert_allclose(weights[2], [[-0.11896]], atol=6e-6)
        np.testing.assert_allclose(weights[1], [[-0.02246, -0.04491]], atol=6e-6)
        assert (biases[1].item(), biases[2].item()) == pytest.approx((-0.02246, -0.19111), **near)
        after = trace.optimizer.network
        np.testing.assert_allclose(after.weights[2], [[0.55948]], atol=6e-6)
        np.testing.assert_allclose(after.weights[1], [[0.11123, 0.22246]], atol=6e-6)
        assert after.biases[2].item() == pytest.approx(0.19556, **near)
        assert trace.is_made


def test_while_it_trains_and_at_an_earlier_epoch_the_optimizer_begins_at_zero() -> None:
    run = run_of(60, **SETTINGS["momentum"])
    assert start_of_step(run, run.network_at(), None, is_still=True).has_memory
    for epoch, is_still in ((None, False), (1, True)):
        start = start_of_step(run, run.network_at(34), epoch, is_still=is_still)
        trace = trace_step(start.state, run.prepared_data().training)
        assert not start.has_memory
        assert not trace.state_before["velocity"].any()
        assert trace.optimizer.state()["velocity"].any()
        assert start.state.epochs_done == 1
        assert np.array_equal(trace.network.parameters, run.snapshots.at(34))


def test_the_learning_rate_is_the_one_of_that_epoch() -> None:
    run = run_of(60)
    run.request_learning_rate(0.02)
    step_on(run)
    rates = [
        start_of_step(run, run.network_at(0), epoch, is_still=False).state.optimizer.learning_rate
        for epoch in (0, 1)
    ]
    assert rates == [0.1, 0.1]
    assert start_of_step(run, run.network_at(), None, is_still=True).state.optimizer.eta == 0.02


def test_a_run_that_is_over_shows_the_first_step_of_one_more_epoch() -> None:
    run = Run(RunConfig(hidden_layers=(4,), epochs=1, optimizer="momentum"))
    run.complete()
    trace = next_trace(run)
    assert trace.is_made
    assert trace.state_before["velocity"].any()


def test_a_full_batch_is_cut() -> None:
    trace = next_trace(run_of(1, full_batch=True))
    assert trace.n_samples == MOST_SAMPLES < run_of(1).plan.n_training


def test_where_the_loss_is_not_finite_no_step_is_made() -> None:
    run = run_of(1)
    network = run.network_at()
    network.parameters[...] = np.inf
    state = start_of_step(run, network, 0, is_still=False).state
    trace = trace_step(state, run.prepared_data().training)
    assert not trace.is_made
    assert not np.isfinite(trace.loss)
    assert len(longest_terms(trace, 0)) == 4


def test_the_longest_terms_lead_from_the_right_class_down() -> None:
    trace = next_trace(run_of(20))
    units = longest_terms(trace, 3)
    assert units[-1] == trace.targets[3].argmax()
    terms = trace.passed_on[2][3] * trace.network.weights[3][units[3]]
    assert abs(terms[units[2]]) == abs(terms).max()


def test_tracing_leaves_the_state_as_it_is() -> None:
    run = run_of(7, **SETTINGS["adam"])
    state = run.training().state
    before = copy.deepcopy(state)
    next_trace(run)
    trace_sample(state, run.prepared_data().training.X[0], 3)
    assert (state.step, state.n_seen) == (before.step, before.n_seen)
    assert state.rng.bit_generator.state == before.rng.bit_generator.state
    assert state.dropout.rng.bit_generator.state == before.dropout.rng.bit_generator.state
