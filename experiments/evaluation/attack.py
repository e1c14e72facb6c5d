"""Images changed so little that nobody minds, and so that the network errs.

All pixels are changed by the same amount, each up or down, as the gradient says. Amounts are in
the gray levels of the recorded image, so that they can be compared between networks, whatever
their scaling.
"""

from typing import NamedTuple

import numpy as np

from data.augmentation import Floats
from data.corruption import Damage, ImageKind, Images, Unit
from data.datasets import Labels
from data.scaling import Scaler
from experiments.evaluation.input_gradients import check_class, loss_gradients
from mlp.arrays import Array
from mlp.evaluation import logits_of
from mlp.losses import Loss
from mlp.network import Network

GRADIENT_SIGN = Damage(
    "gradient-sign",
    "Gradient sign attack",
    "Changes each pixel by so many gray levels, up or down, so that the loss grows, or that of the "
    "answer you aim at falls: the only damage that knows the network.",
    Unit.GRAY_LEVELS,
    0.25,
)
"""Its strength is the eps of `gradient_sign_attack`."""


class ScaledNetwork(NamedTuple):
    """A network, and what it was trained with that it takes to read and to attack it: plain data.

    scaler : of the samples
    loss : what training made small
    """

    network: Network
    scaler: Scaler
    loss: Loss

    def answers(self, images: Images) -> Labels:
        """Return the class with the largest logit of each image as recorded, (n_images,)."""
        labels: Labels = self.logits(images).argmax(axis=1)
        return labels

    @np.errstate(all="ignore")  # a network that has diverged answers as well
    def logits(self, images: Images) -> Array:
        """Return the logits of images as recorded, (n_images, n_L)."""
        return logits_of(self.network, self.scaler.transform(images))


def attack_directions(
    trained: ScaledNetwork,
    images: Images,
    labels: Labels,
    *,
    is_target: bool = False,
) -> Array:
    """Return in which direction each pixel is changed: -1, 0 or 1, (n_images, n_pixels).

    It is sign(dC/dx), away from the true class, or -sign(dC/dx) toward a target. A scaler divides
    by numbers above 0, which changes no sign.

    Parameters
    ----------
    images : (n_images, n_pixels), as recorded
    labels : (n_images,), the true classes; those to be answered if `is_target`
    """
    X = trained.scaler.transform(images)
    gradients = loss_gradients(trained.network, trained.loss, X, labels)
    signs: Array = np.sign(np.nan_to_num(gradients))
    return -signs if is_target else signs


def changed(images: Images, directions: Array, kind: ImageKind, eps: float) -> Floats:
    """Return clip(x + eps d), (n_images, n_pixels), as recorded: between 0 and the maximum."""
    attacked = np.multiply(directions, eps, dtype=np.float32)
    attacked += images
    return np.clip(attacked, 0, kind.maximum, out=attacked)


def gradient_sign_attack(
    trained: ScaledNetwork,
    image: Images,
    kind: ImageKind,
    eps: float,
    label: int,
    *,
    is_target: bool = False,
) -> Floats:
    """Return an image, (n_pixels,) as recorded, attacked by one step along the gradient's sign.

    x' = clip(x + eps sign(dC/dx)) with the loss C for the true class, which makes the network
    less sure of it; or x' = clip(x - eps sign(dC/dx)) with the loss for a target, which draws the
    network toward that class.

    Parameters
    ----------
    image : (n_pixels,), as recorded
    eps : by how many gray levels each pixel is changed at most
    label : the true class; the one to be answered if `is_target`

    Raises
    ------
    ValueError : if there is no such class, or no such strength

    Source: I. Goodfellow, J. Shlens and C. Szegedy, Explaining and harnessing adversarial
    examples, ICLR 2015. With a target: A. Kurakin, I. Goodfellow and S. Bengio, Adversarial
    machine learning at scale, ICLR 2017.
    """
    check_class(trained.network, label)
    GRADIENT_SIGN.check(eps, kind)
    images, labels = image[np.newaxis], np.array([label])
    directions = attack_directions(trained, images, labels, is_target=is_target)
    attacked: Floats = changed(images, directions, kind, eps)[0]
    return attacked
