"""Accuracy by depth, width and number of parameters."""

from collections.abc import Sequence

from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.style import LEGEND, color, layout
from experiments.comparison.networks import network_name
from experiments.comparison.over_seeds import SeedSummary
from mlp.network import count_parameters

SIZES = [digit * 10**power for power in range(1, 7) for digit in (1, 2, 5)]  # ticks


def architecture_grid_figure(seed_summaries: Sequence[SeedSummary]) -> Figure:
    """Draw mean accuracy ± spread over the number of parameters, a color for each depth."""
    known = [each for each in seed_summaries if each.mean is not None]
    depths = sorted({len(each.config.hidden_layers) for each in known})
    traces = [
        _depth_trace(i, depth, [each for each in known if len(each.config.hidden_layers) == depth])
        for i, depth in enumerate(depths)
    ]
    figure_layout = layout(
        "Accuracy against size",
        x="parameters",
        y="test samples right (%)",
        showlegend=True,
        legend=LEGEND,
        xaxis={"type": "log", "tickvals": SIZES, "ticktext": [f"{size:,}" for size in SIZES]},
        yaxis={"tickformat": ".1~%"},
    )
    return Figure(traces, figure_layout)


def _depth_trace(i: int, depth: int, seed_summaries: Sequence[SeedSummary]) -> Trace:
    return scatter_trace(
        name=f"{depth} hidden",
        x=[count_parameters(each.sizes) for each in seed_summaries],
        y=[each.mean for each in seed_summaries],
        error_y={"array": [each.std or 0 for each in seed_summaries], "thickness": 2, "width": 6},
        mode="lines+markers",
        line={"color": color(i), "width": 2},
        marker={"size": 11},
        text=[network_name(each.config) for each in seed_summaries],
        hovertemplate="%{text}: %{y:.2%}, %{x:,} parameters<extra></extra>",
    )
