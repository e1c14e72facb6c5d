"""The plane in the colors of what the network predicts, while it learns."""

from dashboard import session
from dashboard.charts.decision_regions import decision_regions_figure
from dashboard.charts.figure import Figure, compact
from dashboard.components.epoch_slider import shown_network, shown_version
from dashboard.components.live_charts import show_live_chart
from experiments.evaluation.decision_regions import regions_of
from experiments.training.run import Run


def draw_decision_regions(run: Run, *, height: int) -> None:
    """Draw the class that is predicted at each point, and samples not trained on."""
    show_live_chart(
        lambda: _figure(run),
        lambda: shown_version(run),
        key=session.DECISION_REGIONS_CHART,
        height=height,
        fill=1,
        alt="The plane in the colors of the predicted classes, and samples not trained on",
    )


def _figure(run: Run) -> Figure:
    figure = decision_regions_figure(regions_of(run, shown_network(run)), "")
    return compact(figure, f"Decision regions, {figure.layout['yaxis']['title']['text']} upward")
