"""Decision regions of several networks beside each other."""

from collections.abc import Sequence

import streamlit as st

from dashboard.charts import decision_regions
from dashboard.components.chart import show_chart
from dashboard.text import percent
from experiments.comparison.networks import network_name
from experiments.evaluation.decision_regions import DecisionRegions

PLANE_HEIGHT = 250  # pixels
COLUMNS = 3


def draw_decision_regions(regions: Sequence[DecisionRegions], keys: Sequence[str]) -> None:
    """Draw the decision regions of networks, at most three beside each other."""
    for column, each, key in zip(st.columns(COLUMNS), regions, keys, strict=False):
        score = each.why_none if each.accuracy is None else percent(each.accuracy)
        title = f"{network_name(each.config)}, {each.config.dataset}: {score}"
        with column:
            show_chart(
                decision_regions.decision_regions_figure(each, title),
                key=key,
                alt=f"Decision boundary of {title}",
                height=PLANE_HEIGHT,
            )
