import numpy as np
import pytest

from data.scaling import Scaler
from experiments.evaluation.input_gradients import loss_gradients, saliency
from mlp.evaluation import logits_of
from mlp.losses import LOSSES, Loss
from mlp.network import Network
from mlp.samples import one_hot

CASES = [(loss, output) for loss in LOSSES.values() for output in loss.outputs]
STEP = 1e-6


def slopes(function, x: np.ndarray) -> np.ndarray:
    """Return the derivatives of a function by differences."""
    steps = STEP * np.eye(len(x))
    return np.array([(function(x + step) - function(x - step)) / (2 * STEP) for step in steps])


@pytest.mark.parametrize("sizes", [(6, 4), (6, 5, 4), (6, 7, 5, 4)])
@pytest.mark.parametrize(("loss", "output"), CASES, ids=lambda each: getattr(each, "name", each))
def test_the_gradient_is_that_of_the_loss_of_each_sample(
    sizes: tuple[int, ...], loss: Loss, output: str
) -> None:
    rng = np.random.default_rng(0)
    network = Network(sizes, activation="tanh", output=output, rng=rng, dtype=np.float64)
    X, labels = rng.normal(size=(3, 6)), np.array([2, 0, 3])
    targets = one_hot(labels, 4, np.float64)
    found = loss_gradients(network, loss, X, labels)
    for x, target, gradient in zip(X, targets, found, strict=True):

        def value(x: np.ndarray, target: np.ndarray = target) -> float:
            return loss.value(logits_of(network, x[None]), target[None], network.output)

        np.testing.assert_allclose(gradient, slopes(value, x), atol=1e-7)


@pytest.mark.parametrize("sizes", [(6, 4), (6, 5, 4)])
def test_saliency_is_for_the_values_as_recorded(sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    network = Network(sizes, activation="tanh", rng=rng, dtype=np.float64)
    scaler = Scaler(rng.normal(size=6).astype(np.float32), (1 + rng.random(6)).astype(np.float32))
    recorded = rng.normal(size=6)

    def logit(recorded: np.ndarray) -> float:
        scaled = (recorded - scaler.shift) / scaler.scale
        return float(logits_of(network, scaled[None])[0, 1])

    scaled = (recorded - scaler.shift) / scaler.scale
    found = saliency(network, scaler, scaled, 1)
    np.testing.assert_allclose(found, slopes(logit, recorded), atol=1e-7)


@pytest.mark.parametrize("c", [-1, 4])
def test_an_unknown_class_is_refused(c: int) -> None:
    scaler = Scaler(np.zeros(6, np.float32), np.ones(6, np.float32))
    with pytest.raises(ValueError, match=f"There is no class {c}: the network has 4"):
        saliency(Network((6, 4)), scaler, np.ones(6, np.float32), c)
