"""The plane in the colors of the predicted classes, with points of data."""

from html import escape

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.projections import N_COLORS, SYMBOLS
from dashboard.charts.style import (
    BACKGROUND,
    PCA_2D,
    color,
    layout,
)
from dashboard.charts.templates import Floats
from experiments.evaluation.decision_regions import DecisionRegions


def class_areas(land: DecisionRegions, label: int) -> tuple[Floats, Floats]:
    """Return outlines of where a network says `label`, as x and y, with NaN between two.

    Neighbors in a row of the grid make one rectangle. Each is a little higher than its row,
    so that there are no gaps to shine through.
    """
    half_x, half_y = (land.x[1] - land.x[0]) / 2, (land.y[1] - land.y[0]) * 0.52
    said = np.pad(land.classes == label, ((0, 0), (1, 1))).astype(np.int8)
    rows, edges = np.nonzero(np.diff(said, axis=1))  # where it begins to say so, and ends
    y = land.y[rows[::2]]
    left, right = land.x[edges[::2]] - half_x, land.x[edges[1::2] - 1] + half_x
    gap = np.full_like(y, np.nan)
    xs = np.stack([left, right, right, left, left, gap], axis=1)
    ys = np.stack([y - half_y] * 2 + [y + half_y] * 2 + [y - half_y, gap], axis=1)
    return xs.ravel(), ys.ravel()


def decision_regions_figure(land: DecisionRegions, title: str) -> go.Figure:
    """Draw what a network says all over the plane, and samples that it has not learned from."""
    areas = [_area_trace(land, label, name) for label, name in enumerate(land.class_names)]
    points = [_point_trace(land, label, name) for label, name in enumerate(land.class_names)]
    edge = {"zeroline": False, "showgrid": False, "constrain": "domain"}
    figure_layout = layout(
        title,
        x=PCA_2D[0],
        y=PCA_2D[1],
        showlegend=False,
        margin={"l": 48},
        xaxis=edge | {"range": [float(land.x[0]), float(land.x[-1])]},
        yaxis=edge
        | {"range": [float(land.y[0]), float(land.y[-1])], "scaleanchor": "x"}
        | {"constraintoward": "top"},
    )
    return go.Figure([*areas, *points], figure_layout)


def _area_trace(land: DecisionRegions, label: int, name: str) -> go.Scatter:
    xs, ys = class_areas(land, label)
    return go.Scatter(
        x=xs,
        y=ys,
        fill="toself",
        fillcolor=color(label),
        mode="lines",
        line={"width": 0},
        opacity=0.3,
        hoverinfo="skip",
        name=f"says {escape(name)}",
    )


def symbol(label: int) -> str:
    """Return the symbol of a class; where a color comes again, it has another symbol."""
    return SYMBOLS[(label + label // N_COLORS) % len(SYMBOLS)]


def _point_trace(land: DecisionRegions, label: int, name: str) -> go.Scatter:
    mine = land.points[land.labels == label]
    return go.Scatter(
        x=mine[:, 0],
        y=mine[:, 1],
        mode="markers",
        marker={
            "color": color(label),
            "size": 8,
            "symbol": symbol(label),
            "line": {"color": BACKGROUND, "width": 1},
        },
        name=escape(name),
        hovertemplate=f"is {escape(name)}<extra></extra>",
    )
