"""One sample on its way through the network: the input, each hidden layer, the answer."""

import math
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from dashboard.charts import style
from mlp.arrays import Array
from mlp.backprop import Workspace, forward
from mlp.network import Network

STRIP = 8  # a layer is drawn about so many times as wide as it is high
MAX_NAMED = 30  # features; with more, the axis counts them
RIGHT, WRONG, OTHER = style.color(2), style.color(1), style.color(9)

FRAME = {
    "showticklabels": False,
    "ticks": "",
    "showgrid": False,
    "zeroline": False,
    "showline": True,
    "mirror": True,
    "linecolor": style.BORDER,
}  # an axis that only frames a picture
LEGEND = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.18, "font": {"size": 12}}


class Passage(NamedTuple):
    """What one sample makes of each layer.

    hidden : activations[l], (n_l,), for the hidden layers l = 1..L-1
    logits, outputs : (n_L,), what the last layer adds up, and what is made of it
    """

    hidden: list[Array]
    logits: Array
    outputs: Array


def passage_of(network: Network, x: Array) -> Passage:
    """Run one sample, (n_0,), through a network and return what comes by."""
    workspace = Workspace(network, 1)
    logits = forward(network, x[None, :], workspace)
    hidden = [a[0] for a in workspace.activations[1 : network.n_layers]]
    return Passage(hidden, logits[0], network.output.value(logits)[0])


def strip(values: Array) -> Array:
    """Lay the units of a layer out in rows, left to right; NaN where the last row ends early."""
    n_rows = max(1, round(math.sqrt(len(values) / STRIP)))
    n_columns = -(-len(values) // n_rows)
    cells = np.full(n_rows * n_columns, np.nan, np.float32)
    cells[: len(values)] = values
    return cells.reshape(n_rows, n_columns)


def input_figure(
    x: Array, image_shape: tuple[int, int] | None, *, maximum: float, unit: str
) -> go.Figure:
    """Draw a sample as it was recorded: an image, or the values of its features.

    Parameters
    ----------
    x : (n_0,)
    """
    if image_shape is None:
        return _features(x, unit)
    axis = FRAME | {"constrain": "domain"}
    return go.Figure(
        go.Heatmap(
            z=x.reshape(image_shape),
            coloraxis=style.SEQUENTIAL,
            hovertemplate=f"row %{{y}}, column %{{x}}: {escape(unit)} %{{z:.3g}}<extra></extra>",
        ),
        style.layout(
            f"Input: {len(x):,} pixels",
            xaxis=axis,
            yaxis=axis | {"autorange": "reversed", "scaleanchor": "x"},
            coloraxis={"cmin": 0, "cmax": maximum, "showscale": False},
            margin={"l": 8, "r": 8, "b": 16},
        ),
    )


def _features(x: Array, unit: str) -> go.Figure:
    numbers = np.arange(1, len(x) + 1)
    axis = {"tickvals": numbers} if len(x) <= MAX_NAMED else {}
    return go.Figure(
        go.Bar(
            x=numbers,
            y=x,
            marker={"color": style.color(0)},
            hovertemplate="feature %{x}: %{y:.4g}<extra></extra>",
        ),
        style.layout(
            f"Input: {len(x):,} features", x="feature", y=f"{escape(unit)}, as recorded", xaxis=axis
        ),
    )


def hidden_figure(passage: Passage, activation: str) -> go.Figure:
    """Draw the activations of the hidden layers as strips, one below the other, on one scale.

    Parameters
    ----------
    activation : name of the function of the hidden layers
    """
    n_layers = len(passage.hidden)
    traces, axes, notes = [], dict[str, Any](), []
    for i, values in enumerate(passage.hidden):
        suffix = str(i + 1) if i else ""
        upper, share = 1 - i / n_layers, 0.62 / n_layers  # the rest is for the words above
        domain = [upper - 0.3 / n_layers - share, upper - 0.3 / n_layers]
        cells = strip(values)
        traces.append(_strip_trace(cells, suffix))
        axes[f"xaxis{suffix}"] = FRAME | {"anchor": f"y{suffix}"}
        axes[f"yaxis{suffix}"] = FRAME | {
            "domain": domain,
            "anchor": f"x{suffix}",
            "autorange": "reversed",
        }
        notes.append(_note(f"layer {i + 1}: {len(values):,} units, {activation}", domain[1]))
    if not passage.hidden:
        axes = {"xaxis": {"visible": False}, "yaxis": {"visible": False}}
        notes = [_note("None: the input goes straight to the logits.", 0.8)]
    everything = np.concatenate([*passage.hidden, np.zeros(1, np.float32)])
    low, high = float(everything.min()), float(everything.max())
    layout = style.layout(
        "Hidden layers, left to right and row by row",
        **axes,
        annotations=notes,
        coloraxis={
            "cmin": low,
            "cmax": high if high > low else low + 1,
            "showscale": bool(passage.hidden),
            "colorbar": {"title": {"text": "activation", "side": "right"}, "thickness": 12},
        },
        margin={"l": 8, "b": 16},
    )
    return go.Figure(traces, layout)


def _strip_trace(cells: Array, suffix: str) -> go.Heatmap:
    gap = 1 if cells.shape[1] <= 64 else 0
    units = np.arange(1, cells.size + 1).reshape(cells.shape)
    return go.Heatmap(
        z=cells,
        customdata=units,
        xaxis=f"x{suffix}",
        yaxis=f"y{suffix}",
        coloraxis=style.SEQUENTIAL,
        hoverongaps=False,
        xgap=gap,
        ygap=gap,
        hovertemplate="unit %{customdata}: %{z:.4g}<extra></extra>",
    )


def _note(text: str, y: float) -> dict[str, Any]:
    return {
        "text": text,
        "x": 0,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
    }


def answer_figure(
    values: Array,
    class_names: Sequence[str],
    *,
    true: int,
    predicted: int,
    title: str,
    y: str,
    is_share: bool = False,
) -> go.Figure:
    """Draw one value for each class as bars; the true class and a wrong answer stand out.

    Parameters
    ----------
    values : (n_classes,), outputs or logits
    is_share : whether they lie between 0 and 1, so that the axis is the same for all
    """
    names = [escape(name) for name in class_names]
    others = [c for c in range(len(names)) if c not in (true, predicted)]
    groups = [("true", [true], RIGHT)]
    groups += [("said, wrongly", [predicted], WRONG)] if predicted != true else []
    groups += [("others", others, OTHER)]
    axis = {"range": [0, 1.02], "tickformat": ".0%"} if is_share else {}
    number = ".2%" if is_share else ".4g"
    return go.Figure(
        [
            go.Bar(
                name=name,
                x=[names[c] for c in classes],
                y=values[classes],
                marker={"color": color},
                hovertemplate=f"%{{x}}: %{{y:{number}}}<extra></extra>",
            )
            for name, classes, color in groups
        ],
        style.layout(
            title,
            xaxis={
                "title": "class",
                "type": "category",
                "categoryorder": "array",
                "categoryarray": names,
            },
            yaxis={"title": y} | axis,
            barmode="overlay",
            showlegend=True,
            legend=LEGEND,
            margin={"t": 72},
        ),
    )
