"""An image, what was done to it, and what has become of it, side by side."""

from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.charts.figure import Figure, Trace, heatmap_trace
from dashboard.charts.image_grid import PICTURE_AXES
from dashboard.charts.style import DIVERGING, SEQUENTIAL, layout

Image = npt.NDArray[np.floating[Any]]
CAPTION_SIZE = 13  # pixels
COLOR_BAR: dict[str, Any] = {
    "orientation": "h",
    "thickness": 10,
    "len": 0.5,
    "yref": "container",
    "y": 0,
    "yanchor": "bottom",
}
"""Below the images, so that they have all the width of a phone."""


def damage_figure(original: Image, damaged: Image, *, maximum: float, title: str) -> Figure:
    """Draw an image, its change, and the damaged image.

    The change has a scale of its own around 0, as large as the largest change, or a change of a
    few gray levels could not be seen.

    Parameters
    ----------
    original, damaged : (height, width), from 0 to the maximum
    title : fit for Plotly
    """
    change = damaged - original
    height, width = original.shape
    limit = float(np.abs(change).max(initial=0)) or 1.0
    step = width + max(1, width // 6)
    captions = (
        "the image",
        f"the change (gray levels)<br>{size_in_words(change)}",
        "the damaged image",
    )
    scales: dict[str, Any] = {
        SEQUENTIAL: {"cmin": 0, "cmax": maximum, "showscale": False},
        DIVERGING: {"cmin": -limit, "cmax": limit, "colorbar": COLOR_BAR},
    }
    figure_layout = layout(
        title,
        **PICTURE_AXES,
        **scales,
        annotations=[
            _caption(text, i * step + (width - 1) / 2, height) for i, text in enumerate(captions)
        ],
        margin={"l": 0, "r": 0, "t": 40, "b": 84},
    )
    traces = [
        _picture(original, 0, SEQUENTIAL, "%{z:.3g}"),
        _picture(change, step, DIVERGING, "%{z:+.3g}"),
        _picture(damaged, 2 * step, SEQUENTIAL, "%{z:.3g}"),
    ]
    return Figure(traces, figure_layout)


def size_in_words(change: Image) -> str:
    """Say how large a change is, in the gray levels of the image."""
    largest, rms = float(np.abs(change).max(initial=0)), float(np.sqrt(np.square(change).mean()))
    return f"max {largest:.3g}, root mean square {rms:.3g}"


def _picture(image: Image, x: int, coloraxis: str, number: str) -> Trace:
    return heatmap_trace(
        z=np.ascontiguousarray(image, np.float32),
        x0=x,
        dx=1,
        coloraxis=coloraxis,
        hovertemplate=f"gray levels: {number}<extra></extra>",
    )


def _caption(text: str, x: float, height: int) -> dict[str, Any]:
    return {
        "x": x,
        "y": height - 0.5,
        "yanchor": "top",
        "text": text,
        "showarrow": False,
        "font": {"size": CAPTION_SIZE},
    }
