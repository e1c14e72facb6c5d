"""Loss and accuracy on the straight line between two networks."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.image_grid import shortened
from dashboard.charts.style import LEGEND, TEXT, color, escape, layout
from experiments.inspection.loss_landscape import capped

LONGEST_NAME = 20  # characters of the name of a run
STYLES: dict[str, dict[str, Any]] = {
    "training": {"width": 2, "dash": "dot", "color": color(0)},
    "validation": {"width": 3, "color": color(1)},
}

Floats = npt.NDArray[np.float64]


class LineScores(NamedTuple):
    """Losses and accuracies on a line, (n_points,) each; NaN while unknown."""

    losses: Floats
    accuracies: Floats


def loss_line_figure(
    t: Floats, scores: Mapping[str, LineScores], ends: tuple[str, str], title: str
) -> Figure:
    """Draw the losses, and below them the accuracies, of each part of the data.

    Parameters
    ----------
    t : (n_points,), 0 at the first network, 1 at the other
    ends : the names of both
    """
    traces = [trace for part, of_part in scores.items() for trace in _part_traces(t, part, of_part)]
    x_range = [float(t[0]), float(t[-1])]
    figure_layout = layout(
        title,
        legend=LEGEND | {"font": {"size": 12}},
        showlegend=True,
        hovermode="x unified",
        xaxis={
            "title": {"text": "share of the way from one to the other"},
            "range": x_range,
            "anchor": "y2",
        },
        yaxis={
            "title": {"text": "loss (mean per sample)"},
            "domain": [0.44, 1],
            "rangemode": "tozero",
        },
        yaxis2={
            "title": {"text": "right (%)"},
            "domain": [0, 0.34],
            "range": [0, 1.02],
            "tickformat": ".0%",
        },
        shapes=[_end(place) for place in (0, 1)],
        annotations=[
            _name(0, ends[0], xanchor="left", xshift=4),
            _name(1, ends[1], xanchor="right", xshift=-4),
        ],
    )
    return Figure(traces, figure_layout)


def _part_traces(t: Floats, part: str, scores: LineScores) -> list[Trace]:
    x = t.astype(np.float32)
    common = {"name": part, "x": x, "mode": "lines", "line": STYLES[part], "legendgroup": part}
    loss = scatter_trace(
        y=capped(scores.losses).losses.astype(np.float32),
        hovertemplate="loss %{y:.4g}",
        **common,
    )
    right = scatter_trace(
        y=scores.accuracies.astype(np.float32),
        yaxis="y2",
        showlegend=False,
        hovertemplate="%{y:.1%} right",
        **common,
    )
    return [loss, right]


def _end(place: float) -> dict[str, Any]:
    """Return a vertical line at one of the networks."""
    return {
        "type": "line",
        "x0": place,
        "x1": place,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "line": {"width": 1.5, "dash": "dash", "color": TEXT},
    }


def _name(place: float, name: str, **side: Any) -> dict[str, Any]:
    """Return the name of a network beside its line, between the loss and the accuracy."""
    return {
        "x": place,
        "y": 0.39,
        "yref": "paper",
        "text": escape(shortened(name, LONGEST_NAME)),
        "showarrow": False,
        "font": {"size": 12},
        **side,
    }
