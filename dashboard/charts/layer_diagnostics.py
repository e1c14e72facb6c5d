"""Gradients, updates and unit activity of each layer."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from dashboard.charts.curves import thinned
from dashboard.charts.figure import Figure, Trace, bar_trace, scatter_trace
from dashboard.charts.style import LEGEND, TEXT, color, layout
from experiments.training.layer_diagnostics import StepDiagnostics, UnitActivity

USUAL_RATIO = 1e-3  # a rule of thumb for how far a step should move the weights

Measure: TypeAlias = Literal["gradient_norms", "update_ratios"]


class Line(NamedTuple):
    """The values of one layer at some epochs; NaN for those that a log axis cannot show."""

    name: str
    epochs: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]


def layer_lines(step_diagnostics: Sequence[StepDiagnostics], measure: Measure) -> list[Line]:
    """Return one line a layer, from layer 1 on."""
    shown = step_diagnostics[thinned(len(step_diagnostics))]
    epochs = np.array([step.epoch for step in shown], np.int32)
    by_layer = zip(*(getattr(step, measure) for step in shown), strict=True)
    return [_line(layer, epochs, values) for layer, values in enumerate(by_layer, start=1)]


def _line(layer: int, epochs: npt.NDArray[np.int32], values: Iterable[float]) -> Line:
    array = np.array(list(values), np.float32)
    array[~((array > 0) & np.isfinite(array))] = np.nan
    return Line(f"layer {layer}{' (0)' if np.isnan(array).all() else ''}", epochs, array)


def gradient_figure(
    step_diagnostics: Sequence[StepDiagnostics], *, epochs: int, revision: str = ""
) -> Figure:
    """Draw the norm ‖∂C/∂W‖ of the gradient of each layer's weights, epoch by epoch.

    Parameters
    ----------
    step_diagnostics : of the last step of each epoch
    epochs : length of the axis
    revision : a zoom is kept while it stays the same
    """
    lines = layer_lines(step_diagnostics, "gradient_norms")
    return _layers("Gradient by layer", "length of ∂C/∂W (log)", lines, epochs, revision)


def ratio_figure(
    step_diagnostics: Sequence[StepDiagnostics], *, epochs: int, revision: str = ""
) -> Figure:
    """Draw how far a step moves the weights of each layer, ‖ΔW‖ / ‖W‖, epoch by epoch.

    A line marks what is usual, 1 in 1000: far above it the steps are too large, far below
    it the layer hardly learns. See `gradient_figure` for the parameters.

    Source of the rule: A. Karpathy, CS231n, Neural networks part 3 (2016).
    """
    lines = layer_lines(step_diagnostics, "update_ratios")
    usual = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": USUAL_RATIO,
        "y1": USUAL_RATIO,
        "line": {"color": TEXT, "width": 1, "dash": "dash"},
    }
    label = {
        "xref": "paper",
        "x": 1,
        "xanchor": "right",
        "y": float(np.log10(USUAL_RATIO)),  # an annotation on a log axis is placed at the logarithm
        "yanchor": "bottom",
        "text": "usual: 1 in 1000",
        "showarrow": False,
    }
    title, axis = "Step against weights, by layer", "length of a step / length of W (log)"
    return _layers(title, axis, lines, epochs, revision, shapes=[usual], annotations=[label])


def _layers(
    title: str, axis: str, lines: Sequence[Line], epochs: int, revision: str, **more: Any
) -> Figure:
    """Draw one line a layer; a layer has the same color in every chart."""
    traces = [
        scatter_trace(
            name=line.name,
            x=line.epochs,
            y=line.values,
            mode="lines" if len(line.epochs) > 1 else "markers",
            line={"width": 2, "color": color(i)},
            marker={"color": color(i)},
            hovertemplate="%{y:.2e}",
        )
        for i, line in enumerate(lines)
    ]
    figure_layout = layout(
        title,
        x="epoch",
        y=axis,
        hovermode="x unified",
        showlegend=True,
        legend=LEGEND | {"uirevision": "always"},
        uirevision=revision,
        xaxis={"range": [0, epochs]},
        yaxis={"type": "log", "exponentformat": "power"},
        **more,
    )
    return Figure(traces, figure_layout)


def unit_activity_figure(activities: Sequence[UnitActivity]) -> Figure:
    """Draw which share of the units of each hidden layer is dead, and which is saturated."""
    traces = [
        _share_trace("dead", activities, color(9)),  # the first colors are the layers'
        _share_trace("saturated", activities, color(7)),
    ]
    no_layers = {"text": "There is no hidden layer.", "showarrow": False, "font": {"size": 16}}
    figure_layout = layout(
        "Units that hardly learn",
        x="hidden layer",
        y="share of its units (%)",
        barmode="group",
        legend=LEGEND,
        xaxis={"type": "category"},
        yaxis={"range": [0, 1.05], "tickformat": ".0%"},
        annotations=[] if activities else [no_layers],
    )
    return Figure(traces if activities else [], figure_layout)


def _share_trace(
    kind: Literal["dead", "saturated"], activities: Sequence[UnitActivity], bar_color: str
) -> Trace:
    """Draw a share of the units of each layer as a bar, labeled in percent."""
    return bar_trace(
        name=kind,
        x=[f"layer {activity.layer}" for activity in activities],
        y=[getattr(activity, kind) for activity in activities],
        marker={"color": bar_color},
        texttemplate="%{y:.0%}",
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y:.1%}",
    )
