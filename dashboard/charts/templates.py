"""First-layer weights of two networks on one scale."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dashboard.charts.figure import Figure
from dashboard.charts.image_grid import mosaic_figure, short_caption
from dashboard.charts.style import DIVERGING
from experiments.comparison.networks import network_name
from experiments.training.run import Run

Floats: TypeAlias = npt.NDArray[np.floating[Any]]

MAX_FEATURES = 32  # hidden units shown
CLASS_COLUMNS, UNIT_COLUMNS = 5, 8  # of templates


def template_figures(single: Run, other: Run) -> tuple[Figure, Figure]:
    """Draw what enters the first units of two networks as images, on one scale around 0."""
    dataset = single.prepared_data().dataset
    height, width = dataset.image_shape or (1, dataset.n_features)
    templates, features = (
        run.network.weights[1][:MAX_FEATURES].reshape(-1, height, width) for run in (single, other)
    )
    limit = common_limit([templates, features])
    classes = [short_caption(name) for name in dataset.class_names]
    units = [str(i + 1) for i in range(len(features))]
    which = f"{len(templates)} of {len(classes)} classes"
    if len(templates) == len(classes):
        which = "each class"
    of_classes = f"{network_name(single.config)}: one template for {which}"
    of_units = (
        f"{network_name(other.config)}: {len(units)} of {other.network.sizes[1]} hidden units"
    )
    return (
        _weights_figure(templates, classes[: len(templates)], of_classes, limit, CLASS_COLUMNS),
        _weights_figure(features, units, of_units, limit, UNIT_COLUMNS),
    )


def common_limit(weights: Sequence[Floats]) -> float:
    """Return the largest weight of all in size, so that all images have one scale."""
    return max((float(np.abs(each).max()) for each in weights if each.size), default=1.0) or 1.0


def _weights_figure(
    images: Floats, captions: Sequence[str], title: str, limit: float, columns: int
) -> Figure:
    """Draw the weights of units as images, on a scale from -limit to limit."""
    bar = {"title": {"text": "weight", "font": {"size": 13}}, "thickness": 12, "len": 0.9}
    return mosaic_figure(
        images,
        captions,
        title=title,
        columns=columns,
        coloraxis=DIVERGING,
        scale={"cmin": -limit, "cmax": limit, "colorbar": bar},
        hovertemplate="weight %{z:.3g}<extra></extra>",
    )
