"""What the first layer looks for: the weights of each unit, as a picture where they are one."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard.charts.figure import Figure, heatmap_trace
from dashboard.charts.image_grid import mosaic_figure
from dashboard.charts.style import DIVERGING, feature_axis, layout, whole_numbers
from mlp.arrays import Array

MAX_UNITS = 32
NUMBER_SIZE = 11  # of the letters below a picture, in pixels
MAX_VALUES = 13_000  # 16 pictures of 28 x 28, or about 200 kB on their way to the browser


class Shown(NamedTuple):
    """The units of one page.

    weights : (n_shown, n_inputs) float32
    first : the first of them, counted from 0
    n_units : of the whole layer
    largest : |w|, among those shown: both ends of the scale
    """

    weights: Array
    first: int
    n_units: int
    largest: float

    @property
    def title(self) -> str:
        """What is shown, in words."""
        last = self.first + len(self.weights)
        if not last:
            return "Weights into layer 1"
        return f"Weights into layer 1: units {self.first + 1} to {last} of {self.n_units}"


def units_per_page(n_inputs: int) -> int:
    """Return how many units are shown at a time, so that a picture stays light."""
    return max(1, min(MAX_UNITS, MAX_VALUES // n_inputs))


def shown_units(weights: Array, first: int = 0) -> Shown:
    """Return a page of the units of a layer.

    Parameters
    ----------
    weights : (n_units, n_inputs)
    first : the first unit of the page, from 0; beyond the last one, the last is shown
    """
    n_units, n_inputs = weights.shape
    first = max(0, min(first, n_units - 1))
    page = weights[first : first + units_per_page(n_inputs)].astype(np.float32)
    sizes = np.abs(page[np.isfinite(page)])
    return Shown(page, first, n_units, float(sizes.max(initial=0)))


def weight_figure(
    weights: Array,
    image_shape: tuple[int, int] | None,
    *,
    first: int = 0,
    revision: str = "",
    columns: Sequence[str] = (),
) -> Figure:
    """Draw the weights of some units on one scale, the same on both sides of 0.

    Where samples are images, each unit is a picture. Else a row of one map is a unit, and a
    column a feature.

    Parameters
    ----------
    weights : (n_units, n_inputs), those that enter layer 1
    image_shape : (height, width) of a sample; None if samples are no images
    first : the first unit to show, from 0
    revision : a zoom lives as long as it stays the same
    columns : the names of the features, where samples are rows of a table that names them
    """
    shown = shown_units(weights, first)
    if image_shape is None:
        return _map(shown, columns, revision)
    return _images(shown, image_shape, revision)


def _scale(largest: float) -> dict[str, Any]:
    end = largest or 1.0  # all weights may be 0
    bar = {"title": {"text": "weight"}, "thickness": 12, "outlinewidth": 0}
    return {"cmin": -end, "cmax": end, "showscale": True, "colorbar": bar}


def _map(shown: Shown, columns: Sequence[str], revision: str) -> Figure:
    """Draw one row a unit and one column a feature."""
    n_units, n_features = shown.weights.shape
    trace = heatmap_trace(
        z=shown.weights,
        x0=1,
        dx=1,
        y0=shown.first + 1,
        dy=1,
        coloraxis=DIVERGING,
        hoverongaps=False,
        hovertemplate="unit %{y}, feature %{x}<br>weight %{z:.3g}<extra></extra>",
    )
    figure_layout = layout(
        shown.title,
        x="feature",
        y="unit of layer 1",
        xaxis={"showgrid": False, "zeroline": False, **feature_axis(n_features, columns)},
        yaxis={
            "showgrid": False,
            "zeroline": False,
            "autorange": "reversed",
            **whole_numbers(n_units),
        },
        coloraxis2=_scale(shown.largest),
        uirevision=revision,
    )
    return Figure([trace] if n_units else [], figure_layout)


def columns_of(n_units: int) -> int:
    """Return how many pictures stand in a row: more than rows, for these hold numbers, too."""
    return max(1, math.ceil(math.sqrt(1.3 * n_units)))


def _images(shown: Shown, image_shape: tuple[int, int], revision: str) -> Figure:
    """Draw one picture a unit, with its number below, as one mosaic: it is drawn often."""
    images = shown.weights.reshape(-1, *image_shape)
    return mosaic_figure(
        images,
        [str(shown.first + i) for i in range(1, len(images) + 1)],
        title=shown.title,
        columns=columns_of(len(images)),
        coloraxis=DIVERGING,
        scale=_scale(shown.largest),
        hovertemplate="weight %{z:.3g}<extra></extra>",
        caption_size=NUMBER_SIZE,
        margin={"l": 0, "b": 0},
        uirevision=revision,
    )
