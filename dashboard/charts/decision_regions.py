"""The plane in the colors of the predicted classes, with points of data."""

import numpy as np

from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.image_grid import shortened
from dashboard.charts.style import (
    BACKGROUND,
    class_symbol,
    color,
    escape,
    feature_names,
    layout,
    short_name,
)
from dashboard.charts.templates import Floats
from experiments.evaluation.decision_regions import DecisionRegions

MARGIN = {"l": 48, "t": 36, "b": 44}  # pixels
SQUARE = {"scaleanchor": "x", "constraintoward": "top"}
MOST_UNLIKE = 3.0  # so many times as long may one axis be as the other, on one scale
LONGEST_NAME = 20  # characters of a class in the legend


def class_areas(regions: DecisionRegions, label: int) -> tuple[Floats, Floats]:
    """Return outlines of where a network predicts `label`, as x and y, with NaN between two.

    Neighbors in a row of the grid make one rectangle. Each is a little higher than its row,
    so that no gaps are visible.
    """
    half_x, half_y = (regions.x[1] - regions.x[0]) / 2, (regions.y[1] - regions.y[0]) * 0.52
    is_predicted = np.pad(regions.classes == label, ((0, 0), (1, 1))).astype(np.int8)
    rows, edges = np.nonzero(np.diff(is_predicted, axis=1))  # where it begins and ends
    y = regions.y[rows[::2]]
    left, right = regions.x[edges[::2]] - half_x, regions.x[edges[1::2] - 1] + half_x
    gap = np.full_like(y, np.nan)
    xs = np.stack([left, right, right, left, left, gap], axis=1)
    ys = np.stack([y - half_y] * 2 + [y + half_y] * 2 + [y - half_y, gap], axis=1)
    return xs.ravel(), ys.ravel()


def _are_alike(x: Floats, y: Floats) -> bool:
    """Say whether two axes can have one scale; else the plane would be a thin strip."""
    width, height = x[-1] - x[0], y[-1] - y[0]
    return bool(width / MOST_UNLIKE <= height <= MOST_UNLIKE * width)


def decision_regions_figure(regions: DecisionRegions, title: str) -> Figure:
    """Draw the class predicted at each point of the plane, and held-out samples."""
    areas = [_area_trace(regions, label, name) for label, name in enumerate(regions.class_names)]
    points = [_point_trace(regions, label, name) for label, name in enumerate(regions.class_names)]
    x, y = (short_name(name) for name in feature_names(2, regions.feature_names))
    edge = {"zeroline": False, "showgrid": False, "constrain": "domain"}
    figure_layout = layout(
        title,
        x=x,
        y=y,
        showlegend=False,
        margin=MARGIN,
        xaxis=edge | {"range": [float(regions.x[0]), float(regions.x[-1])]},
        yaxis=edge
        | {"range": [float(regions.y[0]), float(regions.y[-1])]}
        | (SQUARE if _are_alike(regions.x, regions.y) else {}),
    )
    return Figure([*areas, *points], figure_layout)


def _area_trace(regions: DecisionRegions, label: int, name: str) -> Trace:
    """Return the area where a class is predicted."""
    xs, ys = class_areas(regions, label)
    return scatter_trace(
        x=xs,
        y=ys,
        fill="toself",
        fillcolor=color(label),
        mode="lines",
        line={"width": 0},
        opacity=0.3,
        hoverinfo="skip",
        name=f"predicted {escape(shortened(name, LONGEST_NAME))}",
    )


def _point_trace(regions: DecisionRegions, label: int, name: str) -> Trace:
    """Return the held-out samples of a class as points."""
    points = regions.points[regions.labels == label]
    return scatter_trace(
        x=points[:, 0],
        y=points[:, 1],
        mode="markers",
        marker={
            "color": color(label),
            "size": 8,
            "symbol": class_symbol(label),
            "line": {"color": BACKGROUND, "width": 1},
        },
        name=escape(shortened(name, LONGEST_NAME)),
        hovertemplate=f"is {escape(name)}<extra></extra>",
    )
