"""A figure as plotly.js reads it: plain dictionaries, which cost next to nothing to make.

Plotly's own classes check every setting each time, which takes milliseconds a figure; the
tests let them check each figure once.
"""

import base64
import json
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from plotly.utils import PlotlyJSONEncoder

Trace: TypeAlias = dict[str, Any]

BESIDE_TITLE = {
    "orientation": "h",
    "x": 1,
    "xanchor": "right",
    "yref": "container",
    "y": 0.99,
    "yanchor": "top",
}
"""The place of a legend in a low chart."""

PLOTLY_TYPES = {
    "float64": "f8",
    "float32": "f4",
    "int32": "i4",
    "int16": "i2",
    "int8": "i1",
    "uint32": "u4",
    "uint16": "u2",
    "uint8": "u1",
}


class Figure(NamedTuple):
    """The traces of a figure, in drawing order, and its layout."""

    data: list[Trace]
    layout: dict[str, Any]


def compact(figure: Figure, title: str) -> Figure:
    """Return a figure for a low place: smaller margins and words.

    Parameters
    ----------
    title : says what the vertical axis shows, which has no room for a title of its own
    """
    x, y = figure.layout["xaxis"], figure.layout["yaxis"]
    small = {
        "title": figure.layout["title"] | {"text": title, "y": 0.99, "yanchor": "top"},
        "font": {"size": 12},
        "margin": {"l": 44, "r": 8, "t": 42, "b": 30},
        "xaxis": x | {"title": x["title"] | {"standoff": 0}},
        "yaxis": y | {"title": {"text": ""}},
        "legend": figure.layout.get("legend", {}) | BESIDE_TITLE,
    }
    return Figure(figure.data, figure.layout | small)


def scatter_trace(**settings: Any) -> Trace:
    """Return points or lines in the plane; see Plotly's reference for the settings."""
    return {"type": "scatter", **settings}


def scatter_3d_trace(**settings: Any) -> Trace:
    """Return points in space."""
    return {"type": "scatter3d", **settings}


def bar_trace(**settings: Any) -> Trace:
    """Return bars."""
    return {"type": "bar", **settings}


def heatmap_trace(**settings: Any) -> Trace:
    """Return colored cells."""
    return {"type": "heatmap", **settings}


class _Encoder(PlotlyJSONEncoder):  # type: ignore[misc]
    """Writes numbers in arrays as their bytes, and what is not a number as null."""

    def default(self, value: object) -> Any:
        if isinstance(value, np.ndarray) and value.size:
            small = value.astype(np.int32) if value.dtype.kind == "i" else value
            if small.dtype.name in PLOTLY_TYPES:
                return _typed_array(small)
        return super().default(value)


def _typed_array(array: npt.NDArray[Any]) -> dict[str, str]:
    """Return an array as plotly.js decodes it."""
    typed = {"dtype": PLOTLY_TYPES[array.dtype.name], "bdata": encoded(array)}
    if array.ndim > 1:
        typed["shape"] = ", ".join(map(str, array.shape))
    return typed


def encoded(array: npt.NDArray[Any]) -> str:
    """Return the bytes of an array, row after row, as text in JSON can hold them: base64."""
    return base64.b64encode(array.tobytes()).decode("ascii")


def to_json(value: object) -> str:
    """Write a figure, or a part of one, as plotly.js reads it."""
    return json.dumps(value, cls=_Encoder, separators=(",", ":"))


def figure_json(figure: Figure) -> str:
    """Write a whole figure."""
    return to_json(figure._asdict())
