"""The datasets, each as plain arrays with the facts needed to show and to cite it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Labels: TypeAlias = npt.NDArray[np.intp]
Features: TypeAlias = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Dataset:
    """Labelled samples, as they were recorded.

    Attributes
    ----------
    name : how it is called in a link and in a config
    title : how it is called on the screen
    X : (n_samples, n_features) float32, read-only, values from 0 to `maximum`
    labels : (n_samples,), read-only, indices into `class_names`
    class_names : what the labels mean
    image_shape : (height, width) of a sample in pixels
    maximum : the largest value a feature can take
    unit : what a feature measures
    source : whom to thank
    """

    name: str
    title: str
    X: Features
    labels: Labels
    class_names: tuple[str, ...]
    image_shape: tuple[int, int]
    maximum: float
    unit: str
    source: str

    def __post_init__(self) -> None:
        self.X.setflags(write=False)
        self.labels.setflags(write=False)

    @property
    def n_samples(self) -> int:
        """How many samples there are."""
        return len(self.X)

    @property
    def n_features(self) -> int:
        """How many numbers a sample has."""
        return int(self.X.shape[1])

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)


def _digits() -> Dataset:
    with np.load(Path(__file__).with_name("digits.npz")) as stored:
        pixels, labels = stored["pixels"], stored["labels"]
    return Dataset(
        name="digits",
        title="Handwritten digits, 8 × 8 pixels",
        X=pixels.astype(np.float32),
        labels=labels.astype(np.intp),
        class_names=tuple("0123456789"),
        image_shape=(8, 8),
        maximum=16.0,
        unit="ink",
        source="E. Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository, CC BY 4.0",
    )


DATASETS: dict[str, Callable[[], Dataset]] = {"digits": _digits}


@cache
def load(name: str) -> Dataset:
    """Return a dataset; the same arrays for everyone who asks.

    Raises
    ------
    ValueError : if there is no dataset of that name
    """
    if name not in DATASETS:
        raise ValueError(f"There is no dataset '{name}'. Choose one of: {', '.join(DATASETS)}.")
    return DATASETS[name]()
