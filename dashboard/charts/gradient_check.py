"""Backpropagation against nudges: parameter by parameter, and over the length of the nudge."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.style import LEGEND, TEXT, color, layout
from data.split import Rows
from experiments.inspection.broken_terms import ENOUGH
from experiments.inspection.gradient_checks import Sweep, relative_errors
from mlp.arrays import Array

LEAST = 1e-13  # a smaller relative error is drawn here: a logarithmic axis has no 0
TOP = 3.0  # of the axis of relative errors, which are never above 1
PRECISION_COLORS = {"float64": 8, "float32": 9}  # the first colors are those of the layers
WHOLE = "Error over h, all together"
MOST_IN_ROW = 4  # layers, beside a title
BESIDE: dict[str, Any] = {"x": 1.02, "xanchor": "left", "y": 1, "yanchor": "top"}
SPREAD = 0.3  # of the points of a layer, where layers stand 1 apart


class Gradient(NamedTuple):
    """The gradient of some parameters, both ways.

    names, layers : (n_chosen,), of the parameters
    analytic : (n_chosen,), by backpropagation
    numeric : (n_chosen,), by nudging
    right : (n_chosen,), by the right backpropagation, if the other one is broken
    """

    names: Sequence[str]
    layers: Rows
    analytic: Array
    numeric: Array
    right: Array | None = None


def agreement_figure(
    gradient: Gradient, *, title: str, revision: str = "", parameter: int | None = None
) -> Figure:
    """Draw each parameter as a point: backpropagation says x, the nudge says y.

    A right gradient lies on the diagonal. Beside a broken one, the right one is drawn in gray.

    Parameters
    ----------
    parameter : the place of the one to put a ring around
    """
    traces = [_diagonal(gradient)]
    if gradient.right is not None:
        traces.append(_right_points(gradient))
    traces += [
        scatter_trace(
            name=str(layer),
            x=gradient.analytic[places],
            y=gradient.numeric[places],
            text=[gradient.names[i] for i in places],
            mode="markers",
            marker={"size": 9, "color": color(layer - 1), "opacity": 0.8},
            hovertemplate="%{text}<br>backpropagation %{x:.6g}<br>nudge %{y:.6g}<extra></extra>",
        )
        for layer, places in _by_layer(gradient.layers)
    ]
    if parameter is not None:
        traces.append(
            _ring(float(gradient.analytic[parameter]), float(gradient.numeric[parameter]))
        )
    axes: dict[str, Any] = {"exponentformat": "power", "zeroline": False}
    figure_layout = layout(
        title,
        x="∂C/∂p by backpropagation",
        y="∂C/∂p by nudging",
        legend=_layer_legend(gradient.layers),
        uirevision=revision,
        margin={"l": 80},  # -0.0025 is a long number
        xaxis=axes,
        yaxis=axes,
    )
    return Figure(traces, figure_layout)


def parameter_at(layers: Rows, trace: int, index: tuple[int, ...]) -> int | None:
    """Return the place of the parameter that a click has hit; None where there is none.

    Parameters
    ----------
    layers : (n_chosen,), of a gradient that was drawn without a broken one
    """
    groups = _by_layer(layers)
    if not 0 < trace <= len(groups) or len(index) != 1:  # the first trace is the diagonal
        return None
    places = groups[trace - 1][1]
    return int(places[index[0]]) if index[0] < len(places) else None


def _by_layer(layers: Rows) -> list[tuple[int, Rows]]:
    """Return each layer with the places of its parameters."""
    return [(int(layer), np.flatnonzero(layers == layer)) for layer in np.unique(layers)]


def _layer_legend(layers: Rows) -> dict[str, Any]:
    """Return a row of layers above the chart, or a column beside it if there are many."""
    title = {"text": "layer", "font": {"size": 14}}
    place = BESIDE if _has_many_layers(layers) else LEGEND
    return place | {"uirevision": "always", "title": title}


def _has_many_layers(layers: Rows) -> bool:
    return bool(layers.max() > MOST_IN_ROW)


def _diagonal(gradient: Gradient) -> Trace:
    values = np.concatenate([gradient.analytic, gradient.numeric, [0.0]])
    ends = [float(values.min()), float(values.max())]
    return scatter_trace(
        x=ends,
        y=ends,
        mode="lines",
        line={"color": TEXT, "width": 1, "dash": "dash"},
        hoverinfo="skip",
        showlegend=False,
    )


def _right_points(gradient: Gradient) -> Trace:
    return scatter_trace(
        name="not broken",
        x=gradient.right,
        y=gradient.numeric,
        mode="markers",
        marker={"size": 9, "color": TEXT, "symbol": "circle-open"},
        opacity=0.6,
        hoverinfo="skip",
        showlegend=not _has_many_layers(gradient.layers),  # too wide for a column
    )


def errors_figure(gradient: Gradient, *, title: str, revision: str = "") -> Figure:
    """Draw the relative error of each parameter, layer by layer, on a logarithmic axis."""
    traces = []
    if gradient.right is not None:
        errors = _drawable(relative_errors(gradient.right, gradient.numeric))
        marker = {"size": 9, "color": TEXT, "symbol": "circle-open"}
        traces.append(_error_trace("not broken", gradient, _every(gradient), errors, marker))
    errors = _drawable(relative_errors(gradient.analytic, gradient.numeric))
    for layer, places in _by_layer(gradient.layers):
        marker = {"size": 9, "color": color(layer - 1)}
        traces.append(_error_trace(f"layer {layer}", gradient, places, errors, marker))
        traces[-1]["showlegend"] = False  # the axis tells the layers
    n_layers = int(gradient.layers.max())
    figure_layout = layout(
        title,
        x="layer that the parameter enters",
        y="relative error (log)",
        showlegend=True,
        legend=LEGEND | {"uirevision": "always"},
        uirevision=revision,
        xaxis={"dtick": 1, "range": [0.5, n_layers + 0.5], "showgrid": False, "zeroline": False},
        yaxis=_error_axis(),
        shapes=[_level(ENOUGH)],
        annotations=[_note(ENOUGH, "below: right")],
    )
    return Figure(traces, figure_layout)


def _every(gradient: Gradient) -> Rows:
    return np.arange(len(gradient.layers))


def _drawable(errors: Array) -> Array:
    """Return errors as a logarithmic axis can show them."""
    return np.maximum(errors, LEAST)


def _error_trace(
    name: str, gradient: Gradient, places: Rows, errors: Array, marker: dict[str, Any]
) -> Trace:
    """Draw errors side by side, in the column of their layer."""
    columns = np.empty(len(gradient.layers))
    for layer, of_layer in _by_layer(gradient.layers):
        columns[of_layer] = layer + SPREAD * np.linspace(-1, 1, len(of_layer))
    return scatter_trace(
        name=name,
        x=columns[places],
        y=errors[places],
        text=[gradient.names[i] for i in places],
        mode="markers",
        marker=marker,
        opacity=0.75,
        hovertemplate="%{text}: %{y:.1e}<extra></extra>",
    )


def _error_axis() -> dict[str, Any]:
    ends = [float(np.log10(LEAST)) - 0.3, float(np.log10(TOP))]
    return {"type": "log", "exponentformat": "power", "range": ends, "dtick": 2}


def _level(error: float) -> dict[str, Any]:
    """Return a line across the chart."""
    ends = {"xref": "paper", "x0": 0, "x1": 1, "y0": error, "y1": error}
    return {"type": "line", "line": {"color": TEXT, "width": 1, "dash": "dot"}} | ends


def _note(error: float, words: str) -> dict[str, Any]:
    return {
        "xref": "paper",
        "x": 1,
        "xanchor": "right",
        "y": float(np.log10(error)),  # on a log axis, the place is the logarithm
        "yanchor": "top",
        "text": words,
        "showarrow": False,
        "font": {"size": 12},
    }


def nudge_figure(
    sweeps: Mapping[str, Sweep], *, place: int, precision: str, parameter: int | None = None
) -> Figure:
    """Draw the error over the length of the nudge, for each precision, and mark the chosen one.

    Parameters
    ----------
    place : of the nudge that is chosen
    precision : that is chosen
    parameter : the place of the one whose error is drawn; None for all together
    """
    chosen = sweeps[precision]
    traces = [
        _v_curve(name, each.nudges, each.errors(parameter), is_chosen=name == precision)
        for name, each in sweeps.items()
    ]
    error = float(_drawable(chosen.errors(parameter))[place])
    traces.append(_ring(float(chosen.nudges[place]), error))
    nudge = float(chosen.nudges[place])
    line = {"type": "line", "yref": "paper", "x0": nudge, "x1": nudge, "y0": 0, "y1": 1}
    figure_layout = layout(
        f"Error over h, {chosen.chosen.names[parameter]}" if parameter is not None else WHOLE,
        x="h, the length of the nudge (log)",
        y="relative error (log)",
        legend=LEGEND | {"uirevision": "always"},
        xaxis={"type": "log", "exponentformat": "power", "dtick": 2, "range": [-12.4, -0.6]},
        yaxis=_error_axis(),
        shapes=[line | {"line": {"color": TEXT, "width": 1, "dash": "dash"}}],
        annotations=[_corner(0, "← rounding"), _corner(1, "truncation →")],
    )
    return Figure(traces, figure_layout)


def _v_curve(name: str, nudges: Array, errors: Array, *, is_chosen: bool) -> Trace:
    return scatter_trace(
        name=name,
        x=nudges,
        y=_drawable(errors),
        mode="lines+markers",
        line={"width": 3 if is_chosen else 1.5, "color": color(PRECISION_COLORS[name])},
        marker={"size": 6, "color": color(PRECISION_COLORS[name])},
        hovertemplate="h = %{x:.0e}: error %{y:.1e}",
    )


def _ring(x: float, y: float) -> Trace:
    return scatter_trace(
        x=[x],
        y=[y],
        mode="markers",
        marker={"symbol": "circle-open", "size": 18, "color": TEXT, "line": {"width": 3}},
        hoverinfo="skip",
        showlegend=False,
    )


def _corner(side: int, words: str) -> dict[str, Any]:
    """Return words at the foot of a chart, at its left (0) or its right (1)."""
    return {
        "xref": "paper",
        "yref": "paper",
        "x": side,
        "xanchor": ("left", "right")[side],
        "y": 0,
        "yanchor": "bottom",
        "text": words,
        "showarrow": False,
        "font": {"size": 12},
    }
