import pickle

import numpy as np
import pytest

from data.corruption import ImageKind
from data.scaling import SCALERS
from experiments.config import RunConfig
from experiments.evaluation.attack import GRADIENT_SIGN, ScaledNetwork, gradient_sign_attack
from experiments.training.plan import make_objective
from experiments.training.prepared_data import prepare
from mlp.network import Network
from tests.runs import QUICK, trained

KIND = ImageKind((8, 8), 16.0)
EACH_SCALER = pytest.mark.parametrize("scaling", SCALERS)


def trained_on_digits(**settings: object) -> ScaledNetwork:
    run = trained(RunConfig(**QUICK | settings))
    scaler = run.prepared_data().scaler
    return ScaledNetwork(run.network, scaler, run.objective.loss)


def image_and_label(i: int = 0) -> tuple[np.ndarray, int]:
    prepared = prepare(RunConfig())
    row = prepared.split.test[i]
    return prepared.dataset.X[row], int(prepared.dataset.labels[row])


def loss_of(network: ScaledNetwork, image: np.ndarray, label: int) -> float:
    targets = np.eye(10, dtype=np.float32)[[label]]
    return network.loss.value(network.logits(image[None]), targets, network.network.output)


@EACH_SCALER
@pytest.mark.parametrize("layers", [(), (8,)])
@pytest.mark.parametrize("eps", [0.5, 2.0])
def test_no_pixel_changes_more_than_asked_for_in_gray_levels(
    scaling: str, layers: tuple[int, ...], eps: float
) -> None:
    network = trained_on_digits(scaling=scaling, hidden_layers=layers)
    image, label = image_and_label()
    attacked = gradient_sign_attack(network, image, KIND, eps, label)
    assert 0 <= attacked.min() <= attacked.max() <= 16
    change = attacked - image
    inside = (image >= eps) & (image <= 16 - eps)
    sizes = np.abs(change[inside])
    np.testing.assert_allclose(sizes[sizes > 0], eps, rtol=1e-5)  # the rest has no gradient
    assert np.abs(change).max() == pytest.approx(eps)


@EACH_SCALER
def test_the_loss_rises_and_that_of_a_target_falls(scaling: str) -> None:
    network = trained_on_digits(scaling=scaling)
    for i in range(5):
        image, label = image_and_label(i)
        target = (label + 1) % 10
        away = gradient_sign_attack(network, image, KIND, 0.2, label)
        toward = gradient_sign_attack(network, image, KIND, 0.2, target, is_target=True)
        assert loss_of(network, away, label) > loss_of(network, image, label)
        assert loss_of(network, toward, target) < loss_of(network, image, target)


def test_an_eps_of_0_leaves_the_image() -> None:
    image, label = image_and_label()
    attacked = gradient_sign_attack(trained_on_digits(), image, KIND, 0, label)
    np.testing.assert_array_equal(attacked, image)


def test_a_network_that_has_diverged_has_no_direction() -> None:
    config = RunConfig()
    network = Network((64, 10), rng=np.random.default_rng(0))
    network.parameters[:] = np.nan
    scaler = prepare(config).scaler
    broken = ScaledNetwork(network, scaler, make_objective(config).loss)
    image, label = image_and_label()
    np.testing.assert_array_equal(gradient_sign_attack(broken, image, KIND, 1, label), image)


@pytest.mark.parametrize("label", [-1, 10])
def test_an_unknown_class_is_refused(label: int) -> None:
    with pytest.raises(ValueError, match=f"There is no class {label}: the network has 10"):
        gradient_sign_attack(trained_on_digits(), image_and_label()[0], KIND, 1, label)


@pytest.mark.parametrize("eps", [-1, 5, float("nan")])
def test_an_eps_beyond_the_limits_is_refused(eps: float) -> None:
    assert GRADIENT_SIGN.limits(KIND) == (0, 4)
    with pytest.raises(ValueError, match="'Gradient sign attack' is from 0 to 4 gray levels"):
        gradient_sign_attack(trained_on_digits(), image_and_label()[0], KIND, eps, 0)


def test_it_is_plain_data() -> None:
    network, image = trained_on_digits(), image_and_label()[0]
    copy = pickle.loads(pickle.dumps(network))  # noqa: S301
    np.testing.assert_array_equal(copy.logits(image[None]), network.logits(image[None]))
