"""A paired training: the right network is that of mlp, and the other differs by one term."""

import pickle

import numpy as np
import pytest

from experiments.background.background_task import Status
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import SliceScheduler
from experiments.config import RunConfig
from experiments.inspection import paired_training
from experiments.inspection.broken_terms import TERMS, Backpropagation
from experiments.inspection.paired_training import (
    EPOCHS,
    MOST_UNITS,
    PairedTraining,
    network_in_training,
    result_sentence,
    small,
    thinned,
)
from experiments.training.plan import make_network, make_objective, make_optimizer
from experiments.training.prepared_data import prepare, random_generators
from mlp.backprop import Dropout
from mlp.training import train
from tests.waiting import PATIENCE

CONFIG = RunConfig(hidden_layers=(8,), l2=0.001, dropout=0.2)


@pytest.fixture(autouse=True)
def at_full_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paired_training, "EPOCH_SECONDS", 0.0)


def test_the_right_network_learns_as_in_mlp_bit_for_bit() -> None:
    samples = thinned(prepare(CONFIG).training, 300)
    learner = network_in_training(CONFIG, Backpropagation(), samples)
    for _ in range(4):
        learner.make_epoch(samples, samples)
        learner = pickle.loads(pickle.dumps(learner))  # noqa: S301  as on its way to a worker
    _, weights_rng, batches_rng, dropout_rng = random_generators(CONFIG.seed)
    network = make_network(CONFIG, (64, 8, 10), weights_rng)
    records = train(
        make_optimizer(CONFIG, network),
        make_objective(CONFIG),
        samples,
        epochs=3,
        batch_size=CONFIG.batch_size,
        rng=batches_rng,
        dropout=Dropout(CONFIG.dropout, dropout_rng),
    )
    assert list(records)[-1].epoch == 3
    assert learner.optimizer.network.parameters.tobytes() == network.parameters.tobytes()


def paired(name: str, config: RunConfig = CONFIG) -> PairedTraining:
    scheduler = SliceScheduler(SliceExecutor)
    return PairedTraining(TERMS[name], config, prepare(config), scheduler=scheduler)


def test_both_networks_make_all_epochs_and_only_their_curves_are_kept() -> None:
    running = paired("mask")
    assert running.fraction == 0
    running.go()
    assert running.join(PATIENCE)
    assert (running.status, running.fraction) == (Status.FINISHED, 1)
    right, broken = (curve.scores for curve in running.curves)
    assert len(right) == len(broken) == EPOCHS + 1
    assert right[0] == broken[0]
    assert right[1] != broken[1]
    assert not running._networks
    assert running._samples is None
    assert result_sentence(running).startswith("Right answers in the validation part: **")


def test_the_wrong_sign_diverges_and_the_other_goes_on() -> None:
    running = paired("sign", RunConfig(hidden_layers=(8,), optimizer="sgd", learning_rate=0.5))
    running.go()
    assert running.join(PATIENCE)
    right, broken = running.curves
    assert broken.has_diverged
    assert len(broken.scores) < len(right.scores) == EPOCHS + 1
    assert all(np.isfinite(score.loss) for score in broken.scores)
    assert "then diverged" in result_sentence(running)


def test_a_paired_training_can_be_stopped() -> None:
    running = paired("bias")
    running.go()
    running.stop(PATIENCE)
    assert running.status is Status.STOPPED
    assert running.fraction < 1
    assert result_sentence(running)


def test_large_layers_and_many_samples_are_made_fewer() -> None:
    assert small(RunConfig(hidden_layers=(1000, 16))).hidden_layers == (MOST_UNITS, 16)
    training = prepare(CONFIG).training
    assert len(thinned(training, 100).X) <= 100
    assert len(thinned(training, 5000).X) == len(training.X)


def test_without_a_validation_part_the_training_samples_are_measured() -> None:
    assert paired("bias", RunConfig(validation_fraction=0.0)).held_out == "training"
