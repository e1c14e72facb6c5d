"""What the split does to the score."""

from collections.abc import Sequence

from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.style import LEGEND, color, layout
from experiments.comparison.split_effect import NETWORKS, SplitScore, mean_scores

APART = 0.16  # of the two splits of a network, where networks stand 1 apart


def split_scores(results: Sequence[SplitScore]) -> Figure:
    """Draw the test accuracy of each network under each split: a point a seed, a line the mean."""
    traces = []
    for i, (split, means) in enumerate(mean_scores(results).items()):
        of_split = [result for result in results if result.split == split]
        side = (2 * i - 1) * APART
        traces += [_seeds(split, of_split, side, i), _means(means, side, i)]
    return Figure(
        traces,
        layout(
            "Test accuracy under both splits",
            x="network",
            y="test samples right (%)",
            legend=LEGEND,
            xaxis={
                "tickvals": list(range(len(NETWORKS))),
                "ticktext": list(NETWORKS),
                "range": [-0.5, len(NETWORKS) - 0.5],
                "showgrid": False,
                "zeroline": False,
            },
            yaxis={"tickformat": ".0%"},
        ),
    )


def _places(networks: Sequence[str], side: float) -> list[float]:
    names = list(NETWORKS)
    return [names.index(network) + side for network in networks]


def _seeds(split: str, results: Sequence[SplitScore], side: float, i: int) -> Trace:
    return scatter_trace(
        name=f"{split} split, a point a seed",
        x=_places([result.network for result in results], side),
        y=[result.accuracy for result in results],
        customdata=[result.seed for result in results],
        mode="markers",
        marker={"size": 11, "color": color(i), "symbol": ("circle", "diamond")[i]},
        hovertemplate="seed %{customdata}: %{y:.1%}<extra></extra>",
    )


def _means(means: dict[str, float], side: float, i: int) -> Trace:
    return scatter_trace(
        x=_places(list(means), side),
        y=list(means.values()),
        mode="markers+text",
        marker={"symbol": "line-ew", "size": 44, "line": {"width": 3, "color": color(i)}},
        texttemplate="%{y:.1%}",
        textposition="middle left" if side < 0 else "middle right",
        textfont={"size": 18},
        hovertemplate="mean %{y:.1%}<extra></extra>",
        showlegend=False,
    )
