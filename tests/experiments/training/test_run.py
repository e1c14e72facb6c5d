"""A run is decided by its config, and keeps an honest record."""

import dataclasses

import numpy as np
import pytest

from data.datasets import Dataset, load
from experiments.config import OWN, RunConfig
from experiments.training.plan import make_optimizer
from experiments.training.prepared_data import balanced_weights, prepare, split_rows
from experiments.training.run import Run
from mlp.evaluation import evaluate
from mlp.records import Diverged, EpochRecord

QUICK = RunConfig(epochs=3)


def finished(config: RunConfig, own: Dataset | None = None) -> Run:
    run = Run(config, own)
    run.complete()
    return run


def test_the_defaults_read_more_than_96_of_100_digits() -> None:
    result = finished(RunConfig()).result
    assert result.test.accuracy > 0.96
    assert result.validation.accuracy > 0.96


def test_the_same_config_gives_the_same_run_bit_for_bit() -> None:
    first, second = finished(QUICK), finished(QUICK)
    np.testing.assert_array_equal(first.network.parameters, second.network.parameters)
    assert first.history == second.history
    assert first.result == second.result


CHANGES = [
    {"seed": 1},
    {"hidden_layers": (33,)},
    {"activation": "tanh"},
    {"output": "sigmoid", "loss": "mse"},
    {"loss": "mse"},
    {"optimizer": "rmsprop"},
    {"learning_rate": 0.001},
    {"full_batch": True},
    {"batch_size": 31},
    {"l1": 0.001},
    {"l2": 0.001},
    {"weight_init": "xavier"},
    {"scaling": "z-score"},
    {"validation_fraction": 0.1},
    {"test_fraction": 0.1},
    {"split": "blocks"},
    {"dropout": 0.2},
    {"max_norm": 0.5},
    {"bias_init": "unit-normal"},
    {"schedule": "cosine"},
    {"warmup_epochs": 1},
    {"class_weight": "balanced"},
    {"shuffle": False},
    {"shift": 1.0},
    {"rotation": 10.0},
    {"zoom": 0.1},
    {"shear": 10.0},
    {"elastic": 0.5},
    {"noise": 0.1},
    {"erasing": 0.2},
]
CHANGES_OF_A_BASE = [
    ({"schedule": "step", "decay_every": 1}, {"decay": 0.1}),
    ({"schedule": "step"}, {"decay_every": 1}),
    ({"epochs": 40, "learning_rate": 0.5, "patience": 20}, {"early_stopping": True}),
    ({"epochs": 40, "learning_rate": 0.02, "early_stopping": True}, {"patience": 1}),
    ({"elastic": 0.5}, {"elastic_sigma": 1.0}),
    ({"dataset": "moons"}, {"points": 100}),
    ({"dataset": "moons"}, {"point_noise": 0.3}),
    ({"dataset": "moons"}, {"label_noise": 0.1}),
    ({"dataset": "moons"}, {"points_seed": 1}),
    ({"dataset": "moons"}, {"features": ("x1", "x1x2")}),
    ({"dataset": "blobs"}, {"point_classes": 4}),
    ({"dataset": "curve"}, {"curve": "step"}),
]
OPTIMIZER_CHANGES = [
    {"optimizer": "momentum", "momentum": 0.5},
    {"optimizer": "adamw", "weight_decay": 0.1},
]


def test_no_setting_is_forgotten() -> None:
    of_a_base = [change for _, change in CHANGES_OF_A_BASE]
    changed = {name for change in [*CHANGES, *OPTIMIZER_CHANGES, *of_a_base] for name in change}
    not_for_the_curve = {"dataset", "epochs"}
    assert changed == set(RunConfig.model_fields) - not_for_the_curve


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_every_setting_changes_the_run(change: dict[str, object]) -> None:
    plain, changed = finished(QUICK), finished(RunConfig(**QUICK.model_dump() | change))
    assert plain.history[-1] != changed.history[-1]


@pytest.mark.parametrize(("base", "change"), CHANGES_OF_A_BASE, ids=str)
def test_every_setting_that_needs_another_changes_the_run(
    base: dict[str, object], change: dict[str, object]
) -> None:
    settings = QUICK.model_dump() | base
    plain, changed = finished(RunConfig(**settings)), finished(RunConfig(**settings | change))
    assert not np.array_equal(plain.network.parameters, changed.network.parameters)


@pytest.mark.parametrize("change", OPTIMIZER_CHANGES, ids=str)
def test_every_setting_of_an_optimizer_changes_the_run(change: dict[str, object]) -> None:
    base = {**QUICK.model_dump(), "optimizer": change["optimizer"]}
    plain, changed = finished(RunConfig(**base)), finished(RunConfig(**base | change))
    assert plain.history[-1] != changed.history[-1]


def test_the_scaler_has_seen_the_training_part_only() -> None:
    prepared = prepare(RunConfig(scaling="z-score"))
    seen = prepared.dataset.X[prepared.split.training]
    np.testing.assert_allclose(prepared.scaler.shift, seen.mean(axis=0), rtol=1e-5)
    assert not np.allclose(prepared.scaler.shift, prepared.dataset.X.mean(axis=0), rtol=1e-5)


def test_what_points_are_divided_by_comes_from_the_training_part() -> None:
    config, points = RunConfig(dataset=OWN, scaling="pixel"), load("moons")
    X = points.X.copy()
    X[split_rows(config, points).test] = 1000
    prepared = prepare(config, dataclasses.replace(points, name=OWN, X=X, maximum=1000.0))
    assert set(prepared.scaler.scale) == {np.abs(X[prepared.split.training]).max()} != {1000}


