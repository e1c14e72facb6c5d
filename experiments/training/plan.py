"""How large a run will be, and what its settings come to: optimizer and schedule."""

from typing import NamedTuple

import numpy as np

from data.augmentation import DISTORTIONS, Augmentation, Distortions
from data.datasets import Dataset
from data.scaling import largest_value
from experiments.config import RunConfig, optimizer_settings, unused_settings
from experiments.training.prepared_data import PreparedData, prepare
from mlp.losses import LOSSES, Objective
from mlp.network import MAX_PARAMETERS, Network, count_parameters
from mlp.optimizers import OPTIMIZERS, Optimizer
from mlp.schedules import Schedule

BYTES_PER_NUMBER = 4
ARRAYS_PER_LAYER = 4  # weighted inputs, activations, slopes and deltas
ARRAYS_PER_NETWORK = 8  # parameters, gradient, two of the optimizer state, and copies
MAX_SIGMAS = 32  # sides of an image: a finer elastic field takes too long to be drawn
THREADED_STEP = 10_000_000  # from here on, a second BLAS thread saves more than it costs


class Plan(NamedTuple):
    """The size of a run, known before it starts.

    sizes : units of each layer, input and output included
    n_training, n_validation, n_test : samples of each part
    batch_size : samples a step
    steps_per_epoch : batches that make one pass over the training samples
    is_augmented : whether images are distorted beside the training
    """

    sizes: tuple[int, ...]
    n_parameters: int
    n_training: int
    n_validation: int
    n_test: int
    batch_size: int
    steps_per_epoch: int
    is_augmented: bool = False

    @property
    def n_bytes(self) -> int:
        """How much memory a step takes, about: what each layer holds, and all parameters."""
        batch = ARRAYS_PER_LAYER * self.batch_size * sum(self.sizes)
        return BYTES_PER_NUMBER * (batch + ARRAYS_PER_NETWORK * self.n_parameters)

    @property
    def samples_in_words(self) -> str:
        """How many samples each part has that has any."""
        parts = {
            "training": self.n_training,
            "validation": self.n_validation,
            "test": self.n_test,
        }
        return ", ".join(f"{n:,} {part}" for part, n in parts.items() if n) + " samples"

    @property
    def blas_threads(self) -> int | None:
        """How many threads suit the matrix products; None for as many as there are cores."""
        is_small = self.n_parameters * self.batch_size < THREADED_STEP
        return 1 if is_small or self.is_augmented else None  # distorting takes a core as well


def plan(config: RunConfig, own: Dataset | None = None) -> Plan:
    """Work out how large a run will be.

    Parameters
    ----------
    own : the user's own samples, if the config uses them

    Raises
    ------
    ValueError : if the network has more than MAX_PARAMETERS parameters, or
        a batch larger than the training part
    """
    prepared = prepare(config, own)
    return plan_with(config, prepared, len(prepared.split.training))


def plan_with(config: RunConfig, prepared: PreparedData, n_training: int) -> Plan:
    """Return the plan of a run on data that are prepared; see `plan`.

    Parameters
    ----------
    n_training : how many samples it learns from
    """
    dataset = prepared.dataset
    n_validation, n_test = len(prepared.split.validation), len(prepared.split.test)
    sizes = (dataset.n_features, *config.hidden_layers, dataset.n_classes)
    n_parameters = count_parameters(sizes)
    if n_parameters > MAX_PARAMETERS:
        raise ValueError(
            f"This network would have {n_parameters:,} parameters; the most is "
            f"{MAX_PARAMETERS:,}. Take fewer or smaller hidden layers."
        )
    batch_size = n_training if config.full_batch else config.batch_size
    if batch_size > n_training:
        raise ValueError(
            f"A batch of {batch_size:,} is more than the {n_training:,} training samples. "
            "Take a smaller batch, or the full batch."
        )
    _check_augmentation(config, dataset)
    return Plan(
        sizes,
        n_parameters,
        n_training,
        n_validation,
        n_test,
        batch_size,
        steps_per_epoch=-(-n_training // batch_size),
        is_augmented=bool(distortions_of(config)),
    )


def _check_augmentation(config: RunConfig, dataset: Dataset) -> None:
    """Refuse to distort what is no image, or elastically in more detail than can be computed."""
    distortions, shape = distortions_of(config), dataset.image_shape
    if distortions and not shape:
        raise ValueError(
            "Augmentation distorts images, and your data are not images. Set its shift, rotation "
            "and so on to 0."
        )
    if shape and distortions.elastic and max(shape) > MAX_SIGMAS * distortions.elastic_sigma:
        raise ValueError(
            f"An elastic sigma of {distortions.elastic_sigma:g} is too fine for images of "
            f"{shape[0]} x {shape[1]} pixels. Choose {max(shape) / MAX_SIGMAS:.3g} or more, or no "
            "elastic distortion."
        )


def distortions_of(config: RunConfig) -> Distortions:
    """Return how much the training images of a run are distorted; points never are."""
    used = set(DISTORTIONS) - unused_settings(dict(config))
    return Distortions(**config.model_dump(include=used))


def make_network(config: RunConfig, sizes: tuple[int, ...], rng: np.random.Generator) -> Network:
    """Return the network that a config asks for, with random weights."""
    return Network(
        sizes,
        activation=config.activation,
        output=config.output,
        weight_init=config.weight_init,
        bias_init=config.bias_init,
        rng=rng,
    )


def make_objective(config: RunConfig) -> Objective:
    """Return what a config asks training to minimize: the loss and its penalties."""
    return Objective(LOSSES[config.loss], l1=config.l1, l2=config.l2)


def make_optimizer(config: RunConfig, network: Network) -> Optimizer:
    """Return the optimizer that a config asks for."""
    settings = config.model_dump(include=optimizer_settings(config.optimizer))
    return OPTIMIZERS[config.optimizer](network, **settings)


def make_schedule(config: RunConfig) -> Schedule:
    """Return how the learning rate changes in a run."""
    return Schedule(
        config.schedule,
        decay=config.decay,
        decay_every=config.decay_every,
        warmup_epochs=config.warmup_epochs,
    )


def make_augmentation(config: RunConfig, prepared: PreparedData) -> Augmentation | None:
    """Return what distorts the training images of a run; None if nothing does."""
    dataset, distortions = prepared.dataset, distortions_of(config)
    if not (dataset.image_shape and distortions):
        return None
    return Augmentation(
        dataset.image_shape,
        distortions,
        largest_value(dataset.X[prepared.split.training], dataset.known_maximum),
        config.seed,
        prepared.scaler,
    )
