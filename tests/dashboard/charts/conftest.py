"""Plotly checks every figure that a test of the charts makes."""

import importlib
import json
import pkgutil
from typing import Any

import plotly.graph_objects as go
import plotly.io
import pytest

from dashboard import charts
from dashboard.charts.figure import Figure, to_json
from experiments.comparison.networks import compared_networks
from experiments.config import RunConfig
from experiments.training.run import Run
from tests.runs import trained

MODULES = [
    importlib.import_module(f"dashboard.charts.{module.name}")
    for module in pkgutil.iter_modules(charts.__path__)
]


def validated(data: list[dict[str, Any]], layout: dict[str, Any]) -> go.Figure:
    """Return the figure that Plotly makes of plain data; it must find nothing to correct."""
    figure = go.Figure(data, layout)
    checked = Figure(
        [each.to_plotly_json() for each in figure.data], figure.layout.to_plotly_json()
    )
    assert _written(checked) == _written(Figure(data, layout))
    return figure


def _written(figure: Figure) -> list[Any]:
    """Return what the browser reads, less what is empty: Plotly leaves it out."""
    data, layout = json.loads(to_json(figure))
    return [data, {name: value for name, value in layout.items() if value not in ([], {}, None)}]


@pytest.fixture(autouse=True)
def validate_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plotly.io.templates, "default", None)
    for module in MODULES:
        if hasattr(module, "Figure") and not module.__name__.endswith(".figure"):
            monkeypatch.setattr(module, "Figure", validated)


@pytest.fixture(scope="module")
def pair() -> list[Run]:
    return [trained(config) for config in compared_networks(RunConfig(epochs=12))]