def test_only_the_digits_themselves_are_cut_between_writers() -> None:
    config, digits = RunConfig(split="blocks"), load("digits")
    assert [len(rows) for rows in split_rows(config, digits)] == [1029, 386, 382]
    own = dataclasses.replace(digits, name=OWN)
    assert [len(rows) for rows in split_rows(config, own)] == [1079, 359, 359]


class Untouchable:
    """Stands for samples that nobody may look at."""

    def __getattribute__(self, name: str) -> object:
        raise AssertionError("somebody has looked")


def test_the_test_part_is_looked_at_once_at_the_end(monkeypatch) -> None:
    run = Run(QUICK)
    prepared = run.prepared_data()
    with monkeypatch.context() as patch:
        untouchable = dataclasses.replace(prepared, test=Untouchable())
        patch.setattr("experiments.training.run.prepare", lambda *_: untouchable)
        *_, last = run.records()
    run.conclude()
    assert run.result.test == evaluate(run.network, run.objective, prepared.test)
    assert run.result.validation == last.validation


def test_two_networks_with_one_seed_see_the_same_samples_in_the_same_order() -> None:
    small, large = Run(QUICK), Run(RunConfig(**QUICK.model_dump() | {"hidden_layers": (9, 9)}))
    assert small.prepared_data() is large.prepared_data()
    orders = [run._batches_rng.permutation(50) for run in (small, large)]
    np.testing.assert_array_equal(*orders)


def test_nothing_held_out_is_said_and_not_hidden() -> None:
    result = finished(RunConfig(epochs=1, validation_fraction=0, test_fraction=0)).result
    assert result.validation is None
    assert result.test is None
    assert 0 < result.training.accuracy < 1


def test_history_and_batches() -> None:
    run = Run(RunConfig(epochs=2, full_batch=True))
    records = run.records()
    next(records)
    assert [record.epoch for record in run.history] == [0]
    next(records)
    assert (run.current_epoch.epochs_done, len(run.current_epoch.batch_losses)) == (0, 1)
    assert run.awaits_epoch_record
    assert isinstance(next(records), EpochRecord)
    assert run.current_epoch == (1, [])
    assert not run.awaits_epoch_record
    assert (run.epoch, run.step) == (1, 1)
    assert run.seconds > 0


def test_a_run_that_diverges_has_no_result() -> None:
    run = finished(RunConfig(learning_rate=1000))
    assert isinstance(run.diverged, Diverged)
    assert run.result is None


def test_a_run_stopped_right_after_a_step_into_nonsense_has_diverged() -> None:
    run = Run(QUICK)
    records = run.records()
    next(records), next(records)
    run.network.parameters[:] = 1e30
    run.conclude()
    assert run.diverged == Diverged(epoch=1, step=1, learning_rate=QUICK.learning_rate)
    assert run.result is None


def test_the_optimizer_gets_its_settings() -> None:
    config = RunConfig(optimizer="nesterov", learning_rate=0.2, momentum=0.7)
    optimizer = make_optimizer(config, Run(config).network)
    assert (optimizer.learning_rate, optimizer.momentum) == (0.2, 0.7)


def test_a_run_without_a_step_has_no_result() -> None:
    run = Run(QUICK)
    next(run.records())
    run.conclude()
    assert run.result is None
    assert run.diverged is None


def test_early_stopping_ends_a_run_with_its_best_epoch() -> None:
    run = finished(RunConfig(epochs=200, learning_rate=0.02, early_stopping=True, patience=5))
    losses = [record.validation.loss for record in run.history]
    best = int(np.argmin(losses))
    assert run.early_stopped.best_epoch == best
    assert run.epoch == best + 5 < 200
    assert run.result.validation.loss == losses[best]


def test_a_run_stopped_by_hand_goes_back_to_its_best_epoch() -> None:
    run = Run(RunConfig(learning_rate=0.1, early_stopping=True))
    for record in run.records():
        if record.epoch == 9:
            break
    run.conclude()
    assert run.result.validation.loss == min(record.validation.loss for record in run.history)


def test_the_two_parts_of_mnist_are_the_usual_ones_without_asking() -> None:
    config = RunConfig(dataset="mnist")
    assert (config.split, config.validation_fraction, config.test_fraction) == (
        "blocks",
        1 / 7,
        1 / 7,
    )
    assert RunConfig(dataset="mnist", split="random", test_fraction=0.5).test_fraction == 0.5


def test_blocks_are_shared_by_all_seeds() -> None:
    assert prepare(RunConfig(split="blocks", seed=1)) is prepare(RunConfig(split="blocks", seed=2))
    assert prepare(RunConfig(seed=1)) is not prepare(RunConfig(seed=2))


def test_own_data_are_given_with_the_config() -> None:
    config = RunConfig(dataset="own", epochs=2)
    own = dataclasses.replace(load("digits"), name="own")
    assert finished(config, own).result.test.accuracy > 0.5
    with pytest.raises(ValueError, match="Your own data are not here"):
        Run(config)


def test_balanced_weights_let_every_class_count_the_same() -> None:
    weights = balanced_weights(np.array([0, 0, 0, 2]))
    np.testing.assert_allclose(weights, [2 / 3, 2 / 3, 2 / 3, 2], rtol=1e-6)
    assert weights.mean() == pytest.approx(1)


@pytest.mark.parametrize("dataset", ["xor", "circles", "moons", "spirals", "blobs"])
def test_the_defaults_for_points_in_the_plane_learn_them(dataset: str) -> None:
    run = Run(RunConfig(dataset=dataset, seed=11))
    for _ in run.records():
        pass
    assert run.history[-1].validation.accuracy > 0.9
