"""The explosion of the loss in a run that has diverged, on an axis that ends below it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard.charts.curves import Curve
from dashboard.charts.figure import Trace, scatter_trace
from dashboard.charts.style import color

CEILING = 3.0  # the axis ends at so many times the loss of the untrained network
ABOVE = "Above the axis"


class Explosion(NamedTuple):
    """The upper end of the axis, what is drawn at it, and the words beside that."""

    top: float
    traces: list[Trace]
    note: dict[str, Any]


def explosion(curves: Sequence[Curve], diverged_at: float) -> Explosion:
    """Return how to draw the losses of a run that has diverged: those of few batches at its end.

    Parameters
    ----------
    curves : the first is the training loss, from epoch 0 on
    diverged_at : the epoch, and its fraction, of the step that was too large to go on
    """
    top = CEILING * float(curves[0].values[0])
    is_above = [curve.values > top for curve in curves]
    epochs, losses = (
        np.concatenate([values[above] for values, above in zip(each, is_above, strict=True)])
        for each in ([curve.epochs for curve in curves], [curve.values for curve in curves])
    )
    traces = [_way_up(curves, diverged_at, top), _marks_at_edge(epochs, losses, diverged_at, top)]
    most = f"▲ loss up to<br>{losses.max():,.4g}" if len(losses) else "▲ loss too<br>large to go on"
    return Explosion(top, traces, _note(most, diverged_at, top))


def _way_up(curves: Sequence[Curve], diverged_at: float, top: float) -> Trace:
    """Join the last finite losses, and lead from there to the edge or beyond it."""
    known = [curve for curve in curves if len(curve.values)]
    last = max(known, key=lambda curve: float(curve.epochs[-1]))
    return scatter_trace(
        x=np.append(last.epochs, np.float32(diverged_at)),
        y=np.append(last.values, np.float32(max(top, last.values[-1]))),
        mode="lines",
        line={"width": 1.5, "dash": "dot", "color": color(2)},
        hoverinfo="skip",
        showlegend=False,
    )


def _marks_at_edge(epochs: Any, losses: Any, diverged_at: float, top: float) -> Trace:
    """Mark the losses above the axis, and the one too large to go on, at its upper edge."""
    return scatter_trace(
        name=ABOVE,
        x=np.append(epochs, np.float32(diverged_at)),
        y=np.full(len(epochs) + 1, top, np.float32),
        text=[*(f"loss {loss:,.4g}" for loss in losses.tolist()), "too large to go on"],
        mode="markers",
        marker={"symbol": "triangle-up", "size": 10, "color": color(1)},
        cliponaxis=False,
        hovertemplate="%{text}",
        showlegend=False,
    )


def _note(text: str, diverged_at: float, top: float) -> dict[str, Any]:
    """Return words below the edge, right of where the run diverged."""
    return {
        "x": diverged_at,
        "y": top,
        "xanchor": "left",
        "yanchor": "top",
        "xshift": 4,
        "yshift": -4,
        "align": "left",
        "text": text,
        "showarrow": False,
        "font": {"size": 11},
    }
