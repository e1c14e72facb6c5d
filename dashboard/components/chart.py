"""A Plotly chart that can change many times a second, keeps its zoom, and reports clicks.

`st.plotly_chart` mounts a new chart whenever the data change: what the reader has zoomed
into or switched off is lost, and a heatmap reports no clicks. Here plotly.js itself
updates the chart in place.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import plotly
import streamlit as st

from dashboard import session
from dashboard.charts.figure import Figure, figure_json
from dashboard.components.live_feed import FOLLOW

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "static"
CARTESIAN_SCRIPT = "plotly-cartesian-4.1.1.min.js"
"""plotly.js without 3-D and maps, a third of the whole: npm's plotly.js-cartesian-dist-min,
in the version of plotly.js that the installed plotly brings."""
WHOLE_SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

TOOLBAR = {
    "displaylogo": False,
    "showSendToCloud": False,  # the data stay here
}
REMOVED_BUTTONS = [
    "select2d",
    "lasso2d",
    "zoomIn2d",
    "zoomOut2d",
    "autoScale2d",
    "sendChartToCloud",
]
"""Who drags zooms in, and who clicks twice sees the whole again."""
REMOVED_FROM_PICTURES = ["zoom2d", "pan2d", "resetScale2d"]
"""Images reach to the edge of their chart, so that each button would stand before one."""


@dataclass(frozen=True)
class Click:
    """A point that the reader has clicked on, and its trace, numbered in drawing order.

    index : (row, column) in a heatmap, (point,) elsewhere
    """

    trace: int
    index: tuple[int, ...]


@cache
def publish_plotly(static: Path = STATIC) -> str | None:
    """Put the whole of plotly.js where the browser can fetch it, and return its address.

    The file comes with the installed plotly; the version in its name makes browsers fetch
    it again after an update. On a disk that cannot be written to, there is no address.
    """
    target = static / f"plotly-{plotly.__version__}.min.js"
    if not target.exists():
        try:
            static.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=static) as folder:
                copy = Path(shutil.copyfile(WHOLE_SCRIPT, Path(folder) / target.name))
                copy.replace(target)  # at once: a half-written script is never served
        except OSError:
            return None
    return f"app/static/{target.name}"


def script_for(figure: Figure) -> str | None:
    """Return the address of the plotly.js that a figure needs: the whole one for 3-D alone."""
    if any(trace["type"] in ("scatter3d", "surface") for trace in figure.data):
        return publish_plotly()
    return f"app/static/{CARTESIAN_SCRIPT}"


def toolbar_for(figure: Figure) -> dict[str, Any]:
    """Return which buttons the toolbar of a figure has, in the words of plotly.js."""
    is_picture = figure.layout.get("xaxis", {}).get("visible") is False
    removed = REMOVED_BUTTONS + (REMOVED_FROM_PICTURES if is_picture else [])
    return TOOLBAR | {"modeBarButtonsToRemove": removed}


_mount = st.components.v2.component(
    "chart",
    html='<div class="chart" role="img"></div>',
    css=(HERE / "chart.css").read_text(encoding="utf-8"),
    js=FOLLOW + (HERE / "chart.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # plotly.js puts its styles into the page
)


def show_chart(
    figure: Figure,
    *,
    key: str,
    alt: str,
    height: int = 340,
    fill: float = 0,
    drawing: str = "",
    on_click: Callable[[Click], None] | None = None,
) -> None:
    """Show a figure; shown again under the same key, it changes in place.

    Where the whole of plotly.js cannot be published, Streamlit draws a chart in 3-D, and no
    clicks are reported: whatever a click does, another control can do as well.

    Parameters
    ----------
    alt : what the figure shows, for screen readers
    height : in pixels
    fill : so much of the room that the page has left, if that is more
    drawing : names this drawing, for the changes that follow; see `live_feed`
    on_click : called with each click before the page runs again, as that of a button is;
        the click comes from the browser, so its index may lie beyond the data
    """
    script, toolbar = script_for(figure), toolbar_for(figure)
    if script is None:
        st.plotly_chart(figure._asdict(), key=key, alt=alt, height=height, config=toolbar)
        return
    data = {
        "figure": figure_json(figure),
        "key": key,
        "drawing": drawing,
        "script": script,
        "toolbar": toolbar,
        "alt": alt,
        "height": height,
        "fill": fill,
        "clickable": on_click is not None,
    }

    def report_click() -> None:
        click = parse_click(session.sent(key, "click"))
        if click and on_click:
            on_click(click)

    _mount(key=key, data=data, height="content" if fill else height, on_click_change=report_click)


def parse_click(sent: object) -> Click | None:
    """Return the click that the browser has sent; None if it is malformed."""
    match sent:
        case {"trace": int(trace), "index": [*index]} if (
            0 < len(index) <= 2
            and trace >= 0
            and all(type(place) is int and place >= 0 for place in index)
        ):
            return Click(trace, tuple(index))
    return None
