"""How many samples each class has, in each part of the split."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from dashboard.charts.figure import Figure, bar_trace
from dashboard.charts.style import LEGEND, escape, layout
from experiments.evaluation.metrics import IntArray


def class_counts(
    labels: npt.NDArray[np.intp], parts: Mapping[str, npt.NDArray[np.intp]], n_classes: int
) -> dict[str, IntArray]:
    """Return how many samples of each class are in each part, (n_classes,) a part.

    Parameters
    ----------
    labels : (n_samples,)
    parts : rows of each part, by name
    """
    return {name: np.bincount(labels[rows], minlength=n_classes) for name, rows in parts.items()}


def class_balance(counts: Mapping[str, IntArray], class_names: Sequence[str]) -> Figure:
    """Draw the samples of each class as a bar, one color a part of the split."""
    bars = [
        bar_trace(
            name=f"{name} ({counted.sum():,})",
            x=np.arange(len(class_names)),
            y=counted,
            hovertemplate="%{y:,} samples",
        )
        for name, counted in counts.items()
    ]
    return Figure(
        bars,
        layout(
            "Samples of each class",
            x="class",
            y="number of samples",
            barmode="stack",
            hovermode="x unified",
            legend=LEGEND | {"traceorder": "normal"},
            xaxis=class_axis(class_names),
        ),
    )


def class_axis(class_names: Sequence[str], most: int = 40) -> dict[str, object]:
    """Return the words of an axis on which class i stands at place i, at most so many of them."""
    stride = -(-len(class_names) // most)
    return {
        "tickvals": list(range(0, len(class_names), stride)),
        "ticktext": [escape(name[:20]) for name in class_names[::stride]],
        "automargin": True,
        "showgrid": False,
    }
