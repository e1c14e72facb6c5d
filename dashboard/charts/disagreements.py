"""Images that only one of two networks gets right."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dashboard.charts.figure import Figure
from dashboard.charts.image_grid import Gaps, mosaic_figure, short_caption
from dashboard.charts.style import SEQUENTIAL, escape
from data.datasets import Dataset
from data.split import Rows
from experiments.evaluation.predictions import Predictions

SHOWN_IMAGES = 8  # that only one gets right: a row


class OnlyRight(NamedTuple):
    """Samples that one network gets right and another does not.

    rows : where the first few of them stand in their dataset
    captions : the right answer, and below it the wrong one, ready to be drawn
    title : says how many there are in all
    """

    rows: Rows
    captions: list[str]
    title: str


def only_right(predictions: Sequence[Predictions], names: Sequence[str], part: str) -> OnlyRight:
    """Return samples that the first of two networks gets right, and the other does not.

    Both have answered the samples of one part, in the same order.
    """
    first, other = predictions
    places = np.flatnonzero(first.is_right & ~other.is_right)
    shown = places[:SHOWN_IMAGES]
    captions = [
        "<br>not ".join(short_caption(first.class_names[label]) for label in (right, wrong))
        for right, wrong in zip(first.labels[shown], other.predicted[shown], strict=True)
    ]
    count = f"{len(places):,} of {len(first.rows):,} {part} images"
    return OnlyRight(first.rows[shown], captions, f"Only {names[0]} is right: {count}")


def only_right_figure(found: OnlyRight, dataset: Dataset) -> Figure:
    """Draw the images, each with two lines of words below it."""
    height, width = dataset.image_shape or (1, dataset.n_features)
    hover = f"{escape(dataset.unit)}: %{{z:.3g}} of {dataset.maximum:g}<extra></extra>"
    return mosaic_figure(
        dataset.X[found.rows].reshape(-1, height, width),
        found.captions,
        title=found.title,
        columns=SHOWN_IMAGES,
        coloraxis=SEQUENTIAL,
        scale={"cmin": 0, "cmax": dataset.maximum, "showscale": False},
        hovertemplate=hover,
        gap=Gaps(width // 2 + 1, round(0.75 * height) + 1),
    )
