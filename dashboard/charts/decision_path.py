"""The straight way between two samples: what the network says along it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.charts.figure import Figure, scatter_trace
from dashboard.charts.image_grid import shortened
from dashboard.charts.style import LEGEND, TEXT, color, escape, layout
from experiments.inspection.decision_path import DecisionPath, Flip

SMALLEST_SHARE = 0.03  # of the range of all outputs: a class that never differs more has no curve
MOST_CURVES = 8
LONGEST_NAME = 16  # characters


def shown_classes(path: DecisionPath) -> list[int]:
    """Return the classes that have a curve: those that are ever the answer, or come near to it."""
    outputs = np.nan_to_num(path.outputs, posinf=0, neginf=0)
    tops = outputs.max(axis=0)
    answers = set(path.answers.tolist())
    low, high = float(outputs.min()), float(outputs.max())
    ranked = [int(k) for k in np.argsort(-tops, kind="stable")]
    visible = [k for k in ranked if tops[k] > low + SMALLEST_SHARE * (high - low)]
    return sorted(answers | set(visible[:MOST_CURVES]))


def path_figure(
    path: DecisionPath, class_names: Sequence[str], *, title: str, noun: str, are_shares: bool
) -> Figure:
    """Draw the outputs along the way as curves, with a line at each flip of the answer.

    Parameters
    ----------
    noun : what an output is called
    are_shares : whether outputs lie between 0 and 1
    """
    number = ".1%" if are_shares else ".3g"
    traces = [
        scatter_trace(
            name=escape(shortened(class_names[k], LONGEST_NAME)),
            x=100 * path.shares,
            y=np.where(np.isfinite(path.outputs[:, k]), path.outputs[:, k], np.nan),
            mode="lines",
            line={"width": 3, "color": color(k)},
            hovertemplate=f"%{{y:{number}}}",
        )
        for k in shown_classes(path)
    ]
    axis: dict[str, Any] = {"range": [-0.02, 1.12], "tickformat": ".0%"} if are_shares else {}
    figure_layout = layout(
        title,
        x="share of the way (%)",
        y=f"{noun} (%)" if are_shares else noun,
        hovermode="x unified",
        showlegend=True,
        legend=LEGEND,
        margin={"t": 84},
        xaxis={"range": [0, 100]},
        yaxis=axis,
        shapes=[_line(flip) for flip in path.flips],
        annotations=[_words(flip, class_names) for flip in path.flips],
    )
    return Figure(traces, figure_layout)


def _line(flip: Flip) -> dict[str, Any]:
    return {
        "type": "line",
        "yref": "paper",
        "x0": 100 * flip.share,
        "x1": 100 * flip.share,
        "y0": 0,
        "y1": 1,
        "line": {"color": TEXT, "width": 2, "dash": "dash"},
    }


def _words(flip: Flip, class_names: Sequence[str]) -> dict[str, Any]:
    before, after = (
        escape(shortened(class_names[k], LONGEST_NAME)) for k in (flip.before, flip.after)
    )
    is_right = flip.share > 0.5  # so that the words stay within the chart
    return {
        "x": 100 * flip.share,
        "yref": "paper",
        "y": 1,
        "yanchor": "top",
        "xanchor": "right" if is_right else "left",
        "xshift": -6 if is_right else 6,
        "text": f"{before} → {after} at {100 * flip.share:.1f} %",
        "showarrow": False,
    }
