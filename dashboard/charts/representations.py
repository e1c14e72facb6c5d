"""What each layer makes of the samples: points in the plane, and how far apart the classes are."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.image_grid import shortened
from dashboard.charts.projections import Group, group_trace
from dashboard.charts.style import LEGEND, TEXT, color, escape, layout
from experiments.inspection.representations import Estimate, LayerMeasures, Points

REACH = 2.4  # of an axis, in mean distances of the points from their center
MOST_NAMED = 20  # classes whose names are written among the points
LONGEST_NAME = 12  # characters
PROBE, NEIGHBORS = "straight cuts", "10 nearest"
SHIFT = 0.06  # sideways, so that two intervals do not cover each other


def plane_figure(
    points: Points,
    groups: Sequence[Group],
    rows: npt.NDArray[np.intp],
    *,
    title: str,
    below: str,
    beside: str,
    problem: str = "",
    revision: str = "",
) -> Figure:
    """Draw samples as one layer describes them, with the name of each class where it lies.

    Parameters
    ----------
    points : (n_points, 2), with a mean square distance of 1 from the center
    rows : (n_points,), the row of the dataset that each point stands for
    below, beside : what to write at the two axes, which have no unit
    problem : why there are no points to draw
    revision : a zoom is kept while it stays the same
    """
    hidden = {"range": [-REACH, REACH], "showticklabels": False, "zeroline": False}
    note = {"text": problem, "showarrow": False, "font": {"size": 14}, "x": 0, "y": 0}
    figure_layout = layout(
        title,
        showlegend=False,
        uirevision=revision,
        font={"size": 12},
        margin={"l": 28, "r": 4, "t": 36, "b": 60},
        xaxis=hidden | {"title": {"text": below, "standoff": 6}},
        yaxis=hidden | {"title": {"text": beside, "standoff": 4}, "scaleanchor": "x"},
        annotations=[note] if problem else [],
    )
    traces = [group_trace(points, group, rows) for group in groups]
    return Figure([] if problem else [*traces, _names(points, groups)], figure_layout)


def _names(points: Points, groups: Sequence[Group]) -> Trace:
    """Write the name of each class at the median of its points."""
    named = [group for group in groups if len(group.places)][: MOST_NAMED + 1]
    named = named if len(named) <= MOST_NAMED else []
    centers = np.array([np.median(points[group.places], axis=0) for group in named], np.float32)
    x, y = centers.reshape(-1, 2).T
    words = [escape(shortened(group.name, LONGEST_NAME)) for group in named]
    font = {"size": 17, "color": TEXT, "weight": 700, "shadow": "auto"}
    return scatter_trace(
        name="classes", x=x, y=y, text=words, mode="text", textfont=font, hoverinfo="skip"
    )


def untangling_figure(
    layers: Sequence[LayerMeasures], untrained: Sequence[LayerMeasures], *, remark: str = ""
) -> Figure:
    """Draw how far apart the classes are from layer to layer, with intervals of 95 %.

    Parameters
    ----------
    layers : the input and the hidden layers, as they are
    untrained : the same, before the first step
    remark : a sentence to write below the axis
    """
    traces = []
    for i, (name, symbol) in enumerate(((PROBE, "circle"), (NEIGHBORS, "diamond"))):
        before = [_estimates(layer)[i] for layer in untrained]
        now = [_estimates(layer)[i] for layer in layers]
        shift = SHIFT * (2 * i - 1)
        traces.append(_line("untrained", before, symbol, i, shift, is_now=False))
        traces.append(_line(name, now, symbol, i, shift, is_now=True))
    names = ["input", *(f"layer {l}" for l in range(1, len(layers)))]
    lowest = min((each.low for each in _all(layers, untrained)), default=0.0)
    figure_layout = layout(
        "Do the layers untangle the classes?",
        x="layer",
        y="same class (% of samples)",
        legend=LEGEND | {"font": {"size": 12}},
        margin={"l": 72, "r": 16, "t": 84, "b": 110},
        xaxis={
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "range": [-0.4, max(len(names) - 1, 1) + 0.4],
            "title": {"text": f"layer<br>{remark}", "font": {"size": 13}},
        },
        yaxis={"tickformat": ".0%", "range": [max(0.0, lowest - 0.05), 1.01]},
    )
    return Figure(traces, figure_layout)


def _all(*networks: Sequence[LayerMeasures]) -> list[Estimate]:
    """Return all estimates that there are."""
    pairs = [_estimates(layer) for network in networks for layer in network]
    return [estimate for pair in pairs for estimate in pair if estimate]


def _estimates(layer: LayerMeasures) -> tuple[Estimate | None, Estimate | None]:
    return layer.probe, layer.neighbors


def _line(
    name: str,
    estimates: Sequence[Estimate | None],
    symbol: str,
    hue: int,
    shift: float,
    *,
    is_now: bool,
) -> Trace:
    """Return a line from layer to layer, with an interval at each point."""
    nothing = Estimate(np.nan, np.nan, np.nan)
    values = np.array([estimate or nothing for estimate in estimates]).reshape(-1, 3)
    value, low, high = values.T
    shade = color(hue, 1.0 if is_now else 0.45)
    return scatter_trace(
        name=name,
        showlegend=is_now or hue == 0,  # one word for all that is untrained
        x=np.arange(len(value)) + shift,
        y=value,
        error_y={
            "type": "data",
            "array": high - value,
            "arrayminus": value - low,
            "symmetric": False,
            "thickness": 1.5,
            "width": 4,
            "visible": is_now,
        },
        mode="lines+markers",
        line={"color": shade, "width": 3 if is_now else 2, "dash": "solid" if is_now else "dot"},
        marker={"color": shade, "symbol": symbol, "size": 9},
        customdata=values[:, 1:],
        hovertemplate="%{y:.1%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})"
        "<extra>%{fullData.name}</extra>",
    )
