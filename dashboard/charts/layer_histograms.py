"""Histograms of a layer, one above the other, epoch by epoch, and gradients from layer to layer."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.style import LEGEND, PRIMARY, TEXT, color, layout
from experiments.inspection.layer_histograms import Histogram, Kind

RIDGE_HEIGHT = 1.7  # rows that a histogram reaches over
LEAST_NAMED = 0.005  # share of zeros that is worth a word
AXES: dict[Kind, str] = {
    "activations": "activation a (no unit)",
    "gradients": "size of the gradient ∂C/∂W (log)",
    "weights": "weight W (no unit)",
}


def ridges_figure(
    histogram: Histogram,
    epochs: Sequence[int],
    *,
    kind: Kind,
    title: str,
    chosen: int,
    hue: int = 0,
) -> Figure:
    """Draw the histograms of a layer, the earliest at the bottom, all equally high.

    Parameters
    ----------
    epochs : of each histogram
    chosen : the one to stand out, counted from 0
    hue : the number of the color of the layer
    """
    highest = histogram.shares.max(axis=1, keepdims=True)
    heights = RIDGE_HEIGHT * histogram.shares / np.where(highest, highest, 1.0)
    rows = range(len(epochs) - 1, -1, -1)  # those in front are drawn last
    words = _zeros(histogram)
    traces = [
        _ridge(histogram, heights, row, epochs[row], kind, _look(hue, is_chosen=row == chosen))
        for row in rows
    ]
    figure_layout = layout(
        title,
        x=AXES[kind],
        y="epoch",
        showlegend=False,
        hovermode="closest",
        margin={"l": 56, "r": 70 if any(words["text"]) else 8, "t": 44, "b": 48},
        xaxis=_powers_of_ten(histogram) if kind == "gradients" else {},
        yaxis={
            "tickvals": list(range(len(epochs))),
            "ticktext": [str(epoch) for epoch in epochs],
            "range": [-0.3, len(epochs) - 1 + RIDGE_HEIGHT + 0.1],
            "zeroline": False,
        },
    )
    return Figure([*traces, words], figure_layout)


def _look(hue: int, *, is_chosen: bool) -> dict[str, Any]:
    """Return how a ridge is drawn."""
    fill, line = color(hue, 0.85 if is_chosen else 0.3), TEXT if is_chosen else color(hue)
    return {"fillcolor": fill, "line": {"color": line, "width": 2 if is_chosen else 1}}


def _ridge(
    histogram: Histogram,
    heights: np.ndarray[Any, np.dtype[np.float64]],
    row: int,
    epoch: int,
    kind: Kind,
    look: dict[str, Any],
) -> Trace:
    """Return the outline of one histogram on its base line."""
    edges = histogram.edges
    centers = (edges[1:] + edges[:-1]) / 2
    values = 10**centers if kind == "gradients" else centers
    ends = [0.0]
    return scatter_trace(
        name=f"epoch {epoch}",
        x=np.concatenate([edges[:1], centers, edges[-1:]]).astype(np.float32),
        y=(row + np.concatenate([ends, heights[row], ends])).astype(np.float32),
        customdata=np.stack(
            [
                np.concatenate([values[:1], values, values[-1:]]),
                np.concatenate([ends, histogram.shares[row], ends]),
            ],
            axis=1,
        ).astype(np.float32),
        mode="lines",
        fill="toself",
        hoveron="points",
        hovertemplate="%{customdata[1]:.1%} near %{customdata[0]:.2g}"
        "<extra>%{fullData.name}</extra>",
        **look,
    )


def _zeros(histogram: Histogram) -> Trace:
    """Return words at the right of each row: how many are 0, or not a number."""
    return scatter_trace(
        name="zeros",
        x=np.full(len(histogram.zeros), histogram.edges[-1], np.float32),
        y=np.arange(len(histogram.zeros), dtype=np.float32),
        text=[_word(*shares) for shares in zip(histogram.zeros, histogram.not_finite, strict=True)],
        mode="text",
        textposition="top right",
        cliponaxis=False,
        textfont={"size": 11},
        hoverinfo="skip",
    )


def _word(zeros: float, not_finite: float) -> str:
    if not_finite:
        return f"{not_finite:.0%} not finite"
    return f"{zeros:.0%} are 0" if zeros >= LEAST_NAMED else ""


def _powers_of_ten(histogram: Histogram) -> dict[str, Any]:
    """Return an axis for logarithms, marked with the powers of ten."""
    low, high = math.ceil(histogram.edges[0]), math.floor(histogram.edges[-1])
    powers = list(range(low, high + 1, max(1, -(-(high - low) // 6))))
    return {"tickvals": powers, "ticktext": [f"10<sup>{power}</sup>" for power in powers]}


def norms_figure(
    norms: Sequence[Sequence[float]], epochs: Sequence[int], *, ratio: float | None
) -> Figure:
    """Draw the norm ‖∂C/∂W‖ of the gradient from layer to layer, a line for each epoch.

    Parameters
    ----------
    norms : of each layer, at each epoch; those that a log axis cannot show are left out
    epochs : the last one stands out, and the first one as well
    ratio : of the norm in layer 1 to that in the last layer, at the last of the epochs
    """
    n_layers = len(norms[0]) if norms else 0
    last = len(epochs) - 1
    traces = [_norms(norms[i], epochs[i], i, last) for i in range(len(epochs))]
    title = "Gradient by layer"
    if ratio is not None:
        title += f": layer 1 / layer {n_layers} = {_number(ratio)}"
    figure_layout = layout(
        title,
        x="layer (the input is at the left)",
        y="length of ∂C/∂W (log)",
        showlegend=True,
        legend=LEGEND,
        hovermode="closest",
        xaxis={"dtick": 1, "range": [0.7, n_layers + 0.3]},
        yaxis={"type": "log", "exponentformat": "power", "dtick": _log_ticks(norms)},
    )
    return Figure(traces, figure_layout)


def _log_ticks(norms: Sequence[Sequence[float]]) -> int | str:
    """Return ticks for a log axis: powers of ten, or those with 2 and 5 if there are few."""
    values = np.array(norms, np.float64)
    shown = values[(values > 0) & np.isfinite(values)]
    n_powers = math.log10(shown.max() / shown.min()) if len(shown) else 0.0
    return "D2" if n_powers < 2 else 1 + int(n_powers // 8)


def _number(ratio: float) -> str:
    return f"{ratio:.2g}" if 0.001 <= ratio < 100 else f"{ratio:.0e}"


def _norms(norms: Sequence[float], epoch: int, i: int, last: int) -> Trace:
    """Return the line of one epoch; those between the first and the last are faint."""
    values = np.array(norms, np.float64)
    values[~((values > 0) & np.isfinite(values))] = np.nan
    is_named = i in (0, last)
    shade = PRIMARY if i == last else color(1, 1.0 if i == 0 else 0.25)
    return scatter_trace(
        name=f"epoch {epoch}",
        x=np.arange(1, len(values) + 1),
        y=values,
        mode="lines+markers",
        line={"color": shade, "width": 3 if i == last else 2 if is_named else 1},
        marker={
            "color": shade,
            "size": 9 if i == last else 7 if is_named else 4,
            "symbol": _symbol(i, last),
        },
        showlegend=is_named,
        hovertemplate="layer %{x}: %{y:.2e}<extra>%{fullData.name}</extra>",
    )


def _symbol(i: int, last: int) -> str:
    return "circle" if i == last else "diamond" if i == 0 else "circle-open"
