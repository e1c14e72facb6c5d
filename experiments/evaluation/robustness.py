"""How much damage networks stand: the accuracy on the test part against the strength of a damage.

Nothing is chosen by these accuracies, or the test part would no longer be one. Each network is
measured on the test part of its own run, as it may have learned from other test parts.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from data.augmentation import Floats
from data.corruption import CORRUPTIONS, Corruption, Damage, ImageKind, Images, corrupt
from data.datasets import Labels
from data.split import Rows
from experiments.background.limits import MAX_TEST_IMAGES
from experiments.evaluation.attack import (
    GRADIENT_SIGN,
    ScaledNetwork,
    attack_directions,
    changed,
)
from experiments.evaluation.clopper_pearson import interval
from experiments.training.prepared_data import PreparedData

DAMAGES: dict[str, Damage] = {**CORRUPTIONS, GRADIENT_SIGN.name: GRADIENT_SIGN}
"""All damages by name; the last one knows the network."""

BLOCK = 250  # samples damaged at once: 5 to 50 ms of MNIST, for the largest network 270
N_STRENGTHS, N_SIGNED_STRENGTHS = 9, 13  # with 0 among them
EXAMPLE = Path(__file__).with_suffix(".json")  # written by docs/robustness.py


@dataclass(frozen=True, eq=False)
class HeldOutImages:
    """The images of a test part, as recorded.

    Attributes
    ----------
    X : (n_rows, n_pixels), all images of the dataset
    labels : (n_rows,)
    rows : (n_samples,), those of the test part in random order, at most MAX_TEST_IMAGES
    chance : the share that guessing reads right: that of the largest class
    """

    X: Images
    labels: Labels
    rows: Rows
    kind: ImageKind
    chance: float

    @property
    def n_blocks(self) -> int:
        """How many blocks there are."""
        return -(-len(self.rows) // BLOCK)

    def block(self, number: int) -> tuple[Images, Labels]:
        """Return some of the images, (n, n_pixels), and their labels, (n,)."""
        rows = self.rows[number * BLOCK : (number + 1) * BLOCK]
        return self.X[rows], self.labels[rows]


def held_out_images(prepared: PreparedData) -> HeldOutImages:
    """Return the test part of what a run learned from.

    Raises
    ------
    ValueError : if there is none, or if its samples are no images
    """
    dataset, rows = prepared.dataset, prepared.split.test
    if dataset.image_shape is None:
        raise ValueError("Only images can be damaged, and these samples are none.")
    if not len(rows):
        raise ValueError("No samples were held out for the test part. Hold some out, and train.")
    kind = ImageKind(dataset.image_shape, dataset.maximum)
    chosen = np.random.default_rng(0).permutation(rows)[:MAX_TEST_IMAGES]
    chance = float(np.bincount(dataset.labels[chosen]).max() / len(chosen))
    return HeldOutImages(dataset.X, dataset.labels, chosen, kind, chance)


class Curve(NamedTuple):
    """How many of the samples so far a network read right, by the strength of a damage.

    strengths : (n_strengths,), rising, with 0 among them, in the unit of the damage
    n_right : (n_strengths,)
    """

    strengths: npt.NDArray[np.float64]
    n_right: npt.NDArray[np.int64]
    n_samples: int

    @property
    def accuracies(self) -> npt.NDArray[np.float64]:
        """The shares that are read right, (n_strengths,), 0 to 1; of no samples, 0."""
        return self.n_right / max(self.n_samples, 1)

    @property
    def intervals(self) -> npt.NDArray[np.float64]:
        """The limits between which each lies with 95 % confidence, (n_strengths, 2)."""
        return np.array([interval(int(n), self.n_samples) for n in self.n_right])

    def with_block(self, n_right: Sequence[int], n_samples: int) -> "Curve":
        """Return the curve with some more samples."""
        return Curve(self.strengths, self.n_right + n_right, self.n_samples + n_samples)


def strengths_of(damage: Damage, kind: ImageKind) -> npt.NDArray[np.float64]:
    """Return the strengths at which a damage is measured, evenly spaced, rising."""
    n = N_SIGNED_STRENGTHS if damage.is_signed else N_STRENGTHS
    return np.linspace(*damage.limits(kind), n)


def empty_curve(damage: Damage, kind: ImageKind) -> Curve:
    """Return a curve before the first sample."""
    strengths = strengths_of(damage, kind)
    return Curve(strengths, np.zeros(len(strengths), np.int64), 0)


def count_right(
    trained: ScaledNetwork,
    damage: Damage,
    images: Images,
    labels: Labels,
    kind: ImageKind,
    seed: int,
) -> list[int]:
    """Return how many images are read right at each strength of a damage.

    What is drawn at random is the same at each strength and for each network.

    Parameters
    ----------
    images : (n_images, n_pixels), as recorded
    labels : (n_images,)
    """
    return [
        int(np.count_nonzero(trained.answers(damaged) == labels))
        for damaged in _damaged(trained, damage, images, labels, kind, seed)
    ]


def _damaged(
    trained: ScaledNetwork,
    damage: Damage,
    images: Images,
    labels: Labels,
    kind: ImageKind,
    seed: int,
) -> Iterator[Floats]:
    """Yield the images, (n_images, n_pixels), with each strength of a damage in turn."""
    strengths = strengths_of(damage, kind)
    if isinstance(damage, Corruption):
        for strength in strengths:
            yield corrupt(images, kind, damage, float(strength), seed=seed)
    else:
        directions = attack_directions(trained, images, labels)
        for eps in strengths:
            yield changed(images, directions, kind, float(eps))


def measure(trained: ScaledNetwork, part: HeldOutImages, damage: Damage) -> Iterator[Curve]:
    """Yield the curve of a network after each block of the test part; the last one is whole."""
    curve = empty_curve(damage, part.kind)
    for number in range(part.n_blocks):
        images, labels = part.block(number)
        n_right = count_right(trained, damage, images, labels, part.kind, number)
        curve = curve.with_block(n_right, len(labels))
        yield curve


class Example(NamedTuple):
    """Curves that were measured beforehand, to show what a measurement will look like.

    curves : by the name of the network, then by that of the damage
    """

    chance: float
    curves: dict[str, dict[str, Curve]]


EXAMPLE_KIND = ImageKind((8, 8), 16.0)


@cache
def example() -> Example:
    """Return the curves of some networks on the small digits."""
    stored = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    curves = {
        network: {
            name: empty_curve(DAMAGES[name], EXAMPLE_KIND).with_block(n_right, stored["n_samples"])
            for name, n_right in of_network.items()
        }
        for network, of_network in stored["n_right"].items()
    }
    return Example(stored["chance"], curves)
