"""Units of a layer: many as small pictures, one at large, and what excites it."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.charts.class_balance import class_axis
from dashboard.charts.feature_values import feature_values, pixel_values
from dashboard.charts.figure import Figure, Trace, bar_trace, heatmap_trace, scatter_trace
from dashboard.charts.image_grid import (
    Images,
    corners,
    frame_around,
    gaps,
    image_at,
    image_grid,
    mosaic_figure,
)
from dashboard.charts.style import (
    BACKGROUND,
    DIVERGING,
    PRIMARY,
    TEXT,
    class_symbol,
    color,
    escape,
    feature_axis,
    feature_names,
    layout,
    short_name,
)

CAPTION_SIZE = 11  # pixels
CAPTION_LINES = 6  # of two, which on a phone are as high as six in proportion

Floats = npt.NDArray[np.floating[Any]]


def largest(values: Floats) -> float:
    """Return the largest finite |value|, for both ends of a scale; 1 if there is none above 0."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0)) or 1.0


def columns_of(n_units: int) -> int:
    """Return how many pictures stand in a row, for a place about as high as two thirds of it."""
    return max(1, math.ceil(math.sqrt(2 * n_units)))


def _scale(limit: float, measure: str) -> dict[str, Any]:
    bar = {"title": {"text": measure}, "thickness": 12, "outlinewidth": 0}
    return {"cmin": -limit, "cmax": limit, "showscale": True, "colorbar": bar}


def unit_grid(
    pictures: Images,
    captions: Sequence[str],
    *,
    title: str,
    measure: str,
    limit: float,
    chosen: int | None,
    revision: str,
) -> Figure:
    """Draw some units of a layer as small pictures on one scale, the same on both sides of 0.

    Parameters
    ----------
    pictures : (n_shown, height, width)
    captions : one a unit, of up to two lines
    measure : what the colors show
    limit : both ends of the scale
    chosen : position of the unit to put a frame around; None for none
    revision : a zoom lives as long as it stays the same
    """
    n_shown, height, width = pictures.shape
    columns, gap = columns_of(n_shown), gaps(height, width, CAPTION_LINES)
    places = corners(n_shown, columns, (height, width), gap)
    frame = [] if chosen is None else [frame_around(places[chosen], (height, width))]
    return mosaic_figure(
        pictures.astype(np.float32),
        ["<br>".join(map(escape, caption.split("\n"))) for caption in captions],
        title=title,
        columns=columns,
        coloraxis=DIVERGING,
        scale=_scale(limit, measure),
        hovertemplate=f"{measure} %{{z:.3g}}<extra></extra>",
        gap=gap,
        caption_size=CAPTION_SIZE,
        margin={"l": 0, "b": 0},
        shapes=frame,
        uirevision=revision,
    )


def unit_in_grid(index: tuple[int, ...], image_shape: tuple[int, int], n_shown: int) -> int | None:
    """Return the position of the unit at a place of the grid; None where there is none."""
    position = image_at(index, image_shape, columns_of(n_shown), CAPTION_LINES)
    return position if position is not None and position < n_shown else None


def unit_rows(
    weights: Floats,
    captions: Sequence[str],
    *,
    title: str,
    limit: float,
    chosen: int | None,
    revision: str,
    columns: Sequence[str] = (),
) -> Figure:
    """Draw some units as the rows of a map, a column for each feature of a table.

    Parameters
    ----------
    weights : (n_shown, n_features)
    columns : the names of the features; see `unit_grid` for the other parameters
    """
    n_shown, n_features = weights.shape
    trace = heatmap_trace(
        z=weights.astype(np.float32),
        x0=1,
        dx=1,
        coloraxis=DIVERGING,
        hoverongaps=False,
        hovertemplate="unit %{y}, feature %{x}<br>weight %{z:.3g}<extra></extra>",
    )
    edges = {"x0": 0.5, "x1": n_features + 0.5}
    line = {"color": PRIMARY, "width": 3}
    frame = {"type": "rect", "line": line, **edges}
    shapes = [] if chosen is None else [frame | {"y0": chosen - 0.5, "y1": chosen + 0.5}]
    rows = {
        "tickvals": list(range(n_shown)),
        "ticktext": [escape(caption.replace("\n", ": ")) for caption in captions],
        "autorange": "reversed",
        "automargin": True,
    }
    bare = {"showgrid": False, "zeroline": False}
    figure_layout = layout(
        title,
        x="feature",
        y="unit",
        xaxis=bare | feature_axis(n_features, columns),
        yaxis=bare | rows,
        coloraxis2=_scale(limit, "weight"),
        shapes=shapes,
        uirevision=revision,
    )
    return Figure([trace] if n_shown else [], figure_layout)


