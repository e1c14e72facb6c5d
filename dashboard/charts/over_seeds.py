"""Accuracies of several networks with each seed, and their differences."""

from collections.abc import Sequence

import numpy as np

from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.style import TEXT, color, layout
from experiments.comparison.networks import network_name
from experiments.comparison.over_seeds import PairedComparison, SeedSummary


def pairs_figure(seed_summaries: Sequence[SeedSummary], seeds: Sequence[int]) -> Figure:
    """Draw the accuracy of each network with each seed; a line joins each pair."""
    names = [network_name(each.config) for each in seed_summaries]
    positions = [*range(len(names))]
    seed_rows = zip(*(each.accuracies for each in seed_summaries), strict=True)
    pairs = scatter_trace(
        x=[i for _ in seeds for i in [*positions, None]],
        y=[accuracy for row in seed_rows for accuracy in [*row, None]],
        text=[f"seed {seed}" for seed in seeds for _ in [*positions, None]],
        mode="lines+markers",
        line={"color": TEXT, "width": 1},
        marker={"size": 7, "color": [color(i) for _ in seeds for i in [*positions, 0]]},
        opacity=0.45,
        hovertemplate="%{text}: %{y:.2%}<extra></extra>",
    )
    axis = {"tickvals": positions, "ticktext": names, "range": [-0.5, len(names) - 0.5]}
    figure_layout = layout(
        "Each seed, and mean ± spread",
        x="network",
        y="test samples right (%)",
        showlegend=False,
        xaxis=axis,
        yaxis={"tickformat": ".1~%"},
    )
    return Figure([pairs, *_means(seed_summaries)], figure_layout)


def _means(seed_summaries: Sequence[SeedSummary]) -> list[Trace]:
    """Return the mean of each network, beside the lines, with its standard deviation."""
    return [
        scatter_trace(
            x=[i + 0.18 * (-1 if i == 0 else 1)],
            y=[each.mean],
            error_y={"array": [each.std or 0], "thickness": 3, "width": 8, "color": color(i)},
            mode="markers",
            name=network_name(each.config),
            marker={"size": 13, "symbol": "diamond", "color": color(i)},
            hovertemplate="mean %{y:.2%}<extra></extra>",
        )
        for i, each in enumerate(seed_summaries)
        if each.mean is not None
    ]


def differences_figure(paired_comparisons: Sequence[PairedComparison]) -> Figure:
    """Draw by how much each other network is ahead of the first, a dot for each seed."""
    traces = [_difference_trace(i, pair) for i, pair in enumerate(paired_comparisons)]
    zero = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0}
    first = paired_comparisons[0].first if paired_comparisons else "the first"
    axis = {
        "tickvals": [*range(len(paired_comparisons))],
        "ticktext": [pair.other for pair in paired_comparisons],
        "range": [-0.6, max(len(paired_comparisons), 1) - 0.4],
    }
    figure_layout = layout(
        f"Ahead of {first}, seed by seed",
        x="network",
        y="difference (points)",
        showlegend=False,
        shapes=[zero | {"line": {"color": TEXT, "width": 1, "dash": "dash"}}],
        xaxis=axis,
        yaxis={"rangemode": "tozero"},
    )
    return Figure([trace for both in traces for trace in both], figure_layout)


def _difference_trace(i: int, pair: PairedComparison) -> tuple[Trace, Trace]:
    """Return a dot for each seed, and a bar at their mean."""
    points = 100 * pair.paired.differences
    dots = scatter_trace(
        x=i + np.linspace(-0.25, 0.25, len(points)),
        y=points,
        mode="markers",
        marker={"size": 9, "color": color(i + 1), "opacity": 0.7},
        hovertemplate="%{y:+.2f} points<extra></extra>",
    )
    mean = scatter_trace(
        x=[i - 0.35, i + 0.35],
        y=[100 * pair.paired.mean] * 2,
        mode="lines",
        line={"color": color(i + 1), "width": 4},
        hovertemplate="mean %{y:+.2f} points<extra></extra>",
    )
    return dots, mean
