"""One sample, or one number for each pixel: large, with the values in the cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.charts.class_balance import class_axis
from dashboard.charts.figure import Figure, Trace, bar_trace, heatmap_trace, scatter_trace
from dashboard.charts.image_grid import PICTURE_AXES, Images
from dashboard.charts.style import (
    BORDER,
    DIVERGING,
    LEGEND,
    SEQUENTIAL,
    escape,
    feature_axis,
    layout,
    readable_on,
)
from experiments.exploration.statistics import Histogram, Statistics

LARGEST_WRITTEN = 16  # pixels a side; in smaller cells no number can be read
PICTURE_HEIGHT = 420  # pixels on the screen
TITLE_HEIGHT = 44
LETTERS = (6, 16)  # pixels: the smallest and the largest


def decimals(values: Images) -> int:
    """Return how many decimals tell the values apart: none for whole numbers."""
    return 0 if np.array_equal(values, np.rint(values)) else 2


def pixel_values(
    image: Images,
    *,
    title: str,
    limit: float,
    unit: str,
    is_signed: bool = False,
    is_written: bool = True,
) -> Figure:
    """Draw an image with the value of each pixel written in it, where there is room.

    Parameters
    ----------
    image : (height, width), values up to `limit`
    title : fit for Plotly
    is_signed : whether values may be negative; then the colors run from -limit to limit
    is_written : whether to write the values where there is room, or to leave them to the mouse
    """
    coloraxis, low = (DIVERGING, -limit) if is_signed else (SEQUENTIAL, 0)
    figure = pixel_figure(
        image,
        title=title,
        limits=(low, limit),
        hover=f"<br>{escape(unit)}: %{{z:.4g}}",
        coloraxis=coloraxis,
        showlegend=False,
        shapes=[_edge(*image.shape)],
        margin={"l": 0, "r": 0, "t": TITLE_HEIGHT, "b": 0},
        **PICTURE_AXES,
    )
    if is_written and max(image.shape) <= LARGEST_WRITTEN:
        numbers = _numbers(image, (low, limit), coloraxis)
        figure = Figure([*figure.data, numbers], figure.layout)
    return figure


def pixel_figure(
    image: Images,
    *,
    title: str,
    limits: tuple[float, float],
    hover: str,
    coloraxis: str = SEQUENTIAL,
    **more: Any,
) -> Figure:
    """Draw an image whose rows and columns are counted from 1.

    Parameters
    ----------
    image : (height, width)
    limits : both ends of the color scale
    hover : what the mouse shows after the row and the column
    more : further settings of Plotly's layout
    """
    heatmap = heatmap_trace(
        z=image,
        x0=1,
        dx=1,
        y0=1,
        dy=1,
        coloraxis=coloraxis,
        hovertemplate=f"row %{{y}}, column %{{x}}{hover}<extra></extra>",
    )
    low, high = limits
    more[coloraxis] = {"cmin": low, "cmax": high, "showscale": False}
    return Figure([heatmap], layout(title, **more))


def number_size(image: Images) -> int:
    """Return how large the numbers in the cells may be, in pixels of the screen."""
    room = (PICTURE_HEIGHT - TITLE_HEIGHT) / max(*image.shape, 1)  # of a cell, in pixels
    smallest, largest = LETTERS
    return max(smallest, min(largest, int(room * (0.34 if decimals(image) else 0.5))))


def _edge(height: int, width: int) -> dict[str, Any]:
    """Return a line around an image, whose empty pixels look like the page."""
    corners = {"x0": 0.5, "y0": 0.5, "x1": width + 0.5, "y1": height + 0.5}
    return {"type": "rect", "line": {"color": BORDER, "width": 1}, **corners}


def _numbers(image: Images, ends: tuple[float, float], scale: str) -> Trace:
    """Return the values as words, each in the color that can be read on its cell."""
    rows, columns = np.indices(image.shape)
    values, n_decimals, (low, high) = image.ravel(), decimals(image), ends
    return scatter_trace(
        x=columns.ravel() + 1,
        y=rows.ravel() + 1,
        text=[f"{value:.{n_decimals}f}" for value in values],
        mode="text",
        textfont={
            "size": number_size(image),
            "color": [readable_on(float(value - low) / (high - low), scale) for value in values],
        },
        hoverinfo="skip",
    )


def feature_values(values: Images, *, title: str, unit: str, columns: Sequence[str] = ()) -> Figure:
    """Draw the features of a sample that is no image, a bar each.

    Parameters
    ----------
    columns : the names of the features, as in `feature_names`
    """
    bars = bar_trace(
        x=np.arange(1, len(values) + 1),
        y=values,
        hovertemplate="feature %{x}: %{y:.4g}<extra></extra>",
    )
    axis = feature_axis(len(values), columns)
    return Figure([bars], layout(title, x="feature", y=escape(unit), xaxis=axis))


def value_histogram(histogram: Histogram, *, unit: str) -> Figure:
    """Draw how often values come, in percent of all values."""
    edges, total = histogram.edges, histogram.counts.sum()
    is_whole = bool((np.diff(edges) == 1).all())
    bars = bar_trace(
        x=edges[:-1] if is_whole else (edges[:-1] + edges[1:]) / 2,
        y=100 * histogram.counts / max(total, 1),
        width=np.diff(edges) * 0.92,
        customdata=np.stack([edges[:-1], edges[1:], histogram.counts], axis=1),
        hovertemplate="from %{customdata[0]:.4g} to below %{customdata[1]:.4g}: "
        "%{y:.3g} % (%{customdata[2]:,})<extra></extra>",
    )
    return Figure(
        [bars],
        layout(
            "How often each value occurs",
            x=escape(unit),
            y="of all values (%, log scale)",
            yaxis={"type": "log", "tickvals": [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100]},
        ),
    )


def feature_ranges(statistics: Statistics, *, unit: str, columns: Sequence[str] = ()) -> Figure:
    """Draw the mean, the spread and the limits of each feature of a table, by their names."""
    spread = {"error_y": {"array": statistics.std}}
    traces = [
        _of_each_feature("mean ± standard deviation", statistics.mean, "circle", **spread),
        _of_each_feature("smallest", statistics.smallest, "triangle-up-open"),
        _of_each_feature("largest", statistics.largest, "triangle-down-open"),
    ]
    figure_layout = layout(
        "Each feature over all samples",
        x="feature",
        y=escape(unit),
        xaxis=feature_axis(len(statistics.mean), columns),
        hovermode="x unified",
        legend=LEGEND,
    )
    return Figure(traces, figure_layout)


def _of_each_feature(name: str, values: Images, symbol: str, **more: object) -> Trace:
    return scatter_trace(
        name=name,
        x=np.arange(1, len(values) + 1),
        y=values,
        mode="markers",
        marker={"symbol": symbol, "size": 8},
        hovertemplate=f"{name.split()[0]} %{{y:.4g}}",
        **more,
    )


def profiles(statistics: Statistics) -> Images:
    """Return how far each class lies from the mean of all, (n_classes, n_features).

    In standard deviations of the feature; 0 for a feature that is always the same.
    """
    spread = np.where(statistics.std > 0, statistics.std, 1)
    distances: Images = (statistics.class_means - statistics.mean) / spread
    return distances


def class_profiles(
    statistics: Statistics, class_names: Sequence[str], columns: Sequence[str] = ()
) -> Figure:
    """Draw what sets each class apart, in a table of features, by their names."""
    distances = profiles(statistics)
    limit = float(np.nanmax(np.abs(distances), initial=1))
    heatmap = heatmap_trace(
        z=distances,
        x0=1,
        dx=1,
        coloraxis=DIVERGING,
        hovertemplate="class %{y}, feature %{x}: %{z:.2f} deviations<extra></extra>",
    )
    return Figure(
        [heatmap],
        layout(
            "Mean of each class, compared with the overall mean",
            x="feature",
            y="class",
            coloraxis2={
                "cmin": -limit,
                "cmax": limit,
                "colorbar": {"title": {"text": "standard<br>deviations"}},
            },
            xaxis=feature_axis(distances.shape[1], columns),
            yaxis=class_axis(class_names, most=15),
        ),
    )
