"""What a run learns from: a dataset, split into three parts and scaled."""

import weakref
from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Condition, Lock
from typing import Any

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache, TTLCache, cached

from data.datasets import (
    USUAL_POINTS,
    Dataset,
    Features,
    Labels,
    block_starts_of,
    load,
    load_points,
)
from data.own.checks import MAX_MAGNITUDE
from data.plane_features import COORDINATES, PLANE_FEATURES, plane_features
from data.scaling import SCALERS, Scaler
from data.split import SPLITS, Split
from experiments.config import DATA_SETTINGS, OWN, SETTINGS, RunConfig, is_in_plane
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
MOST_POINT_SETS = 200  # of at most half a megabyte; each that is shared has files of its own
SHARING = Lock()
DRAWN_BY = {*USUAL_POINTS, "point_noise"}  # the settings that decide on points in the plane
N_GENERATORS = 4  # of `random_generators`; what else is random in a run has the next ones
OWN_SECONDS = 900.0  # these are not kept for long after their page has gone


@dataclass(eq=False)
class PreparedData:
    """Samples in three parts; a part that holds no rows is None.

    The scaler has seen the training part only, and only the training part has weights.

    Attributes
    ----------
    dataset : with the features that the network is given
    recorded : the same samples before features were made of them
    features : names of these, if the samples are in the plane
    files : where worker processes find the samples, once they are shared
    """

    dataset: Dataset
    recorded: Dataset
    features: tuple[str, ...]
    split: Split
    scaler: Scaler
    training: Samples
    validation: Samples | None
    test: Samples | None
    files: SampleFiles | None = None

    @property
    def plane(self) -> npt.NDArray[np.float32] | None:
        """Where the samples are in the plane, (n_samples, 2); None if they are not in one."""
        X = self.recorded.X
        return X.astype(np.float32, copy=False) if X.shape[1] == 2 else None

    @property
    def has_coordinates(self) -> bool:
        """Whether the network is given the place of a sample in the plane, and nothing else."""
        return self.recorded is self.dataset and self.recorded.n_features == 2

    def inputs_at(self, points: npt.NDArray[np.float32]) -> Array:
        """Return what the network is given of points in the plane: their features, scaled.

        Parameters
        ----------
        points : (n_points, 2)
        """
        return self.scaler.transform(plane_features(points, self.features))

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
        recorded = {id(each): each.X.nbytes for each in (self.dataset, self.recorded)}
        return sum(recorded.values()) + scaled


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
    ValueError : if the classes are too small for the fractions held out, if one's own data are
        asked for and not given, or if there are no such features of them
    DownloadError : if the dataset has to be fetched, and cannot be
    """
    if config.dataset != OWN:
        is_drawn = is_in_plane({"dataset": config.dataset})
        return _prepare_points(config) if is_drawn else _prepare_shared(config)
    if own is None:
        raise ValueError("Your own data are not here. Give the file again, or choose a dataset.")
    return _prepare_own(config, own)


def recorded_dataset(config: RunConfig) -> Dataset:
    """Return the dataset of a run, if it is not one's own; points are drawn as the config says.

    Raises
    ------
    DownloadError : if the dataset has to be fetched, and cannot be
    """
    if not is_in_plane({"dataset": config.dataset}):
        return load(config.dataset)
    return load_points(config.dataset, **_settings_read(config, DRAWN_BY))


def has_features(config: RunConfig) -> bool:
    """Say whether the network of a run is given other features than its dataset has."""
    return config.features != COORDINATES and SETTINGS["features"].is_used(dict(config))


def with_features(dataset: Dataset, config: RunConfig) -> Dataset:
    """Return a dataset with the features that the network of a run is given.

    Raises
    ------
    ValueError : for features of samples that are not in the plane
    """
    if not has_features(config):
        return dataset
    if dataset.n_features != 2:
        raise ValueError(
            f"The features {', '.join(config.features)} are made of two columns, but your data "
            f"have {dataset.n_features:,}. Choose the features {', '.join(COORDINATES)}, which "
            "leave your data as they are, or give data with two columns."
        )
    with np.errstate(over="ignore"):
        X = plane_features(dataset.X, config.features)
    if not np.abs(X).max() <= MAX_MAGNITUDE:
        raise ValueError(
            f"The features {', '.join(config.features)} of your data are too large to compute "
            "with. Divide the columns by a power of ten first, or choose other features."
        )
    labels = tuple(PLANE_FEATURES[name].label for name in config.features)
    return replace(
        dataset,
        X=X,
        image_shape=None,
        maximum=float(np.abs(X).max()),
        has_fixed_range=False,
        feature_names=labels,
    )


def _data_key(config: RunConfig, own: Dataset | None = None) -> tuple[object, ...]:
    """Return what decides on the data; contiguous blocks do not depend on the seed.

    One's own data are the same only if they are the very same arrays.
    """
    settings = _settings_read(config, DATA_SETTINGS)
    if config.split == "blocks":
        del settings["seed"]
    return own, *settings.items()


def _settings_read(config: RunConfig, names: Iterable[str]) -> dict[str, Any]:
    """Return some settings, without those that have no effect, in the order of their names."""
    settings = dict(config)
    return {name: settings[name] for name in sorted(names) if SETTINGS[name].is_used(settings)}


def _bytes_of(prepared: "PreparedData") -> int:
    return prepared.n_bytes


@cached(
    LRUCache(CACHE_BYTES, getsizeof=_bytes_of),
    key=_data_key,
    condition=Condition(),  # two requests at once do the work once
)
def _prepare_shared(config: RunConfig) -> PreparedData:
    return _prepare(config, recorded_dataset(config))


@cached(LRUCache(MOST_POINT_SETS), key=_data_key, condition=Condition())
def _prepare_points(config: RunConfig) -> PreparedData:
    return _prepare(config, recorded_dataset(config))


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


def _prepare(config: RunConfig, recorded: Dataset) -> PreparedData:
    """Split and scale a dataset; the arrays become read-only."""
    dataset = with_features(recorded, config)
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
        recorded,
        config.features,
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
