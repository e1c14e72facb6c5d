"""Training yields records; the caller is in control."""

import math
from itertools import islice

import numpy as np
import pytest

from mlp.evaluation import EVALUATION_ROWS, evaluate
from mlp.losses import BINARY_CROSS_ENTROPY, CROSS_ENTROPY, LOSSES, MSE, Objective
from mlp.network import Network
from mlp.optimizers import OPTIMIZERS, SGD, Adam
from mlp.records import BatchRecord, Diverged, EpochRecord
from mlp.samples import Samples, one_hot
from mlp.training import train

XOR = Samples(
    np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32),
    np.array([[0], [1], [1], [0]], np.float32),
)


def clusters(n_samples: int = 60, seed: int = 0) -> Samples:
    """Three clusters in the plane, far enough apart to be separated."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n_samples) % 3
    centers = np.array([[0, 2], [2, -1], [-2, -1]])
    X = centers[labels] + 0.4 * rng.normal(size=(n_samples, 2))
    return Samples(X.astype(np.float32), one_hot(labels, 3, np.float32))


def start(network: Network, samples: Samples, *, loss=CROSS_ENTROPY, learning_rate=0.1, **settings):
    settings = {"epochs": 3, "batch_size": 16, "rng": np.random.default_rng(1)} | settings
    return train(SGD(network, learning_rate), Objective(loss), samples, **settings)


def fresh_network(*hidden: int, seed: int = 0, **settings) -> Network:
    return Network([2, *hidden, 3], rng=np.random.default_rng(seed), **settings)


def test_records_come_in_order() -> None:
    records = list(start(fresh_network(4), clusters()))
    kinds = [type(record) for record in records]
    assert kinds == [EpochRecord] + 3 * (4 * [BatchRecord] + [EpochRecord])
    assert [r.epoch for r in records if isinstance(r, EpochRecord)] == [0, 1, 2, 3]
    assert [r.step for r in records if isinstance(r, BatchRecord)] == list(range(1, 13))


def test_epoch_zero_is_the_untrained_network() -> None:
    network = fresh_network(4)
    before = network.parameters.copy()
    samples = clusters()
    record = next(start(network, samples, validation=samples))
    np.testing.assert_array_equal(network.parameters, before)
    assert (
        record.training == record.validation == evaluate(network, Objective(CROSS_ENTROPY), samples)
    )


def test_nothing_happens_until_a_record_is_taken() -> None:
    network = fresh_network(4)
    before = network.parameters.copy()
    start(network, clusters())
    np.testing.assert_array_equal(network.parameters, before)


def test_pausing_changes_nothing() -> None:
    at_once, with_pauses = fresh_network(4), fresh_network(4)
    list(start(at_once, clusters()))
    records = start(with_pauses, clusters())
    while list(islice(records, 2)):
        np.random.default_rng(5).normal(size=100)  # other code runs meanwhile
    np.testing.assert_array_equal(at_once.parameters, with_pauses.parameters)


def test_the_same_seed_gives_the_same_run_and_another_does_not() -> None:
    networks = [fresh_network(4) for _ in range(3)]
    for network, seed in zip(networks, (1, 1, 2), strict=True):
        list(start(network, clusters(), rng=np.random.default_rng(seed)))
    np.testing.assert_array_equal(networks[0].parameters, networks[1].parameters)
    assert (networks[0].parameters != networks[2].parameters).any()


def test_training_loss_is_the_mean_over_the_samples_of_the_epoch() -> None:
    samples = clusters(50)  # batches of 16, 16, 16 and 2
    records = list(start(fresh_network(4), samples, epochs=1))
    losses = [record.loss for record in records if isinstance(record, BatchRecord)]
    expected = (16 * sum(losses[:3]) + 2 * losses[3]) / 50
    assert records[-1].training.loss == pytest.approx(expected)


def test_validation_is_measured_at_the_end_of_the_epoch() -> None:
    network, validation = fresh_network(4), clusters(31, seed=9)
    *_, last = start(network, clusters(), validation=validation)
    assert last.validation == evaluate(network, Objective(CROSS_ENTROPY), validation)


def test_penalties_are_part_of_the_reported_loss() -> None:
    network, objective = fresh_network(4), Objective(CROSS_ENTROPY, l1=0.01, l2=0.1)
    plain = evaluate(network, Objective(CROSS_ENTROPY), clusters())
    assert evaluate(network, objective, clusters()).loss == pytest.approx(
        plain.loss + objective.penalty(network.all_weights)
    )
    first = next(train(SGD(network, 0.1), objective, clusters(), epochs=1, batch_size=60, rng=None))
    assert first.training.loss > plain.loss


def test_evaluation_in_pieces_is_evaluation_at_once() -> None:
    network, samples = fresh_network(4), clusters(EVALUATION_ROWS + 100)
    score = evaluate(network, Objective(CROSS_ENTROPY), samples)
    parts = [
        evaluate(network, Objective(CROSS_ENTROPY), Samples(samples.X[rows], samples.targets[rows]))
        for rows in (slice(EVALUATION_ROWS), slice(EVALUATION_ROWS, None))
    ]
    n = np.array([EVALUATION_ROWS, 100])
    assert score.loss == pytest.approx(np.average([p.loss for p in parts], weights=n), rel=1e-6)
    assert score.accuracy == pytest.approx(np.average([p.accuracy for p in parts], weights=n))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("loss", LOSSES)
def test_three_clusters_are_separated(loss: str, optimizer: str) -> None:
    output = LOSSES[loss].outputs[0]
    network = fresh_network(8, output=output)
    rate = 0.2 if optimizer in ("sgd", "momentum", "nesterov") else 0.02
    *_, last = train(
        OPTIMIZERS[optimizer](network, rate),
        Objective(LOSSES[loss]),
        clusters(),
        epochs=60,
        batch_size=10,
        rng=np.random.default_rng(0),
        validation=clusters(90, seed=4),
    )
    assert last.validation.accuracy == 1


@pytest.mark.parametrize(("hidden", "solved"), [((), False), ((8,), True)])
def test_only_a_hidden_layer_learns_xor(hidden: tuple[int, ...], solved: bool) -> None:
    network = Network(
        [2, *hidden, 1], activation="tanh", output="sigmoid", rng=np.random.default_rng(0)
    )
    *_, last = train(
        Adam(network, 0.05),
        Objective(BINARY_CROSS_ENTROPY),
        XOR,
        epochs=300,
        batch_size=4,
        rng=np.random.default_rng(0),
    )
    assert (last.training.accuracy == 1) is solved


@pytest.mark.parametrize("batch_size", [16, 60])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    ("loss", "output"),
    [(CROSS_ENTROPY, "softmax"), (BINARY_CROSS_ENTROPY, "sigmoid"), (MSE, "identity")],
)
def test_too_long_steps_diverge_and_say_so(loss, output, optimizer: str, batch_size: int) -> None:
    network = fresh_network(16, output=output)
    *_, last = train(
        OPTIMIZERS[optimizer](network, 1000.0),
        Objective(loss),
        clusters(),
        epochs=50,
        batch_size=batch_size,
        rng=np.random.default_rng(0),
        validation=clusters(),
    )
    assert isinstance(last, Diverged)
    assert str(last).startswith(f"Diverged at step {last.step} in epoch {last.epoch}")
    assert "learning rate 1000" in str(last)
    assert "Try a learning rate of 0.1 or less" in str(last)


def test_no_record_of_a_diverging_run_holds_a_loss_that_is_not_finite() -> None:
    network = fresh_network(16)
    *records, _ = start(network, clusters(), learning_rate=1000.0, epochs=50, validation=clusters())
    for record in records:
        scores = (
            [record] if isinstance(record, BatchRecord) else [record.training, record.validation]
        )
        assert all(math.isfinite(score.loss) for score in scores)


@pytest.mark.parametrize(("learning_rate", "validation"), [(1e4, clusters()), (1e39, None)])
def test_a_last_step_that_diverges_is_noticed(learning_rate, validation) -> None:
    *_, last = start(
        fresh_network(4),
        clusters(),
        learning_rate=learning_rate,
        epochs=1,
        batch_size=60,
        validation=validation,
    )
    assert last == Diverged(epoch=1, step=1, learning_rate=learning_rate)


def test_a_large_loss_at_the_start_is_not_divergence() -> None:
    network = fresh_network(16)
    network.parameters *= 300  # a loss of thousands before the first step
    *_, last = start(network, clusters(), learning_rate=0.01, epochs=5)
    assert isinstance(last, EpochRecord)


@pytest.mark.parametrize("batch_size", [0, -5, 61])
def test_a_batch_size_out_of_range_is_refused_at_once(batch_size: int) -> None:
    with pytest.raises(ValueError, match=r"does not fit 60 training samples. Choose 1 to 60"):
        start(fresh_network(4), clusters(), batch_size=batch_size)


@pytest.mark.parametrize(
    "samples",
    [
        Samples(np.ones((5, 3), np.float32), np.ones((5, 3), np.float32)),
        Samples(np.ones((5, 2), np.float32), np.ones((5, 4), np.float32)),
        Samples(np.ones((5, 2), np.float32), np.ones((4, 3), np.float32)),
        Samples(np.ones((0, 2), np.float32), np.ones((0, 3), np.float32)),
    ],
)
def test_arrays_that_do_not_fit_are_refused_at_once(samples: Samples) -> None:
    with pytest.raises(ValueError, match=r"this network needs \(n_samples, 2\)"):
        start(fresh_network(4), samples, batch_size=1)
    with pytest.raises(ValueError, match=r"this network needs"):
        start(fresh_network(4), clusters(), validation=samples)


def test_arrays_of_another_precision_are_refused_at_once() -> None:
    samples = clusters()
    doubled = Samples(samples.X.astype(np.float64), samples.targets)
    with pytest.raises(ValueError, match=r"are float64 and float32, the network is float32"):
        start(fresh_network(4), doubled)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_no_numbers_are_refused_at_once(value: float) -> None:
    samples = clusters()
    samples.X[3, 1] = value
    with pytest.raises(ValueError, match="hold NaN or infinity"):
        start(fresh_network(4), samples)


def test_training_takes_an_epoch_at_least() -> None:
    with pytest.raises(ValueError, match="Training takes 1 epoch or more, not 0"):
        start(fresh_network(), clusters(), epochs=0)
