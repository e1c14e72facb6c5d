"""Decision regions of several networks beside each other."""

from collections.abc import Sequence

import streamlit as st

from dashboard.charts import decision_regions
from dashboard.components.chart import show_chart
from dashboard.text import percent
from experiments.comparison.networks import network_name
from experiments.evaluation.decision_regions import DecisionRegions

PLANE_HEIGHT = 320  # pixels


PANELS = 3  # beside each other


def draw_decision_regions(lands: Sequence[DecisionRegions], key: str) -> None:
    """Draw what networks make of the plane, at most three beside each other."""
    for number, (column, land) in enumerate(zip(st.columns(PANELS), lands, strict=False)):
        right = land.why_none if land.accuracy is None else percent(land.accuracy)
        title = f"{network_name(land.config)}, {land.config.dataset}: {right}"
        with column:
            show_chart(
                decision_regions.decision_regions_figure(land, title),
                key=f"land_{key}_{number}",
                alt=f"Decision boundary of {title}",
                height=PLANE_HEIGHT,
            )
