"""How accuracies fall with the strength of a damage."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.image_grid import shortened
from dashboard.charts.style import LEGEND, TEXT, color, escape, layout
from data.corruption import Damage
from experiments.evaluation.robustness import Curve

LONGEST_NAME = 28  # letters of a network in the legend


class NamedCurve(NamedTuple):
    """The curve of a network, and the number of its color."""

    name: str
    number: int
    curve: Curve


def robustness_figure(damage: Damage, curves: Sequence[NamedCurve], chance: float) -> Figure:
    """Draw accuracies with their intervals of 95 %, and the share that guessing reads right.

    Parameters
    ----------
    curves : those without samples are left out
    chance : 0 to 1
    """
    known = [each for each in curves if each.curve.n_samples]
    traces = [
        *map(_band, known),
        *map(_line, known),
        _chance(chance, [each.curve for each in known]),
    ]
    figure_layout = layout(
        f"Accuracy under {damage.title.lower()}",
        x=f"strength ({damage.unit})",
        y="test images right (%)",
        yaxis={"range": [0, 1.02], "tickformat": ".0%"},
        legend=LEGEND | {"font": {"size": 12}, "traceorder": "normal"},
        margin={"t": 84},
        hovermode="x unified",
    )
    return Figure(traces, figure_layout)


def _line(each: NamedCurve) -> Trace:
    return scatter_trace(
        name=escape(shortened(each.name, LONGEST_NAME)),
        x=each.curve.strengths,
        y=each.curve.accuracies,
        mode="lines+markers",
        line={"color": color(each.number), "width": 2.5},
        marker={"size": 6},
        customdata=each.curve.intervals,
        hovertemplate="%{y:.1%} (%{customdata[0]:.1%} to %{customdata[1]:.1%})",
    )


def _band(each: NamedCurve) -> Trace:
    """Return the area between both limits, to the right along one and back along the other."""
    low, high = each.curve.intervals.T
    strengths = each.curve.strengths
    return scatter_trace(
        x=np.concatenate([strengths, strengths[::-1]]),
        y=np.concatenate([low, high[::-1]]),
        fill="toself",
        fillcolor=color(each.number, 0.2),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )


def _chance(chance: float, curves: Sequence[Curve]) -> Trace:
    ends = [curves[0].strengths[0], curves[0].strengths[-1]] if curves else []
    return scatter_trace(
        name="guessing",
        x=ends,
        y=[chance] * len(ends),
        mode="lines",
        line={"color": TEXT, "width": 1.5, "dash": "dash"},
        hovertemplate="%{y:.1%}",
    )
