import json

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.charts.figure import Figure, figure_json, scatter_trace, to_json


@pytest.mark.parametrize(
    ("values", "written"),
    [
        (np.array([1, 2], np.float32), {"dtype": "f4", "bdata": "AACAPwAAAEA="}),
        (np.array([1, 300]), {"dtype": "i4", "bdata": "AQAAACwBAAA="}),
        (np.array([[7], [8]], np.uint8), {"dtype": "u1", "bdata": "Bwg=", "shape": "2, 1"}),
        (np.array([], np.float32), []),
        (np.array(["a"]), ["a"]),
        ([1.5, float("nan"), np.float64(2)], [1.5, None, 2]),
    ],
)
def test_arrays_are_written_as_plotly_reads_them(values, written) -> None:
    assert json.loads(to_json(values)) == written


def test_a_figure_is_written_as_plotly_writes_it() -> None:
    figure = Figure([scatter_trace(y=np.linspace(0, 1, 5, dtype=np.float32))], {"height": 30})
    plotly = json.loads(go.Figure(*figure).to_json())
    plotly["layout"].pop("template", None)
    assert json.loads(figure_json(figure)) == plotly
