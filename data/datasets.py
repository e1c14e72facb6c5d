"""The datasets, each as plain arrays with what is needed to show and to cite it."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, TypeAlias
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from data import download
from data.idx import read_labeled_images
from data.toy import (
    DrawPoints,
    blobs,
    circles,
    curve,
    draw_points,
    linear,
    moons,
    spirals,
    xor,
)

Labels: TypeAlias = npt.NDArray[np.intp]
Features: TypeAlias = npt.NDArray[np.uint8 | np.float32]

DIGITS = Path(__file__).with_name("digits.npz")
MOST_DRAWN = 100  # sets of points that are kept, of 60 kB at most
USUAL_POINTS: dict[str, Any] = {
    "points": 600,
    "label_noise": 0.0,
    "point_classes": 3,
    "points_seed": 0,
    "curve": "sine",
}
"""How points in the plane are drawn, by the names of the settings of a run; the noise depends on
the set."""

DIGITS_BLOCK_STARTS = (0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667)
"""The rows of the digits at which another writer begins.

All wrote the same 130 digits in the same order, three times 0 to 9 and then a hundred more;
a few were lost. A writer begins wherever the labels begin that sequence anew, which gives 14
blocks of 122 to 130 rows. The files name no writers; UCI counts 13 of them, so that two
blocks may be by one person.
"""

FASHION = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Labeled samples as they were recorded. A dataset is equal only to itself.

    Attributes
    ----------
    name : its name in a link and in a config
    title : its name on the screen
    X : (n_samples, n_features), read-only; pixels stay the bytes they are, uint8, and all
        else is float32
    labels : (n_samples,), read-only, indices into `class_names`
    class_names : what the labels mean
    image_shape : (height, width) of a sample in pixels; None if a sample is no image
    maximum : the largest absolute value of a feature, for the scale of its colors
    unit : what a feature measures
    source : who made it, and under which license
    has_fixed_range : whether `maximum` follows from what a feature is, such as 255 for a byte
        of ink; otherwise it was found among all samples, and training must not make use of it
    feature_names : the names of the columns of a table; empty where there are none
    inverted_from : what the pixels were subtracted from, so that ink is high; None if they are
        as recorded
    """

    name: str
    title: str
    X: Features
    labels: Labels
    class_names: tuple[str, ...]
    image_shape: tuple[int, int] | None
    maximum: float
    unit: str
    source: str
    has_fixed_range: bool = False
    feature_names: tuple[str, ...] = ()
    inverted_from: float | None = None

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

    @property
    def known_maximum(self) -> float | None:
        """The largest absolute value, if it is known without a look at the samples."""
        return self.maximum if self.has_fixed_range else None


class RowOrder(NamedTuple):
    """Whether consecutive rows belong together, so that a split in blocks means something.

    reason : why they do or do not, in a sentence for the screen
    block_starts : the row at which each block begins, where that is known, 0 first
    """

    has_blocks: bool
    reason: str
    block_starts: tuple[int, ...] = ()


@dataclass(frozen=True)
class PointSet:
    """How a set of points in the plane is drawn.

    Attributes
    ----------
    draw : a function of `data.toy`
    options : what it takes besides, each with the name of the setting that it comes from
    """

    draw: DrawPoints
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DatasetEntry:
    """What is known of a dataset before it is loaded.

    Attributes
    ----------
    title : its name on the screen
    load : makes the dataset from its name and its title, and points in the plane from settings
        as well; `data.datasets.load` calls it once
    row_order : whether a split in blocks holds out something that the random split does not
    script_source : the expression by which an exported script gets the samples, with {name}
        for the name of the dataset
    script_packages : what the script needs besides NumPy, by the names that pip knows
    settings : the usual settings of a run on it, by their names, where they are not those that
        suit most datasets
    has_images : whether its samples are images
    point_set : how its points are drawn, if they are points in the plane
    """

    title: str
    load: Callable[..., Dataset]
    row_order: RowOrder
    script_source: str
    script_packages: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    has_images: bool = False
    point_set: PointSet | None = None


