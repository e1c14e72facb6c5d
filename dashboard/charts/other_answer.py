"""What it takes for another answer: the sample, and where more or less ink would help."""

import numpy as np
import numpy.typing as npt

from dashboard.charts.figure import Figure, Trace
from dashboard.charts.image_grid import mosaic_figure
from dashboard.charts.style import DIVERGING, TEXT, escape

HALF = 0.5  # of full ink: where the outline is
Image = npt.NDArray[np.floating]


def other_answer_figure(
    gradient: Image, ink: Image, *, answer: str, other: str, gap: float
) -> Figure:
    """Draw d(z_other - z_answer) / dx of each pixel, on a scale around 0, and the ink's outline.

    Parameters
    ----------
    gradient : (height, width)
    ink : (height, width), from 0 to 1
    answer, other : the class that the network says, and the one it might have said
    gap : z_answer - z_other
    """
    title = f"{escape(other)} instead of {escape(answer)}: gap {gap:.3g}"
    return gradient_figure(gradient, ink, title=title, unit="change of the gap")


def gradient_figure(gradient: Image, ink: Image, *, title: str, unit: str) -> Figure:
    """Draw a value of each pixel, on a scale around 0, and the outline of the ink.

    Parameters
    ----------
    gradient : (height, width)
    ink : (height, width), from 0 to 1
    title : fit for Plotly
    unit : what the values are
    """
    limit = float(np.abs(gradient).max(initial=0)) or 1.0
    bar = {"title": {"text": unit, "font": {"size": 13}}, "thickness": 12}
    figure = mosaic_figure(
        gradient[np.newaxis],
        [""],
        title=title,
        columns=1,
        coloraxis=DIVERGING,
        scale={"cmin": -limit, "cmax": limit, "colorbar": bar},
        hovertemplate="more ink here: %{z:+.3g}<extra></extra>",
    )
    outline: Trace = {
        "type": "contour",
        "z": ink.round(3).tolist(),
        "contours": {"start": HALF, "end": HALF, "coloring": "none"},
        "line": {"color": TEXT, "width": 2},
        "hoverinfo": "skip",
        "showlegend": False,
    }
    return figure._replace(data=[*figure.data, outline])
