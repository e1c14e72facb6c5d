"""The style of all figures: a title at the left, legible type, and the page's colors.

A figure names colors by their meaning; the browser knows whether the page is light or
dark, and fills them in.
"""

from collections.abc import Sequence
from html import escape as escape_html
from typing import Any

TEXT = "var(--theme-text)"
BACKGROUND = "var(--theme-background)"
BORDER = "var(--theme-border)"
PRIMARY = "var(--theme-primary)"

SEQUENTIAL, DIVERGING = "coloraxis", "coloraxis2"
"""The color axes of a heatmap: from blank to full ink; blue below zero, orange above."""

LEGEND: dict[str, Any] = {
    "orientation": "h",
    "x": 1,
    "xanchor": "right",
    "y": 1,
    "yanchor": "bottom",
}
"""A row of names between the title and the chart, at its right end."""

TITLE: dict[str, Any] = {
    "x": 0,
    "xref": "container",
    "y": 1,
    "yanchor": "top",
    "pad": {"t": 6},
    "font": {"size": 16, "weight": 700},
}
"""The upper left corner, whatever the height of the chart."""

SYMBOLS = ("circle", "diamond", "square", "cross", "x")  # those that 3-D knows as well
N_COLORS = 10
MOST_TICKS = 16  # as many whole numbers as an axis has room for
PLANE_AXES = ("x₁", "x₂")  # names of the coordinates of a point
MOST_NAMES = 40  # of features, as many as can be read when they are turned
LONGEST_FEATURE = 16  # characters of the name of a feature


def escape(text: str) -> str:
    """Escape what Plotly interprets, so that a name from outside is shown as it is.

    That is some HTML everywhere, %{x} in what the mouse shows, and $x$ where there is MathJax.
    Quotes stay: plotly.js would show their escapes.
    """
    return escape_html(text, quote=False).replace("{", "&#123;").replace("$", "&#36;")


def color(i: int, opacity: float = 1.0) -> str:
    """Return the i-th categorical color, from 0; after the tenth they repeat."""
    return f"var(--theme-{i})" if opacity == 1 else f"var(--theme-{i}_{round(255 * opacity):02x})"


def class_symbol(label: int) -> str:
    """Return the symbol of a class; of the first 50, those with one color have different ones."""
    return SYMBOLS[(label + label // N_COLORS) % len(SYMBOLS)]


def readable_on(share: float, scale: str = SEQUENTIAL) -> str:
    """Return black or white, whichever is more legible on a color of a scale.

    Parameters
    ----------
    share : how far up the scale, from 0 to 1; beyond it counts as its end
    scale : SEQUENTIAL or DIVERGING
    """
    return f"var(--theme-{scale}_{round(255 * min(max(share, 0.0), 1.0)):02x})"


def whole_numbers(n: int) -> dict[str, Any]:
    """Return an axis with a tick for each of a few categories, and none between them."""
    return {"dtick": 1} if n <= MOST_TICKS else {}


def feature_names(n_features: int, columns: Sequence[str] = ()) -> list[str]:
    """Return the names of the features.

    Parameters
    ----------
    columns : the names in the table that they are from; empty if there are none, then they are
        x₁ and x₂ in the plane, and else numbers from 1
    """
    if n_features == len(PLANE_AXES) and not columns:
        return list(PLANE_AXES)
    numbers = [f"feature {i}" for i in range(1, n_features + 1)]
    return [given or number for given, number in zip(columns or numbers, numbers, strict=True)]


def feature_axis(n_features: int, columns: Sequence[str] = ()) -> dict[str, Any]:
    """Return an axis on which the features stand at 1, 2, ... n_features, by their names."""
    is_named = bool(columns) or n_features == len(PLANE_AXES)
    if not is_named or n_features > MOST_NAMES:
        return whole_numbers(n_features)
    names = [short_name(name) for name in feature_names(n_features, columns)]
    return {"tickvals": list(range(1, n_features + 1)), "ticktext": names, "automargin": True}


def short_name(name: str) -> str:
    """Return the name of a feature so that it fits at an axis, fit for Plotly."""
    is_long = len(name) > LONGEST_FEATURE
    return escape(f"{name[: LONGEST_FEATURE - 1]}…" if is_long else name)


def layout(title: str, *, x: str = "", y: str = "", **more: Any) -> dict[str, Any]:
    """Return the whole layout of a figure, in the words of plotly.js.

    Parameters
    ----------
    x, y : titles of the axes, with their units
    more : further settings of Plotly's layout; they override the common ones
    """
    common: dict[str, Any] = {
        "title": TITLE | {"text": title},
        "font": {"size": 14},
        "margin": {"l": 64, "r": 16, "t": 56, "b": 48},
        "xaxis": {"title": {"text": x}},
        "yaxis": {"title": {"text": y}},
    }
    return common | {
        name: common[name] | value if isinstance(common.get(name), dict) else value
        for name, value in more.items()
    }
