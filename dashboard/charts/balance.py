"""How many samples each class has, in each part of the split."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

Counts: TypeAlias = npt.NDArray[np.intp]


def class_counts(
    labels: npt.NDArray[np.intp], parts: Mapping[str, npt.NDArray[np.intp]], n_classes: int
) -> dict[str, Counts]:
    """Return how many samples of each class are in each part, (n_classes,) a part.

    Parameters
    ----------
    labels : (n_samples,)
    parts : rows of each part, by name
    """
    return {name: np.bincount(labels[rows], minlength=n_classes) for name, rows in parts.items()}


def class_balance(counts: Mapping[str, Counts], class_names: Sequence[str]) -> go.Figure:
    """Draw the samples of each class as a bar, one colour a part of the split."""
    figure = go.Figure(
        [
            go.Bar(
                name=f"{name} ({counted.sum():,})",
                x=list(class_names),
                y=counted,
                hovertemplate="%{y:,} samples",
            )
            for name, counted in counts.items()
        ]
    )
    figure.update_layout(
        title="Samples of each class",
        barmode="stack",
        hovermode="x unified",
        legend={"orientation": "h", "y": 1.1, "x": 1, "xanchor": "right", "traceorder": "normal"},
    )
    figure.update_xaxes(title="class", type="category")
    figure.update_yaxes(title="number of samples")
    return figure
