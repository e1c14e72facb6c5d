"""What a run learns from: a dataset, dealt out in three parts and scaled."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from data.datasets import Dataset, load
from data.scaling import SCALERS, Scaler
from data.split import Rows, Split, stratified_split
from experiments.config import RunConfig
from mlp.training import Samples, one_hot

DATA_SETTINGS = {"dataset", "seed", "scaling", "validation_fraction", "test_fraction"}


@dataclass(frozen=True)
class Material:
    """Samples in three parts; a part that holds no rows is None.

    The scaler has seen the training part only.
    """

    dataset: Dataset
    split: Split
    scaler: Scaler
    training: Samples
    validation: Samples | None
    test: Samples | None


def random_streams(seed: int) -> list[np.random.Generator]:
    """Return the sources of chance for the split, the first weights and the batches.

    They are independent: two networks with one seed see the same samples in the same
    order, whatever their layers.
    """
    return [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(3)]


def prepare(config: RunConfig) -> Material:
    """Load, split and scale the data of a run.

    Runs that agree on the data share one copy, in every session of the process.

    Raises
    ------
    ValueError : if the classes are too small for the fractions held out
    """
    return _prepare(RunConfig(**config.model_dump(include=DATA_SETTINGS)))


@lru_cache(maxsize=8)
def _prepare(config: RunConfig) -> Material:
    dataset = load(config.dataset)
    split = stratified_split(
        dataset.labels,
        validation_fraction=config.validation_fraction,
        test_fraction=config.test_fraction,
        rng=random_streams(config.seed)[0],
    )
    scaler = SCALERS[config.scaling](dataset.X[split.training], dataset.maximum)

    def part(rows: Rows) -> Samples:
        targets = one_hot(dataset.labels[rows], dataset.n_classes, np.float32)
        samples = Samples(scaler.transform(dataset.X[rows]), targets)
        for array in samples:
            array.setflags(write=False)
        return samples

    training, validation, test = (part(rows) for rows in split)
    return Material(
        dataset,
        split,
        scaler,
        training,
        validation if len(split.validation) else None,
        test if len(split.test) else None,
    )
