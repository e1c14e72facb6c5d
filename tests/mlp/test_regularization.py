"""What keeps a network from overfitting: dropout, a limit on the weights, early stopping."""

import numpy as np
import pytest

from mlp import backprop
from mlp.backprop import Dropout, Workspace, forward
from mlp.early_stopping import EarlyStopping
from mlp.evaluation import evaluate
from mlp.gradient_check import gradient_error
from mlp.losses import CROSS_ENTROPY, Objective
from mlp.network import Network
from mlp.optimizers import SGD, limit_norms
from mlp.records import Diverged, EarlyStopped, EpochRecord, Record, Score
from mlp.samples import Samples, one_hot
from mlp.training import train

OBJECTIVE = Objective(CROSS_ENTROPY)


def noise(n_samples: int = 40, seed: int = 0) -> Samples:
    """Samples with random labels: a network can only memorize them."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, 5)).astype(np.float32)
    return Samples(X, one_hot(rng.integers(0, 3, n_samples), 3, np.float32))


class OneMask(Dropout):
    """Dropout with the same mask each time, as a numerical gradient needs it."""

    def draw(self, mask: np.ndarray) -> None:
        self.rng = np.random.default_rng(7)
        super().draw(mask)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "gelu"])
def test_the_gradient_with_dropout_is_right(
    activation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropout = OneMask(0.4, np.random.default_rng(0))
    monkeypatch.setattr(
        "mlp.gradient_check.Workspace", lambda network, n, _=None: Workspace(network, n, dropout)
    )
    rng = np.random.default_rng(1)
    network = Network([4, 6, 5, 3], activation=activation, rng=rng, dtype=np.float64)
    network.parameters += rng.normal(size=network.parameters.shape) / 10
    X, targets = rng.normal(size=(5, 4)), one_hot(np.arange(5) % 3, 3, np.float64)
    assert gradient_error(network, OBJECTIVE, X, targets) < 1e-6


def test_dropout_drops_its_share_of_units_and_keeps_the_mean() -> None:
    mask = np.empty((1000, 200), np.float32)
    Dropout(0.3, np.random.default_rng(0)).draw(mask)
    assert np.unique(mask) == pytest.approx([0, 1 / 0.7])
    assert (mask == 0).mean() == pytest.approx(0.3, abs=0.005)
    assert mask.mean() == pytest.approx(1, abs=0.01)


def test_evaluation_is_without_dropout() -> None:
    network = Network([5, 8, 3], rng=np.random.default_rng(0))
    samples = noise()
    with_dropout = Workspace(network, 40, Dropout(0.5, np.random.default_rng(0)))
    logits = forward(network, samples.X, with_dropout).copy()
    plain = forward(network, samples.X, Workspace(network, 40))
    assert not np.allclose(logits, plain)
    expected = CROSS_ENTROPY.value(plain, samples.targets, network.output)
    assert evaluate(network, OBJECTIVE, samples).loss == pytest.approx(expected, rel=1e-6)


def test_no_dropout_and_a_rate_of_zero_are_the_same() -> None:
    results = []
    for dropout in (None, Dropout(0.0, np.random.default_rng(5))):
        network = Network([5, 8, 3], rng=np.random.default_rng(0))
        list(train(SGD(network, 0.1), OBJECTIVE, noise(), epochs=3, batch_size=8,
                   rng=np.random.default_rng(1), dropout=dropout))  # fmt: skip
        results.append(network.parameters)
    np.testing.assert_array_equal(*results)


@pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan")])
def test_a_dropout_rate_out_of_range_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="at least 0 and below 1"):
        Dropout(rate, np.random.default_rng(0))


def test_long_weights_are_shortened_and_short_ones_left() -> None:
    network = Network([2, 2])
    network.weights[1][...] = [[3, 4], [0.3, 0.4]]
    network.biases[1][...] = 9
    limit_norms(network, 2.0)
    np.testing.assert_allclose(network.weights[1], [[1.2, 1.6], [0.3, 0.4]], rtol=1e-6)
    np.testing.assert_array_equal(network.biases[1], 9)


def test_training_keeps_the_norms() -> None:
    network = Network([5, 8, 3], rng=np.random.default_rng(0))
    list(train(SGD(network, 1.0), OBJECTIVE, noise(), epochs=20, batch_size=8,
               rng=np.random.default_rng(0), max_norm=0.5))  # fmt: skip
    for weights in network.weights[1:]:
        assert np.linalg.norm(weights, axis=1).max() <= 0.5 + 1e-6


@pytest.mark.parametrize("max_norm", [0, -1.0, float("nan")])
def test_a_norm_that_is_not_positive_is_refused(max_norm: float) -> None:
    with pytest.raises(ValueError, match="max_norm must be a positive number or None"):
        train(SGD(Network([5, 3]), 0.1), OBJECTIVE, noise(), epochs=1, batch_size=8, rng=None,
              max_norm=max_norm)  # fmt: skip


def overfitting(patience: int, epochs: int = 200) -> tuple[Network, EarlyStopping, list]:
    network = Network([5, 30, 3], rng=np.random.default_rng(0))
    stopping = EarlyStopping(network, patience)
    records = train(SGD(network, 0.3), OBJECTIVE, noise(), epochs=epochs, batch_size=8,
                    rng=np.random.default_rng(1), validation=noise(seed=1))  # fmt: skip
    return network, stopping, list(stopping.watch(records))


def test_training_stops_when_patience_runs_out_with_the_best_parameters() -> None:
    network, stopping, records = overfitting(patience=5)
    *_, last_epoch, end = records
    losses = [r.validation.loss for r in records if isinstance(r, EpochRecord)]
    best = int(np.argmin(losses))
    assert end == EarlyStopped(best + 5, last_epoch.step, best)
    assert stopping.best_epoch == best
    assert evaluate(network, OBJECTIVE, noise(seed=1)).loss == losses[best]


def test_a_run_that_comes_to_its_end_goes_back_to_its_best_epoch_too() -> None:
    network, _, records = overfitting(patience=30, epochs=20)
    losses = [r.validation.loss for r in records if isinstance(r, EpochRecord)]
    assert isinstance(records[-1], EpochRecord)
    assert losses[-1] > min(losses)
    assert evaluate(network, OBJECTIVE, noise(seed=1)).loss == min(losses)


def test_an_epoch_as_good_as_the_best_is_not_better() -> None:
    network = Network([1, 2])
    same = Score(1.0, 0.5)

    def records() -> list[Record]:
        return [EpochRecord(epoch, epoch, same, same, 0.1) for epoch in range(9)]

    assert list(EarlyStopping(network, 3).watch(iter(records())))[-1] == EarlyStopped(3, 3, 0)


def test_a_run_that_diverges_is_left_as_it_is() -> None:
    network = Network([1, 2])
    stopping = EarlyStopping(network, 3)
    assert list(stopping.watch(iter([Diverged(1, 1, 0.1)])))[-1] == Diverged(1, 1, 0.1)


def test_stopping_without_validation_is_refused() -> None:
    stopping = EarlyStopping(Network([1, 2]), 3)
    with pytest.raises(ValueError, match="hold samples out for validation"):
        list(stopping.watch(iter([EpochRecord(0, 0, Score(1.0, 0.5), None, 0.1)])))


def test_patience_is_at_least_one_epoch() -> None:
    with pytest.raises(ValueError, match="at least 1 epoch, not 0"):
        EarlyStopping(Network([1, 2]), 0)


def test_weights_of_samples_are_like_repeating_them() -> None:
    counts = np.random.default_rng(3).integers(1, 4, 40)
    plain = noise()
    repeated = plain.each(lambda part: part.repeat(counts, axis=0))
    weighted = plain._replace(weights=(counts / counts.mean()).astype(np.float32))
    results = []
    for samples in (repeated, weighted):
        network = Network([5, 8, 3], rng=np.random.default_rng(0))
        *_, last = train(SGD(network, 0.5), OBJECTIVE, samples, epochs=20,
                         batch_size=len(samples.X), rng=None)  # fmt: skip
        results.append((network.parameters, last.training.loss))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=2e-4, atol=1e-6)
    assert results[0][1] == pytest.approx(results[1][1], rel=1e-4)


@pytest.mark.parametrize(
    "weights", [np.ones(3, np.float32), np.ones(40), -np.ones(40, np.float32)], ids=str
)
def test_weights_that_do_not_fit_are_refused(weights: np.ndarray) -> None:
    with pytest.raises(ValueError, match="The weights must be 40 numbers in float32"):
        train(SGD(Network([5, 3]), 0.1), OBJECTIVE, noise()._replace(weights=weights),
              epochs=1, batch_size=8, rng=None)  # fmt: skip


def test_without_a_generator_the_samples_keep_their_order() -> None:
    seen = []

    def spy(network, objective, X, targets, workspace, weights):
        seen.append(X.copy())
        return honest(network, objective, X, targets, workspace, weights)

    honest = backprop.loss_and_gradient
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mlp.training.loss_and_gradient", spy)
        list(train(SGD(Network([5, 3]), 0.1), OBJECTIVE, noise(), epochs=2, batch_size=16,
                   rng=None))  # fmt: skip
    np.testing.assert_array_equal(np.concatenate(seen), np.tile(noise().X, (2, 1)))


def test_the_last_epoch_counts_even_if_no_other_record_is_taken() -> None:
    network = Network([1, 2])
    stopping = EarlyStopping(network, 3)
    for epoch, _record in enumerate(
        stopping.watch(
            EpochRecord(n, n, Score(1.0, 0.5), Score(1.0 / (n + 1), 0.5), 0.1) for n in range(9)
        )
    ):
        if epoch == 4:
            break
    assert stopping.best_epoch == 4


def test_a_heavy_sample_is_no_divergence() -> None:
    samples = noise(400)
    weights = np.ones(400, np.float32)
    weights[7] = 1e5
    weighted = samples._replace(weights=weights / weights.mean())
    network = Network([5, 8, 3], rng=np.random.default_rng(0))
    *_, last = train(SGD(network, 1e-4), OBJECTIVE, weighted, epochs=2, batch_size=4,
                     rng=np.random.default_rng(0))  # fmt: skip
    assert isinstance(last, EpochRecord)


def test_weights_of_one_batch_do_not_stay_for_the_next() -> None:
    network = Network([5, 3], rng=np.random.default_rng(0))
    X, targets, _ = noise()
    workspace = Workspace(network, 40)
    arguments = (network, OBJECTIVE, X, targets, workspace)
    plain = backprop.loss_and_gradient(*arguments)
    assert backprop.loss_and_gradient(*arguments, np.full(40, 5, np.float32)) > plain
    assert backprop.loss_and_gradient(*arguments) == plain
