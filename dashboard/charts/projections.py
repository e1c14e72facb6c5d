"""Samples as points: where each class lies."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.charts.figure import Figure, Trace, scatter_3d_trace, scatter_trace
from dashboard.charts.image_grid import shortened
from dashboard.charts.style import BORDER, N_COLORS, TEXT, class_symbol, color, escape, layout

PART_SYMBOLS = ("circle", "diamond-open", "x-thin-open")
MOST_IN_LEGEND = 20
LONGEST_NAME = 20  # characters
EYE = {"x": 1.6, "y": 1.6, "z": 0.9}  # where one stands at first, in lengths of the cube

Places = npt.NDArray[np.intp]


class Group(NamedTuple):
    """Points that look alike.

    places : of these points among all points
    """

    name: str
    color: int
    symbol: str
    places: Places


def groups_by_class(labels: npt.NDArray[np.intp], class_names: Sequence[str]) -> list[Group]:
    """Return a group for each class; beyond the tenth, colors repeat with another symbol."""
    return [
        Group(name, i % N_COLORS, class_symbol(i), np.flatnonzero(labels == i))
        for i, name in enumerate(class_names)
    ]


def split_by_part(
    groups: Sequence[Group],
    rows: npt.NDArray[np.intp],
    parts: Mapping[str, npt.NDArray[np.intp]],
) -> list[Group]:
    """Divide each group by the part of the split, with a shape for each part.

    Parameters
    ----------
    rows : (n_points,), the row of the dataset that each point stands for
    parts : rows of each part, by name
    """
    return [
        Group(f"{group.name}, {name}", group.color, symbol, of_part)
        for group in groups
        for symbol, (name, rows_of_part) in zip(PART_SYMBOLS, parts.items(), strict=True)
        if len(of_part := group.places[np.isin(rows[group.places], rows_of_part)])
    ]


def point_at(groups: Sequence[Group], trace: int, index: tuple[int, ...]) -> int | None:
    """Return the place of the point that a click has hit; None where there is none."""
    if trace >= len(groups) or len(index) != 1 or index[0] >= len(groups[trace].places):
        return None
    return int(groups[trace].places[index[0]])


def scatter(
    points: npt.NDArray[Any],
    groups: Sequence[Group],
    rows: npt.NDArray[np.intp],
    *,
    title: str,
    axes: Sequence[str],
    chosen: int | None = None,
    revision: str = "",
    is_equal: bool = False,
) -> Figure:
    """Draw points in two dimensions or, with three axes, in three.

    Parameters
    ----------
    points : (n_points, 2 or more)
    rows : (n_points,), the row of the dataset that each point stands for
    axes : their titles
    chosen : the place of the point to put a ring around
    revision : zoom and turn live as long as it stays the same
    is_equal : whether both axes have one scale
    """
    points = np.asarray(points, np.float32)
    traces = [group_trace(points, group, rows, len(axes)) for group in groups]
    if chosen is not None:
        traces.append(_ring(points[chosen], len(axes)))
    common: dict[str, Any] = {
        "uirevision": revision,
        "legend": {"itemsizing": "constant", "uirevision": "always"},
        "showlegend": len(groups) <= MOST_IN_LEGEND,
    }
    if len(axes) == 3:
        return Figure(traces, layout(title, **_space(axes, revision), **common))
    scale = {"scaleanchor": "x"} if is_equal else {}
    return Figure(traces, layout(title, x=axes[0], y=axes[1], yaxis=scale, **common))


def _space(axes: Sequence[str], revision: str) -> dict[str, Any]:
    """Return three axes in a cube that can be turned."""
    names = dict(zip(("xaxis", "yaxis", "zaxis"), map(space_axis, axes), strict=True))
    view = {"aspectmode": "cube", "uirevision": revision, "camera": {"eye": EYE}}
    return {"scene": names | view, "margin": {"l": 0, "r": 0, "b": 0}}


def space_axis(title: str) -> dict[str, object]:
    """Return an axis in space; the colors of flat ones are the browser's to fill in."""
    return {
        "title": {"text": title, "font": {"size": 12}},
        "tickfont": {"size": 10},
        "color": TEXT,
        "gridcolor": BORDER,
        "zerolinecolor": BORDER,
        "showbackground": False,
    }


def _coordinates(points: npt.NDArray[np.float32], n_axes: int) -> dict[str, object]:
    return {name: points[:, i] for i, name in enumerate("xyz"[:n_axes])}


def group_trace(
    points: npt.NDArray[np.float32], group: Group, rows: npt.NDArray[np.intp], n_axes: int = 2
) -> Trace:
    """Return the points of a group, in the plane or in space.

    Parameters
    ----------
    points : (n_points, n_axes or more), of all groups
    rows : (n_points,), the row of the dataset that each point stands for
    """
    kind, size = (scatter_3d_trace, 4) if n_axes == 3 else (scatter_trace, 7)
    return kind(
        name=escape(shortened(group.name, LONGEST_NAME)),
        mode="markers",
        marker={
            "color": color(group.color),
            "symbol": group.symbol,
            "size": size,
            "opacity": 0.75,
        },
        customdata=rows[group.places],
        hovertemplate=f"{escape(group.name[:40])}<br>sample %{{customdata}}<extra></extra>",
        **_coordinates(points[group.places], n_axes),
    )


def _ring(point: npt.NDArray[np.float32], n_axes: int) -> Trace:
    """Return the points of a group, in the plane or in space."""
    kind, size, width = (scatter_3d_trace, 12, 4) if n_axes == 3 else (scatter_trace, 18, 3)
    return kind(
        name="chosen",
        mode="markers",
        marker={"symbol": "circle-open", "size": size, "color": TEXT, "line": {"width": width}},
        hoverinfo="skip",
        **_coordinates(point[np.newaxis], n_axes),
    )
