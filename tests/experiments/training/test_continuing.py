"""A run that is watched can be looked back at; one that has ended can go on."""

import numpy as np
import pytest

from experiments.config import RunConfig
from experiments.export.model_file import load_model, restore_run, run_to_bytes
from experiments.training.changes import Change
from experiments.training.restore import ending_of
from experiments.training.run import Run
from mlp.records import EpochRecord

QUICK = RunConfig(hidden_layers=(8,), epochs=6, batch_size=200)


def config(**settings: object) -> RunConfig:
    return RunConfig(**QUICK.model_dump() | settings)


def finished(run: Run) -> Run:
    run.complete()
    return run


def same(one: Run, other: Run) -> bool:
    histories = one.history == other.history
    return histories and one.network.parameters.tobytes() == other.network.parameters.tobytes()


@pytest.mark.parametrize(
    "settings", [{}, {"optimizer": "sgd"}, {"dropout": 0.3}, {"full_batch": True}, {"max_norm": 2}]
)
def test_three_epochs_and_three_more_are_six(settings: dict) -> None:
    once = finished(Run(config(**settings)))
    twice = finished(Run(config(**settings, epochs=3)))
    twice.add_epochs(3)
    assert twice.result is None
    twice.complete()
    assert same(once, twice)
    assert twice.config == once.config
    assert twice.changes == [Change(3 * once.plan.steps_per_epoch, "epochs", 6)]
    assert (once.n_results, twice.n_results) == (1, 2)


def test_a_run_stopped_in_mid_epoch_goes_on_as_if_nothing_had_been() -> None:
    once, stopped = finished(Run(QUICK)), Run(QUICK)
    for record in stopped.records():
        if record.step == 9:
            break
    stopped.conclude()
    stopped.add_epochs(QUICK.epochs - stopped.epochs_done)
    stopped.complete()
    assert same(once, stopped)


def test_another_learning_rate_acts_from_the_next_step_and_is_remembered() -> None:
    run, steps = Run(QUICK), 3
    for record in run.records():
        if record.step == steps:
            run.request_learning_rate(0.0001)
            assert run.learning_rate == 0.0001
    assert run.changes == [Change(steps, "learning_rate", 0.0001)]
    assert [record.learning_rate for record in run.history] == [0.005] + 6 * [0.0001]
    assert not same(run, finished(Run(QUICK)))


def test_what_cannot_go_on_says_so() -> None:
    fresh, diverged = Run(QUICK), finished(Run(config(learning_rate=1000.0)))
    early = finished(Run(config(early_stopping=True)))
    for run in (fresh, diverged, early):
        assert not run.can_continue
        with pytest.raises(ValueError, match="cannot go on"):
            run.add_epochs(1)


def test_too_many_epochs_are_refused_in_words() -> None:
    run = finished(Run(config(epochs=1)))
    with pytest.raises(ValueError, match="number of epochs must be"):
        run.add_epochs(10_000)


def test_a_watched_run_can_be_taken_back_to_every_epoch() -> None:
    run, seen = Run(QUICK, keeps_snapshots=True), {}
    for record in run.records():
        if isinstance(record, EpochRecord):
            seen[record.step] = run.network.parameters.copy()
    assert run.snapshots.steps == tuple(seen)
    for step, parameters in seen.items():
        network = run.network_at(step)
        assert network.sizes == run.network.sizes
        np.testing.assert_array_equal(network.parameters, parameters)
    assert run.network_at().parameters is not run.network.parameters
    np.testing.assert_array_equal(run.network_at().parameters, run.network.parameters)


def test_a_run_stopped_between_two_epochs_keeps_that_moment() -> None:
    run = Run(QUICK, keeps_snapshots=True)
    for record in run.records():
        if record.step == run.plan.steps_per_epoch + 2:
            break
    run.conclude()
    assert run.snapshots.steps[-1] == run.step
    np.testing.assert_array_equal(run.network_at(run.step).parameters, run.network.parameters)


def test_early_stopping_keeps_the_best_epoch_and_the_last() -> None:
    run = finished(Run(config(epochs=60, early_stopping=True, patience=2), keeps_snapshots=True))
    best = run.history[run.best_epoch].step
    np.testing.assert_array_equal(run.network_at(best).parameters, run.network.parameters)
    assert run.snapshots.steps[-1] == run.history[-1].step


@pytest.mark.parametrize("settings", [{}, {"full_batch": True}, {"dropout": 0.5}])
def test_a_watched_run_goes_the_same_way(settings: dict) -> None:
    watched = finished(Run(config(**settings), keeps_snapshots=True))
    unwatched = finished(Run(config(**settings)))
    assert same(watched, unwatched)
    assert not unwatched.snapshots.steps
    assert not unwatched.step_diagnostics


@pytest.mark.parametrize("full_batch", [True, False])
def test_the_pulse_is_that_of_the_last_step_of_an_epoch(full_batch: bool) -> None:
    run = Run(
        config(optimizer="sgd", learning_rate=0.1, full_batch=full_batch), keeps_snapshots=True
    )
    after_step = {}
    for record in run.records():
        after_step[record.step] = run.network.parameters.copy()
        if isinstance(record, EpochRecord) and record.epoch == 2:
            break
    before = after_step[run.step - 1]
    step = run.step_diagnostics[-1]
    n_weights = run.network.weights[1].size
    moved = np.linalg.norm((run.network.parameters - before)[:n_weights])
    assert (step.epoch, step.step) == (2, run.step)
    # With plain descent, the step is the learning rate times the gradient.
    assert step.gradient_norms[0] == pytest.approx(moved / 0.1, rel=1e-3)
    assert step.update_ratios[0] == pytest.approx(
        moved / np.linalg.norm(before[:n_weights]), rel=1e-3
    )


def test_a_training_that_has_broken_off_cannot_go_on(monkeypatch) -> None:
    run = Run(QUICK)
    records = run.records()
    next(records)
    monkeypatch.setattr("mlp.training.TrainingLoop._learn", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        next(records)
    assert not run.can_continue


def test_a_warm_up_that_would_not_end_is_refused_in_a_sentence() -> None:
    run = Run(config(warmup_epochs=5))
    for record in run.records():
        if record.step == 1:
            break
    with pytest.raises(ValueError, match="warm-up of 5 epochs never reaches") as error:
        run.add_epochs(2)
    assert "\n" not in str(error.value)


def test_a_run_brought_back_tells_the_same_story() -> None:
    early = finished(Run(config(epochs=60, early_stopping=True, patience=2), keeps_snapshots=True))
    stopped = Run(QUICK, keeps_snapshots=True)
    for record in stopped.records():
        if record.step == 3:
            stopped.request_learning_rate(0.001)
        if record.step == 9:
            break
    stopped.conclude()
    for run in (early, stopped):
        back = restore_run(load_model(run_to_bytes(run)))
        assert ending_of(back) == ending_of(run)
        assert (back.result, back.history, back.step) == (run.result, run.history, run.step)
        assert back.initial_config == run.initial_config
        assert back.early_stopped == run.early_stopped
        assert back.snapshots.steps[-1] == (
            run.step if run.best_epoch is None else run.history[run.best_epoch].step
        )