def _digits(name: str, title: str) -> Dataset:
    """Read the digits that come with the project."""
    try:
        with DIGITS.open("rb") as file, np.load(file) as stored:
            pixels, labels = stored["pixels"], stored["labels"]
    except (OSError, ValueError, LookupError, EOFError, BadZipFile, zlib.error) as error:
        raise ValueError(
            f"'{DIGITS.name}', which comes with the project, is missing or damaged. Put the "
            "project's own file back into its folder 'data'."
        ) from error
    return Dataset(
        name=name,
        title=title,
        X=pixels,
        labels=labels.astype(np.intp),
        class_names=tuple("0123456789"),
        image_shape=(8, 8),
        maximum=16.0,
        unit="ink",
        source="E. Alpaydin and C. Kaynak (1998), UCI Machine Learning Repository, CC BY 4.0",
        has_fixed_range=True,
    )


def _idx_files(
    name: str, title: str, *, class_names: tuple[str, ...], unit: str, source: str
) -> Dataset:
    """Read the four files of a set made like MNIST: the training rows, then the test rows."""
    folder = download.fetch(name)
    paths = [folder / file for file in download.FILES]
    training, training_labels = read_labeled_images(*paths[:2])
    test, test_labels = read_labeled_images(*paths[2:])
    _, height, width = training.shape
    return Dataset(
        name=name,
        title=title,
        X=np.concatenate([training, test]).reshape(-1, height * width),
        labels=np.concatenate([training_labels, test_labels]).astype(np.intp),
        class_names=class_names,
        image_shape=(height, width),
        maximum=255.0,
        unit=unit,
        source=source,
        has_fixed_range=True,
    )


def _idx_entry(
    title: str, row_order: RowOrder, *, class_names: tuple[str, ...], unit: str, source: str
) -> DatasetEntry:
    """Describe a set made like MNIST; its files are in `download.ORIGINALS`."""
    folder = f'Path(os.environ.get("{download.FOLDER_VARIABLE}", ".")) / "{{name}}"'
    return DatasetEntry(
        title,
        partial(_idx_files, class_names=class_names, unit=unit, source=source),
        row_order,
        script_source=f"read_idx_folder({folder})",
        settings={"split": "blocks", "validation_fraction": 1 / 7, "test_fraction": 1 / 7},
        has_images=True,
    )


def _points(
    name: str, title: str, *, point_set: PointSet, point_noise: float, **settings: Any
) -> Dataset:
    """Draw points in the plane; see `load_points`."""
    chosen = USUAL_POINTS | settings
    options = {option: chosen[setting] for option, setting in point_set.options.items()}
    X, labels = draw_points(
        point_set.draw,
        chosen["points"],
        point_noise,
        chosen["label_noise"],
        chosen["points_seed"],
        **options,
    )
    return Dataset(
        name=name,
        title=title,
        X=X,
        labels=labels,
        class_names=tuple("ABCDE"[: options.get("n_classes", 2)]),
        image_shape=None,
        maximum=float(np.abs(X).max()),
        unit="position",
        source="drawn at random with a fixed seed",
    )


def _toy_entry(
    title: str,
    draw: DrawPoints,
    *,
    noise: float,
    options: Mapping[str, str] | None = None,
    **settings: Any,
) -> DatasetEntry:
    """Describe points in the plane; the name of the set is that of the function.

    Parameters
    ----------
    noise : by which the points are usually moved, a standard deviation
    options : as in `PointSet`
    settings : of a small network whose validation accuracy is near the best that the noise
        allows, with each of ten seeds
    """
    point_set = PointSet(draw, options or {})
    return DatasetEntry(
        title,
        partial(_points, point_set=point_set, point_noise=noise),
        RowOrder(
            has_blocks=False,
            reason="Each of these points was drawn on its own. Consecutive rows have nothing in "
            "common, and a split in blocks is as random as any other.",
        ),
        script_source=_points_source(point_set.options),
        settings={"point_noise": noise, **settings},
        point_set=point_set,
    )


def _points_source(options: Mapping[str, str]) -> str:
    """Return the expression by which an exported script draws points."""
    settings = ("POINTS", "POINT_NOISE", "LABEL_NOISE", "POINTS_SEED")
    more = [f"{name}={setting.upper()}" for name, setting in options.items()]
    n_classes = options.get("n_classes", "2").upper()
    return f"from_points(draw_points({', '.join(('{name}', *settings, *more))}), {n_classes})"


