"""What hidden units are worth: what it costs to lose each, and which classes suffer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.charts.class_balance import class_axis
from dashboard.charts.figure import Figure, Trace, bar_trace
from dashboard.charts.style import LEGEND, PRIMARY, color, layout

Floats = npt.NDArray[np.floating[Any]]


def ranking_figure(
    names: Sequence[str],
    layers: Sequence[int],
    points: Floats,
    losses: Floats,
    *,
    is_off: Sequence[bool],
    title: str,
) -> Figure:
    """Draw what it costs to do without each unit, the most costly first, a color for each layer.

    Parameters
    ----------
    names : of the units, in order
    layers : the layer of each
    points : (n_units,), accuracy lost, in percentage points
    losses : (n_units,), by how much the loss rises
    is_off : whether a unit is switched off now; such ones have a frame
    """
    places = np.arange(len(names))
    traces = [
        _bars(layer, places[np.equal(layers, layer)], names, points, losses, is_off)
        for layer in sorted(set(layers))
    ]
    axis: dict[str, Any] = {
        "type": "category",  # of which plotly.js names as many as there is room for
        "categoryorder": "array",
        "categoryarray": list(names),
        "showgrid": False,
        "automargin": True,
    }
    figure_layout = layout(
        title,
        x="hidden unit, the most costly first",
        y="accuracy lost (points)",
        xaxis=axis,
        barmode="overlay",
        showlegend=len(traces) > 1,
        legend=LEGEND,
    )
    return Figure(traces, figure_layout)


def _bars(
    layer: int,
    places: npt.NDArray[np.intp],
    names: Sequence[str],
    points: Floats,
    losses: Floats,
    is_off: Sequence[bool],
) -> Trace:
    """Return the units of one layer as bars."""
    widths = [3 if is_off[place] else 0 for place in places]
    added = [f"{losses[place]:+.3g}" if np.isfinite(losses[place]) else "∞" for place in places]
    return bar_trace(
        name=f"layer {layer}",
        x=[names[place] for place in places],
        y=points[places].astype(np.float32),
        marker={"color": color(layer - 1), "line": {"color": PRIMARY, "width": widths}},
        customdata=[[names[place], words] for place, words in zip(places, added, strict=True)],
        hovertemplate="unit %{customdata[0]}: %{y:.2f} points, loss %{customdata[1]}"
        "<extra></extra>",
    )


def place_in_ranking(layers: Sequence[int], trace: int, index: tuple[int, ...]) -> int | None:
    """Return the place of the bar that a click has hit; None where there is none."""
    present = sorted(set(layers))
    if trace >= len(present) or len(index) != 1:
        return None
    places = np.flatnonzero(np.equal(layers, present[trace]))
    return int(places[index[0]]) if index[0] < len(places) else None


def classes_figure(
    before: Floats, after: Floats, class_names: Sequence[str], *, title: str
) -> Figure:
    """Draw the share of each class that is right with all units, and without some.

    Parameters
    ----------
    before, after : (n_classes,), 0 to 1; NaN leaves a gap
    """
    traces = [
        bar_trace(
            name=name,
            x=np.arange(len(shares)),
            y=shares.astype(np.float32),
            marker={"color": bar_color},
            hovertemplate="%{y:.1%}",
        )
        for name, shares, bar_color in (
            ("all units", before, color(9)),
            ("without those off", after, color(1)),
        )
    ]
    figure_layout = layout(
        title,
        x="true class",
        y="read right (%)",
        barmode="group",
        hovermode="x unified",
        legend=LEGEND,
        margin={"t": 72},
        xaxis=class_axis(class_names),
        yaxis={"range": [0, 1.02], "tickformat": ".0%"},
    )
    return Figure(traces, figure_layout)
