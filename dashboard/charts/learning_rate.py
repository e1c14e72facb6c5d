"""The learning rate by epoch."""

from collections.abc import Sequence

import numpy as np

from dashboard.charts.curves import thinned
from dashboard.charts.figure import Figure, scatter_trace
from dashboard.charts.style import layout
from mlp.records import EpochRecord


def learning_rate_figure(
    history: Sequence[EpochRecord], *, epochs: int, revision: str = ""
) -> Figure:
    """Draw the learning rate of each epoch, as the schedule and the reader have set it.

    See `gradient_figure` for the parameters.
    """
    shown = history[thinned(len(history))]
    trace = scatter_trace(
        name="learning rate",
        x=np.array([record.epoch for record in shown], np.int32),
        y=np.array([record.learning_rate for record in shown], np.float32),
        mode="lines" if len(shown) > 1 else "markers",
        line={"width": 2, "shape": "vh"},  # the rate of epoch 3 holds from 2 to 3
        hovertemplate="%{y:.3g}",
    )
    figure_layout = layout(
        "Learning rate",
        x="epoch",
        y="learning rate of the epoch",
        hovermode="x unified",
        uirevision=revision,
        xaxis={"range": [0, epochs]},
        yaxis={"rangemode": "tozero"},
    )
    return Figure([trace], figure_layout)
