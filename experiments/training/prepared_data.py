"""What a run learns from: a dataset, split into three parts and scaled."""

import weakref
from dataclasses import dataclass
from threading import Condition, Lock

import numpy as np
from cachetools import LRUCache, TTLCache, cached

from data.datasets import Dataset, Features, Labels, block_starts_of, load
from data.scaling import SCALERS, Scaler
from data.split import SPLITS, Split
from experiments.config import DATA_SETTINGS, OWN, RunConfig
from experiments.training.shared_files import (
    Parts,
    SampleFiles,
    map_samples,
    remove,
    write_samples,
)
from mlp.arrays import Array
from mlp.samples import Samples, one_hot

CACHE_BYTES = 600_000_000  # MNIST takes 278 MB; a small server has less than 3 GB
OWN_BYTES = 200_000_000  # the same for readers' own data
SHARING = Lock()
N_GENERATORS = 4  # of `random_generators`; what else is random in a run has the next ones
OWN_SECONDS = 900.0  # these are not kept for long after their page has gone


@dataclass(eq=False)
class PreparedData:
    """Samples in three parts; a part that holds no rows is None.

    The scaler has seen the training part only, and only the training part has weights.

    Attributes
    ----------
    files : where worker processes find the samples, once they are shared
    """

    dataset: Dataset
    split: Split
    scaler: Scaler
    training: Samples
    validation: Samples | None
    test: Samples | None
    files: SampleFiles | None = None

    def parts(self) -> Parts:
        """Return the samples, part by part."""
        return Parts(self.training, self.validation, self.test)

    def share(self) -> SampleFiles:
        """Put the samples into files that all processes can map; from now on, this one does.

        Raises
        ------
        OSError : if there is no room for the files
        """
        with SHARING:
            if self.files is None:
                self.files = write_samples(self.parts())
                weakref.finalize(self, remove, self.files)
                self.training, self.validation, self.test = map_samples(self.files)
            return self.files

    def samples(self, part: str) -> Samples | None:
        """Return the samples of a part: training, validation or test; None if it is empty."""
        return {"training": self.training, "validation": self.validation, "test": self.test}[part]

    @property
    def n_bytes(self) -> int:
        """How much memory the samples take, as recorded and scaled."""
        parts = map(self.samples, self.split._fields)
        scaled = sum(part.X.nbytes + part.targets.nbytes for part in parts if part)
        return self.dataset.X.nbytes + scaled


def random_generators(seed: int) -> list[np.random.Generator]:
    """Return random generators for the split, the initial weights, the batches and dropout.

    They are independent: two networks with one seed see the same samples in the same
    order, whatever their layers.
    """
    return [
        np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(N_GENERATORS)
    ]


def prepare(config: RunConfig, own: Dataset | None = None) -> PreparedData:
    """Load, split and scale the data of a run.

    Runs that agree on the data share one copy, in every session of the process.

    Parameters
    ----------
    own : the user's own samples, if the config uses them

    Raises
    ------
    ValueError : if the classes are too small for the fractions held out, or if one's own
        data are asked for and not given
    DownloadError : if the dataset has to be fetched, and cannot be
    """
    if config.dataset != OWN:
        return _prepare_shared(config)
    if own is None:
        raise ValueError("Your own data are not here. Give the file again, or choose a dataset.")
    return _prepare_own(config, own)


def _data_key(config: RunConfig, own: Dataset | None = None) -> tuple[object, ...]:
    """Return what decides on the data; contiguous blocks do not depend on the seed.

    One's own data are the same only if they are the very same arrays.
    """
    settings = config.model_dump(include=DATA_SETTINGS)
    if config.split == "blocks":
        del settings["seed"]
    return own, *settings.items()


def _bytes_of(prepared: "PreparedData") -> int:
    return prepared.n_bytes


@cached(
    LRUCache(CACHE_BYTES, getsizeof=_bytes_of),
    key=_data_key,
    condition=Condition(),  # two requests at once do the work once
)
def _prepare_shared(config: RunConfig) -> PreparedData:
    return _prepare(config, load(config.dataset))


@cached(
    TTLCache(OWN_BYTES, ttl=OWN_SECONDS, getsizeof=_bytes_of),
    key=_data_key,
    condition=Condition(),
)
def _prepare_own(config: RunConfig, own: Dataset) -> PreparedData:
    return _prepare(config, own)


def split_rows(config: RunConfig, dataset: Dataset) -> Split:
    """Return which rows of a dataset a run learns from, watches, and is tested on.

    Raises
    ------
    ValueError : if the classes are too small for the fractions held out
    """
    return SPLITS[config.split](
        dataset.labels,
        validation_fraction=config.validation_fraction,
        test_fraction=config.test_fraction,
        rng=random_generators(config.seed)[0],
        block_starts=block_starts_of(dataset.name),
    )


def _prepare(config: RunConfig, dataset: Dataset) -> PreparedData:
    """Split and scale a dataset; the arrays become read-only."""
    split = split_rows(config, dataset)
    scaler = SCALERS[config.scaling](dataset.X[split.training], dataset.known_maximum)

    training, validation, test = (
        scaled_samples(dataset.X[rows], dataset.labels[rows], dataset.n_classes, scaler)
        for rows in split
    )
    if config.class_weight == "balanced":
        training = training._replace(weights=balanced_weights(dataset.labels[split.training]))
    for samples in (training, validation, test):
        samples.each(freeze)
    return PreparedData(
        dataset,
        split,
        scaler,
        training,
        validation if len(split.validation) else None,
        test if len(split.test) else None,
    )


def scaled_samples(X: Features, labels: Labels, n_classes: int, scaler: Scaler) -> Samples:
    """Return samples as a network gets them: scaled, each with its target.

    Parameters
    ----------
    X : (n_samples, n_features), as recorded
    labels : (n_samples,), from 0 to n_classes - 1
    """
    return Samples(scaler.transform(X), one_hot(labels, n_classes, np.float32))


def balanced_weights(labels: Labels) -> Array:
    """Return weights, (n_samples,), that let every class count the same; their mean is 1.

    A sample of class c weighs n / (K n_c), for n samples, n_c of them in class c, and K
    classes that have any.
    """
    _, classes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights: Array = (len(labels) / (len(counts) * counts))[classes].astype(np.float32)
    return weights


def freeze(array: Array) -> Array:
    """Return an array as it is, read-only from now on."""
    array.setflags(write=False)
    return array
