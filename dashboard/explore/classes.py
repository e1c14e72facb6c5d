"""How many samples each class has, and what the samples of a class have in common."""

import numpy as np
import numpy.typing as npt

from dashboard import session
from dashboard.charts.class_balance import class_balance, class_counts
from dashboard.charts.feature_values import class_profiles
from dashboard.charts.image_grid import grid_height, image_grid
from dashboard.components.chart import show_chart
from dashboard.explore.values import largest_magnitude
from data.datasets import Dataset
from experiments.exploration.statistics import Statistics, statistics_of
from experiments.training.prepared_data import PreparedData

COLUMNS, ROW_HEIGHT = 10, 110  # pixels: an image with its caption


def draw_classes(prepared: PreparedData) -> None:
    """Draw the size of each class, and the mean and the spread of its samples."""
    dataset, statistics = prepared.dataset, statistics_of(prepared.dataset)
    counts = class_counts(dataset.labels, prepared.split._asdict(), dataset.n_classes)
    show_chart(
        class_balance(counts, dataset.class_names),
        key=session.CLASS_BALANCE_CHART,
        alt="Number of samples of each class in each part",
    )
    if dataset.image_shape is None:
        show_chart(
            class_profiles(statistics, dataset.class_names, dataset.feature_names),
            key=session.CLASS_PROFILES_CHART,
            alt="How far the mean of each feature in each class lies from that of all samples",
        )
    else:
        _draw_means_and_stds(dataset, statistics)


def _draw_means_and_stds(dataset: Dataset, statistics: Statistics) -> None:
    """Draw two images for each class: the mean and the standard deviation of each pixel."""
    _draw_class_images(
        dataset,
        statistics.class_means,
        name="Mean",
        meaning="what the images of a class share",
        key=session.CLASS_MEANS_CHART,
    )
    _draw_class_images(
        dataset,
        statistics.class_stds,
        name="Standard deviation",
        meaning="where they differ",
        key=session.CLASS_STDS_CHART,
    )


def _draw_class_images(
    dataset: Dataset, values: npt.NDArray[np.float64], *, name: str, meaning: str, key: str
) -> None:
    """Draw one image for each class.

    Parameters
    ----------
    values : (n_classes, n_features)
    """
    shape = dataset.image_shape or (1, dataset.n_features)
    figure = image_grid(
        values.reshape(-1, *shape),
        dataset.class_names,
        columns=COLUMNS,
        title=f"{name} image of each class: {meaning}",
        maximum=largest_magnitude(values),
        unit=dataset.unit,
    )
    height = grid_height(dataset.n_classes, COLUMNS, ROW_HEIGHT)
    alt = f"The {name.lower()} of each pixel for each class"
    show_chart(figure, key=key, alt=alt, height=height)