def unit_picture(picture: Images, *, title: str, measure: str) -> Figure:
    """Draw one unit at large, on a scale of its own.

    Parameters
    ----------
    picture : (height, width)
    """
    finite = np.where(np.isfinite(picture), picture, np.nan).astype(np.float32)
    limit = largest(finite)
    return pixel_values(
        finite, title=title, limit=limit, unit=measure, is_signed=True, is_written=False
    )


def unit_features(weights: Floats, *, title: str, columns: Sequence[str] = ()) -> Figure:
    """Draw what one unit adds up of the features of a table, a bar each."""
    finite = np.where(np.isfinite(weights), weights, np.nan).astype(np.float32)
    return feature_values(finite, title=title, unit="weight", columns=columns)


class InputPlane(NamedTuple):
    """The plane that points are in, and some of them.

    x, y : (n_x,) and (n_y,), where the lines of a grid are
    points, labels : (n_points, 2) and (n_points,)
    """

    x: Floats
    y: Floats
    points: Floats
    labels: npt.NDArray[np.intp]
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...] = ()


def answers_in_plane(
    answers: Floats, plane: InputPlane, *, title: str, measure: str, way: Floats | None = None
) -> Figure:
    """Draw what a unit answers at each point of the plane, and samples as points.

    Parameters
    ----------
    answers : (n_y, n_x)
    way : (n_steps, 2), a way through the plane; None for none
    """
    heatmap = heatmap_trace(
        x=plane.x,
        y=plane.y,
        z=answers.astype(np.float32),
        coloraxis=DIVERGING,
        zsmooth="best",
        hovertemplate=f"{measure} %{{z:.3g}}<extra></extra>",
    )
    points = [_points(plane, label, name) for label, name in enumerate(plane.class_names)]
    line = [] if way is None else [way_trace(way)]
    x, y = (short_name(name) for name in feature_names(2, plane.feature_names))
    bare = {"zeroline": False, "showgrid": False}
    figure_layout = layout(
        title,
        x=x,
        y=y,
        xaxis=bare,
        yaxis=bare,
        coloraxis2=_scale(largest(answers), measure),
        showlegend=False,
    )
    return Figure([heatmap, *points, *line], figure_layout)


def _points(plane: InputPlane, label: int, name: str) -> Trace:
    points = plane.points[plane.labels == label]
    return scatter_trace(
        x=points[:, 0],
        y=points[:, 1],
        mode="markers",
        marker={
            "color": color(label),
            "size": 6,
            "symbol": class_symbol(label),
            "line": {"color": BACKGROUND, "width": 1},
        },
        name=escape(name),
        hovertemplate=f"is {escape(name)}<extra></extra>",
    )


def way_trace(way: Floats) -> Trace:
    """Return a way through the plane, (n_steps, 2), as a line with a mark at its end."""
    last = len(way) - 1
    return scatter_trace(
        x=way[:, 0],
        y=way[:, 1],
        mode="lines+markers",
        line={"color": TEXT, "width": 3},
        marker={"color": TEXT, "size": [14 if i == last else 4 for i in range(len(way))]},
        hoverinfo="skip",
    )


def class_means_figure(means: Floats, class_names: Sequence[str], *, title: str, y: str) -> Figure:
    """Draw the mean activation of a unit for each class, (n_classes,); NaN leaves a gap."""
    bars = bar_trace(
        x=np.arange(len(means)),
        y=np.where(np.isfinite(means), means, np.nan).astype(np.float32),
        marker={"color": color(0)},
        hovertemplate="%{y:.3g}<extra></extra>",
    )
    return Figure(
        [bars],
        layout(title, x="class", y=y, xaxis=class_axis(class_names), yaxis={"rangemode": "tozero"}),
    )


def excitation_figure(
    images: Images, captions: Sequence[str], *, title: str, maximum: float, unit: str
) -> Figure:
    """Draw an input that is made step by step, as a row of images.

    Parameters
    ----------
    images : (n_shown, height, width), as recorded
    captions : one an image
    """
    return image_grid(
        np.clip(images, 0, maximum),
        captions,
        columns=len(images),
        title=title,
        maximum=maximum,
        unit=unit,
    )
