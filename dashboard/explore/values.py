"""How often each value occurs, and which features never change."""

from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard import session
from dashboard.charts.feature_values import feature_ranges, pixel_values, value_histogram
from dashboard.components.chart import show_chart
from data.datasets import Dataset
from experiments.exploration.statistics import Statistics, statistics_of
from experiments.training.prepared_data import PreparedData


def draw_values(prepared: PreparedData) -> None:
    """Draw the histogram of all values, and the mean and the spread of each feature."""
    dataset, statistics = prepared.dataset, statistics_of(prepared.dataset)
    st.markdown(constant_features_sentence(dataset, statistics))
    show_chart(
        value_histogram(statistics.histogram, unit=dataset.unit),
        key=session.HISTOGRAM_CHART,
        alt="How often each value occurs in all samples",
    )
    if dataset.image_shape is None:
        show_chart(
            feature_ranges(statistics, unit=dataset.unit, columns=dataset.feature_names),
            key=session.FEATURE_RANGES_CHART,
            alt="Mean, spread and limits of each feature",
        )
    else:
        _draw_pixels(dataset, dataset.image_shape, statistics)


def constant_features_sentence(dataset: Dataset, statistics: Statistics) -> str:
    """Say how many features are the same in all samples."""
    noun = "pixels" if dataset.image_shape else "features"
    n_constant, n_features = int(statistics.is_constant.sum()), dataset.n_features
    if not n_constant:
        return f"None of the {n_features:,} {noun} is the same in all samples."
    return (
        f"**{n_constant:,} of {n_features:,}** {noun} are the same in all {dataset.n_samples:,} "
        "samples. They tell the network nothing, and have no standard deviation for z-score to "
        "divide by."
    )


def _draw_pixels(dataset: Dataset, shape: tuple[int, int], statistics: Statistics) -> None:
    """Draw mean and spread of each pixel, and the pixels that never change, if there are any."""
    images = [
        ("Mean of all images", statistics.mean, dataset.unit, session.PIXEL_MEANS_CHART),
        ("Standard deviation", statistics.std, dataset.unit, session.PIXEL_STDS_CHART),
    ]
    if statistics.is_constant.any():
        is_constant = statistics.is_constant.astype(float)
        images.append(("Constant pixels", is_constant, "constant", session.CONSTANT_PIXELS_CHART))
    for column, (title, values, unit, key) in zip(st.columns(3), images, strict=False):
        with column:
            figure = pixel_values(
                values.reshape(shape),
                title=title,
                limit=largest_magnitude(values),
                unit=unit,
                is_written=False,
            )
            show_chart(figure, key=key, alt=f"An image: {title}")


def largest_magnitude(values: npt.NDArray[Any]) -> float:
    """Return the largest absolute value, or 1 if there is none above 0."""
    return float(np.nanmax(np.abs(values), initial=0)) or 1.0
