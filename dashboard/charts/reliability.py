"""Reliability diagram and rejection curve: how far the confidence can be trusted."""

from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.charts import style
from dashboard.charts.figure import Figure, Trace, bar_trace, scatter_trace
from experiments.evaluation.metrics import Rejection, Reliability


def bin_centers(n_bins: int) -> npt.NDArray[np.float64]:
    """Return the middle of each of equally wide bins, from 0 to 1."""
    return (np.arange(n_bins) + 0.5) / n_bins


def reliability_figure(reliability: Reliability) -> Figure:
    """Draw accuracy by confidence, and below it how many samples each bar stands for."""
    n_bins = len(reliability.counts)
    bars = {"x": bin_centers(n_bins), "width": 0.94 / n_bins}
    layout = style.layout(
        f"Does the confidence match the accuracy? ECE {100 * reliability.ece:.1f} %",
        xaxis={
            "title": {"text": f"confidence: largest output, in {n_bins} equal bins"},
            "range": [0, 1],
            "tickformat": ".0%",
            "anchor": "y2",
        },
        yaxis={
            "title": {"text": "accuracy (%)"},
            "range": [0, 1.02],
            "tickformat": ".0%",
            "domain": [0.36, 1],
        },
        yaxis2={"title": {"text": "samples"}, "domain": [0, 0.26], "rangemode": "tozero"},
        legend=style.LEGEND | {"font": {"size": 12}},
    )
    return Figure([_accuracies(reliability, bars), _diagonal(), _counts(reliability, bars)], layout)


def _accuracies(reliability: Reliability, bars: dict[str, Any]) -> Trace:
    return bar_trace(
        name="accuracy",
        y=reliability.accuracy,
        marker={"color": style.color(0)},
        customdata=np.stack([reliability.counts, reliability.confidence], axis=1),
        hovertemplate="%{y:.1%} right, of %{customdata[0]:,} predictions with a mean "
        "confidence of %{customdata[1]:.1%}<extra></extra>",
        **bars,
    )


def _diagonal() -> Trace:
    """Return the line on which confidence and accuracy are equal."""
    return scatter_trace(
        name="perfectly calibrated",
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": style.TEXT, "width": 2, "dash": "dash"},
        hoverinfo="skip",
    )


def _counts(reliability: Reliability, bars: dict[str, Any]) -> Trace:
    return bar_trace(
        name="samples",
        y=reliability.counts,
        yaxis="y2",
        marker={"color": style.color(9)},
        text=[f"{count:,}" if count else "" for count in reliability.counts],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
        **bars,
    )


def rejection_figure(rejection: Rejection) -> Figure:
    """Draw the accuracy on the predictions kept when the least confident are rejected."""
    lowest = float(rejection.accuracy.min(initial=1))
    return Figure(
        [
            scatter_trace(
                x=100 * rejection.rejected,
                y=rejection.accuracy,
                mode="lines" if len(rejection.accuracy) > 1 else "markers",
                line={"color": style.color(0), "width": 3},
                hovertemplate="rejection rate %{x:.1f} %: %{y:.2%} right<extra></extra>",
            )
        ],
        style.layout(
            "Accuracy on the predictions that are kept",
            xaxis={
                "title": {"text": "rejection rate (%), least confident first"},
                "range": [0, 100],
            },
            yaxis={
                "title": {"text": "accuracy (%)"},
                "tickformat": ".1%" if lowest > 0.9 else ".0%",
                "range": [max(0.0, lowest - 0.02), 1.005],
            },
        ),
    )
