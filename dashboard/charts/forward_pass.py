"""The forward pass of one sample: the input, each hidden layer, the outputs."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard.charts import style
from dashboard.charts.feature_values import feature_values, pixel_figure
from dashboard.charts.figure import Figure, Trace, bar_trace, heatmap_trace
from dashboard.charts.image_grid import shortened
from dashboard.charts.style import escape
from mlp.arrays import Array
from mlp.backprop import Workspace, forward
from mlp.network import Network

STRIP = 8  # a layer is drawn about so many times as wide as it is high
SHARE_OF_STRIP, SHARE_ABOVE = 0.62, 0.3  # of the height that a layer has; above are its words
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


class ForwardPass(NamedTuple):
    """The activations of each layer for one sample.

    hidden : activations[l], (n_l,), for the hidden layers l = 1..L-1
    logits, outputs : (n_L,), the weighted inputs of the last layer, and the output function of them
    """

    hidden: list[Array]
    logits: Array
    outputs: Array


def forward_pass_of(network: Network, x: Array) -> ForwardPass:
    """Run one sample, (n_0,), through a network and return the activations of every layer."""
    workspace = Workspace(network, 1)
    logits = forward(network, x[None, :], workspace)
    hidden = [a[0] for a in workspace.activations[1 : network.n_layers]]
    return ForwardPass(hidden, logits[0], network.output.value(logits)[0])


def strip(values: Array) -> Array:
    """Lay the units of a layer out in rows, left to right; NaN where the last row ends early."""
    n_rows = max(1, round(math.sqrt(len(values) / STRIP)))
    n_columns = -(-len(values) // n_rows)
    cells = np.full(n_rows * n_columns, np.nan, np.float32)
    cells[: len(values)] = values
    return cells.reshape(n_rows, n_columns)


def input_figure(
    x: Array,
    image_shape: tuple[int, int] | None,
    *,
    maximum: float,
    unit: str,
    columns: Sequence[str] = (),
) -> Figure:
    """Draw a sample as it was recorded: an image, or the values of its features.

    Parameters
    ----------
    x : (n_0,)
    columns : the names of the features, where a table gives them
    """
    if image_shape is None:
        title = f"Input: {len(x):,} features"
        return feature_values(x, title=title, unit=f"{unit}, as recorded", columns=columns)
    axis = FRAME | {"constrain": "domain"}
    return pixel_figure(
        x.reshape(image_shape),
        title=f"Input: {len(x):,} pixels",
        limits=(0, maximum),
        hover=f": {escape(unit)} %{{z:.3g}}",
        xaxis=axis,
        yaxis=axis | {"autorange": "reversed", "scaleanchor": "x"},
        margin={"l": 8, "r": 8, "b": 16},
    )


class Band(NamedTuple):
    """Where the strip of a layer lies, as shares of the height of the picture, from below."""

    bottom: float
    top: float


def bands(n_layers: int) -> list[Band]:
    """Return where each strip lies, the first one uppermost, with room above for its words."""
    room = 1 / max(n_layers, 1)
    tops = [1 - (i + SHARE_ABOVE) * room for i in range(n_layers)]
    return [Band(top - SHARE_OF_STRIP * room, top) for top in tops]


def activation_range(hidden: Sequence[Array]) -> tuple[float, float]:
    """Return both ends of the scale of all activations: 0 lies on it, and it is never empty."""
    low = float(min((values.min() for values in hidden), default=0))
    high = float(max((values.max() for values in hidden), default=0))
    low, high = min(low, 0.0), max(high, 0.0)
    return low, high if high > low else low + 1


def hidden_figure(forward_pass: ForwardPass, activation: str) -> Figure:
    """Draw the activations of the hidden layers as strips, one below the other, on one scale.

    Parameters
    ----------
    activation : name of the function of the hidden layers
    """
    layers = list(zip(forward_pass.hidden, bands(len(forward_pass.hidden)), strict=True))
    low, high = activation_range(forward_pass.hidden)
    axes: dict[str, Any] = {"xaxis": {"visible": False}, "yaxis": {"visible": False}}
    for number, (_, band) in enumerate(layers, start=1):
        axes |= _strip_axes(number, band)
    layout = style.layout(
        "Hidden layers, left to right and row by row",
        **axes,
        annotations=[
            _note(f"layer {number}: {len(values):,} units, {activation}", band.top)
            for number, (values, band) in enumerate(layers, start=1)
        ]
        or [_note("None: the input goes straight to the logits.", 0.8)],
        coloraxis={
            "cmin": low,
            "cmax": high,
            "showscale": bool(layers),
            "colorbar": {"title": {"text": "activation", "side": "right"}, "thickness": 12},
        },
        margin={"l": 8, "b": 16},
    )
    strips = [strip(values) for values in forward_pass.hidden]
    return Figure([_strip_trace(i, cells) for i, cells in enumerate(strips, start=1)], layout)


def _suffix(number: int) -> str:
    """Return how Plotly calls the axes of the n-th strip: x, x2, x3, ..."""
    return str(number) if number > 1 else ""


def _strip_axes(number: int, band: Band) -> dict[str, Any]:
    suffix = _suffix(number)
    down = {"domain": list(band), "anchor": f"x{suffix}", "autorange": "reversed"}
    return {f"xaxis{suffix}": FRAME | {"anchor": f"y{suffix}"}, f"yaxis{suffix}": FRAME | down}


def _strip_trace(number: int, cells: Array) -> Trace:
    """Return the activations of a layer as one strip of cells."""
    suffix = _suffix(number)
    gap = 1 if cells.shape[1] <= 64 else 0
    units = np.arange(1, cells.size + 1).reshape(cells.shape)
    return heatmap_trace(
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


def class_values_figure(
    values: Array,
    class_names: Sequence[str],
    *,
    true: int,
    predicted: int,
    title: str,
    y: str,
    is_share: bool = False,
) -> Figure:
    """Draw one value for each class as bars; the true class and a wrong answer stand out.

    Parameters
    ----------
    values : (n_classes,), outputs or logits
    is_share : whether they lie between 0 and 1, so that the axis is the same for all
    """
    names = [escape(name) for name in class_names]
    axis = {"range": [0, 1.02], "tickformat": ".0%"} if is_share else {}
    number = ".2%" if is_share else ".4g"
    bars = [
        bar_trace(
            name=group.name,
            x=[names[c] for c in group.classes],
            y=values[group.classes],
            marker={"color": group.color},
            hovertemplate=f"%{{x}}: %{{y:{number}}}<extra></extra>",
        )
        for group in _groups(true, predicted, len(names))
    ]
    classes = {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": names,
        "labelalias": {escape(name): escape(shortened(name)) for name in class_names},
        "automargin": True,
    }
    layout = style.layout(
        title,
        x="class",
        y=y,
        xaxis=classes,
        yaxis=axis,
        barmode="overlay",
        showlegend=True,
        legend=style.LEGEND | {"font": {"size": 12}},
        margin={"t": 72},
    )
    return Figure(bars, layout)


class _Group(NamedTuple):
    name: str
    classes: list[int]
    color: str


def _groups(true: int, predicted: int, n_classes: int) -> list[_Group]:
    """Tell the true class and a wrong answer from all the others."""
    others = [c for c in range(n_classes) if c not in (true, predicted)]
    wrong = [_Group("predicted (wrong)", [predicted], WRONG)] if predicted != true else []
    return [_Group("true", [true], RIGHT), *wrong, _Group("others", others, OTHER)]