ONE_SMALL_LAYER: dict[str, Any] = {"hidden_layers": (8,), "learning_rate": 0.02, "epochs": 40}

DATASETS: dict[str, DatasetEntry] = {
    "digits": DatasetEntry(
        "Handwritten digits, 8 × 8 pixels",
        _digits,
        RowOrder(
            has_blocks=True,
            reason="The rows of this dataset were recorded writer after writer. They are cut only "
            "where a writer ends, nearest to the shares that the settings ask for.",
            block_starts=DIGITS_BLOCK_STARTS,
        ),
        script_source="read_digits()",
        script_packages=("scikit-learn",),
        has_images=True,
    ),
    "mnist": _idx_entry(
        "MNIST: handwritten digits, 28 × 28 pixels",
        RowOrder(True, "The last 10,000 rows of MNIST are by other writers than the first 60,000."),
        class_names=tuple("0123456789"),
        unit="ink",
        source="Y. LeCun, C. Cortes and C. J. C. Burges (1998), the MNIST database",
    ),
    "fashion-mnist": _idx_entry(
        "Fashion-MNIST: pieces of clothing, 28 × 28 pixels",
        RowOrder(
            has_blocks=False,
            reason="Each image shows a different article of clothing. There are no writers to "
            "hold out.",
        ),
        class_names=FASHION,
        unit="brightness",
        source="H. Xiao, K. Rasul and R. Vollgraf (2017), Zalando Research, MIT license",
    ),
    "linear": _toy_entry("Linear: on either side of a line", linear, noise=0.05, **ONE_SMALL_LAYER),
    "xor": _toy_entry("XOR: opposite quadrants", xor, noise=0.05, **ONE_SMALL_LAYER),
    "circles": _toy_entry("Circles: one within the other", circles, noise=0.08, **ONE_SMALL_LAYER),
    "moons": _toy_entry(
        "Moons: two half circles", moons, noise=0.12, **ONE_SMALL_LAYER | {"hidden_layers": (8, 8)}
    ),
    "spirals": _toy_entry(
        "Spirals: two arms",
        spirals,
        noise=0.02,
        hidden_layers=(16, 16),
        activation="tanh",
        learning_rate=0.02,
        epochs=150,
    ),
    "blobs": _toy_entry(
        "Blobs: clouds in a circle",
        blobs,
        noise=0.3,
        options={"n_classes": "point_classes"},
        **ONE_SMALL_LAYER,
    ),
    "curve": _toy_entry(
        "Curve: below and above it",
        curve,
        noise=0.05,
        options={"boundary": "curve"},
        hidden_layers=(16, 16),
        activation="tanh",
        learning_rate=0.02,
        epochs=60,
    ),
}

_LOCKS = {name: Lock() for name in DATASETS}  # one each: a download holds up only its own dataset


def block_starts_of(name: str) -> tuple[int, ...]:
    """Return the row at which each block of a dataset begins; none if that is not known."""
    return DATASETS[name].row_order.block_starts if name in DATASETS else ()


def load_points(name: str, **settings: Any) -> Dataset:
    """Return points in the plane, drawn as some settings of a run say.

    Callers that ask for the same get the same arrays, as long as these are kept.

    Parameters
    ----------
    name : of a dataset that is a `PointSet`
    settings : those of `USUAL_POINTS` that it reads, and `point_noise`; the usual ones for those
        not given
    """
    with _LOCKS[name]:
        return _load_points(name, **settings)


@lru_cache(MOST_DRAWN)
def _load_points(name: str, **settings: Any) -> Dataset:
    entry = DATASETS[name]
    return entry.load(name, entry.title, **settings)


def load(name: str) -> Dataset:
    """Return a dataset, loaded once; every caller gets the same arrays.

    Raises
    ------
    ValueError : if there is no dataset of that name
    DownloadError : if its files are missing and cannot be downloaded
    """
    if name not in DATASETS:
        raise ValueError(f"There is no dataset '{name}'. Choose one of: {', '.join(DATASETS)}.")
    with _LOCKS[name]:
        return _load(name)


@cache
def _load(name: str) -> Dataset:
    entry = DATASETS[name]
    return entry.load(name, entry.title)
