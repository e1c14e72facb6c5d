"""The loss around a network: as a map with contour lines, or as a surface in space.

The color scale is logarithmic, as losses differ by powers of ten: the traces hold log10(loss), and
the ticks and the mouse show the loss.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.charts.figure import Figure, Trace, scatter_3d_trace, scatter_trace
from dashboard.charts.projections import space_axis
from dashboard.charts.style import BACKGROUND, SEQUENTIAL, TEXT, color, escape, layout
from experiments.inspection.loss_landscape import ProjectedPath, capped, interpolated

MOST_LINES = 16  # of the contour
LINE_STEPS = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0)  # between two contour lines, in powers of ten
TICKS = ((1, 2, 5), (1, 3), (1,))  # digits of the losses that are named, the most that have room
MOST_TICKS = 7
FIRST_COLOR, N_COLORS = 1, 7  # orange for the run that is shown, and what stands out for others
LEGEND: dict[str, Any] = {
    "orientation": "h",
    "x": 0,
    "yref": "container",
    "y": 0,
    "yanchor": "bottom",
    "uirevision": "always",
}
UNUSED_COLORS = 0.2  # of the span of the losses: the first colors are hardly those of a page
LIFT = 0.01  # of the height of the picture: so far is a path above the surface
N_BETWEEN = 12  # steps from a snapshot to the next
EYE = {"x": 1.7, "y": 1.25, "z": 1.2}  # where one stands at first, in lengths of the cube

LINE_COLOR = f"{TEXT[:-1]}_90)"

Floats = npt.NDArray[np.float64]


class LossMap(NamedTuple):
    """What is drawn of a landscape.

    x, y : (n_columns,) and (n_rows,)
    losses, accuracies : (n_rows, n_columns), NaN while unknown; losses may be infinite
    paths : the run that is shown first
    axes : the titles of both
    """

    x: Floats
    y: Floats
    losses: Floats
    accuracies: Floats
    paths: Sequence[ProjectedPath]
    axes: tuple[str, str]


class Heights(NamedTuple):
    """The logarithms of losses: (n_rows, n_columns), from low to high."""

    values: npt.NDArray[np.float32]
    low: float
    high: float


def _heights(losses: Floats) -> Heights:
    values = np.log10(capped(losses).losses).astype(np.float32)
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    return Heights(values, low, max(high, low + LINE_STEPS[0]))


def line_step(losses: Floats) -> float:
    """Return the distance of two contour lines in powers of ten."""
    heights = _heights(losses)
    span = heights.high - heights.low
    return next((step for step in LINE_STEPS if span / step <= MOST_LINES), LINE_STEPS[-1])


def _lines(losses: Floats, heights: Heights) -> dict[str, float]:
    """Return where the contour lines are: at whole multiples of their distance."""
    step = line_step(losses)
    first = float(step * np.ceil(heights.low / step))
    return {"start": first, "end": heights.high, "size": step}


def contour_figure(shown: LossMap, title: str, revision: str = "") -> Figure:
    """Draw a landscape as a map: the darker (in dark mode, the lighter), the larger the loss."""
    heights = _heights(shown.losses)
    contour: Trace = {
        "type": "contour",
        "name": "loss",
        "x": shown.x.astype(np.float32),
        "y": shown.y.astype(np.float32),
        "z": heights.values,
        "coloraxis": SEQUENTIAL,
        "contours": {"coloring": "heatmap", **_lines(shown.losses, heights)},
        "line": {"width": 0.8, "color": LINE_COLOR},
        **_hover(shown),
    }
    paths = [trace for path in shown.paths for trace in _path_traces(path)]
    marks = [_mark("start", "circle", 0), _mark("end", "diamond", 1)] if shown.paths else []
    figure_layout = layout(
        title,
        coloraxis=_color_scale(heights),
        legend=LEGEND,
        showlegend=True,
        margin={"b": 96},
        uirevision=revision,
        xaxis=_flat_axis(shown.axes[0], shown.x),
        yaxis=_flat_axis(shown.axes[1], shown.y),
    )
    return Figure([contour, *paths, *marks, _middle()], figure_layout)


def _flat_axis(title: str, coordinates: Floats) -> dict[str, Any]:
    return {
        "title": {"text": title, "standoff": 8, "font": {"size": 13}},
        "range": [float(coordinates[0]), float(coordinates[-1])],
        "zeroline": False,
        "showgrid": False,
    }


def _hover(shown: LossMap) -> Trace:
    return {
        "customdata": np.stack([shown.losses, 100 * shown.accuracies], axis=2).astype(np.float32),
        "hovertemplate": "loss %{customdata[0]:.4g}, %{customdata[1]:.1f} % right<extra></extra>",
    }


def _color_scale(heights: Heights) -> dict[str, Any]:
    named = _tick_losses(heights)
    bar = {
        "title": {"text": "loss (log scale)", "side": "right"},
        "thickness": 12,
        "tickvals": [float(np.log10(loss)) for loss in named],
        "ticktext": [f"{loss:g}" for loss in named],
    }
    unused = UNUSED_COLORS * (heights.high - heights.low)
    return {"cmin": heights.low - unused, "cmax": heights.high, "colorbar": bar}


def _tick_losses(heights: Heights) -> list[float]:
    """Return round losses between the smallest and the largest."""
    powers = range(int(np.floor(heights.low)), int(np.ceil(heights.high)) + 1)
    for digits in TICKS:
        every = [float(f"{digit}e{power}") for power in powers for digit in digits]
        found = [loss for loss in every if heights.low <= np.log10(loss) <= heights.high]
        if len(found) <= MOST_TICKS:
            break
    return found


def path_color(path: ProjectedPath) -> str:
    """Return the color of a path."""
    return color(FIRST_COLOR + path.number % N_COLORS)


def _path_hover(path: ProjectedPath) -> Trace:
    """Return what the mouse shows of a snapshot: its own loss, which is not that of the plane."""
    data = np.stack([path.epochs, path.losses, path.distances], axis=1).astype(np.float32)
    return {
        "customdata": data,
        "hovertemplate": f"{escape(path.name)}, epoch %{{customdata[0]:.3g}}"
        "<br>its own loss %{customdata[1]:.4g}"
        "<br>%{customdata[2]:.3g} away from the plane<extra></extra>",
    }


def _path_traces(path: ProjectedPath) -> list[Trace]:
    """Return the path of a run, on a wider line that sets it off from the map."""
    x, y = path.coordinates.T.astype(np.float32)
    halo = scatter_trace(
        x=x,
        y=y,
        mode="lines",
        line={"width": 6, "color": BACKGROUND},
        hoverinfo="skip",
        showlegend=False,
    )
    line = scatter_trace(
        name=escape(path.name),
        x=x,
        y=y,
        mode="lines",
        line={"width": 2.5, "color": path_color(path)},
        hoverinfo="skip",
    )
    snapshots = scatter_trace(
        x=x,
        y=y,
        mode="markers",
        marker=_path_markers(path_color(path), len(x)),
        showlegend=False,
        **_path_hover(path),
    )
    return [halo, line, snapshots]


def _path_markers(of_path: str, n: int) -> dict[str, Any]:
    """Return small points, with a circle at the beginning and a diamond at the end."""
    between = max(0, n - 2)
    return {
        "symbol": ["circle", *["circle"] * between, "diamond"][:n],
        "size": [12, *[6] * between, 13][:n],
        "color": [BACKGROUND, *[of_path] * between, of_path][:n],
        "line": {"color": of_path, "width": [3, *[0] * between, 0][:n]},
    }


def _mark(name: str, symbol: str, place: int) -> Trace:
    """Return what the legend says of the mark at the start or at the end of each path."""
    look = {key: values[place] for key, values in _path_markers(TEXT, 2).items() if key != "line"}
    line = {"color": TEXT, "width": 3 if place == 0 else 0}
    return scatter_trace(
        name=f"{name} of a path", x=[None], y=[None], mode="markers", marker=look | {"line": line}
    )


def _middle() -> Trace:
    return scatter_trace(
        name="the network shown",
        x=[0],
        y=[0],
        mode="markers",
        marker={"symbol": "circle-open", "size": 22, "color": TEXT, "line": {"width": 2.5}},
        hoverinfo="skip",
    )


def surface_figure(shown: LossMap, title: str, revision: str = "") -> Figure:
    """Draw a landscape as a surface over the plane, with the paths on it."""
    heights = _heights(shown.losses)
    surface: Trace = {
        "type": "surface",
        "x": shown.x.astype(np.float32),
        "y": shown.y.astype(np.float32),
        "z": heights.values,
        "coloraxis": SEQUENTIAL,
        "contours": {
            "z": {"show": True, "color": TEXT, "width": 1, **_lines(shown.losses, heights)}
        },
        **_hover(shown),
    }
    named = _tick_losses(heights)
    vertical = {
        "tickvals": [float(np.log10(loss)) for loss in named],
        "ticktext": [f"{loss:g}" for loss in named],
    }
    scene = {
        "xaxis": space_axis("direction 1"),
        "yaxis": space_axis("direction 2"),
        "zaxis": space_axis("loss") | vertical,
        "aspectmode": "cube",
        "camera": {"eye": EYE},
        "uirevision": revision,
    }
    figure_layout = layout(
        title,
        scene=scene,
        coloraxis=_color_scale(heights),
        legend=LEGEND,
        showlegend=True,
        margin={"l": 0, "r": 0, "b": 30},
        uirevision=revision,
    )
    paths = [trace for path in shown.paths for trace in _path_above(path, heights, shown)]
    return Figure([surface, *paths], figure_layout)


def _path_above(path: ProjectedPath, heights: Heights, shown: LossMap) -> list[Trace]:
    """Return a path on the surface, at the loss of the plane and not at its own."""
    line = scatter_3d_trace(
        name=escape(path.name),
        mode="lines",
        line={"width": 6, "color": path_color(path)},
        hoverinfo="skip",
        **_on_surface(subdivided(path.coordinates), heights, shown),
    )
    markers = _path_markers(path_color(path), len(path.epochs))
    del markers["line"]  # a point in space has one width for all
    points = scatter_3d_trace(
        name=escape(path.name),
        mode="markers",
        marker=markers | {"size": [size / 2 for size in markers["size"]]},
        showlegend=False,
        **_on_surface(path.coordinates, heights, shown),
        **_path_hover(path),
    )
    return [line, points]


def _on_surface(points: Floats, heights: Heights, shown: LossMap) -> Trace:
    """Return points, (n, 2), as three coordinates, a little above the surface."""
    above = LIFT * (heights.high - heights.low)
    z = interpolated(shown.x, shown.y, heights.values.astype(np.float64), points) + above
    x, y = points.T.astype(np.float32)
    return {"x": x, "y": y, "z": z.astype(np.float32)}


def subdivided(points: Floats) -> Floats:
    """Return a path, (n, 2), with N_BETWEEN steps for each of its own: it follows the surface."""
    n_steps = N_BETWEEN * (len(points) - 1)
    places = np.arange(n_steps + 1) / N_BETWEEN
    return np.stack([np.interp(places, np.arange(len(points)), axis) for axis in points.T], axis=1)
