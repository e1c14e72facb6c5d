"""A Plotly chart that can change many times a second and keep its zoom and legend.

`st.plotly_chart` mounts a new chart whenever the data change, and what the reader has
zoomed into or switched off is lost. Here plotly.js itself updates the chart in place.
"""

import shutil
from pathlib import Path

import plotly
import plotly.graph_objects as go
import streamlit as st

HERE = Path(__file__).parent
SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
STATIC = HERE.parent / "static"


def publish_plotly(static: Path = STATIC) -> str:
    """Put plotly.js where the browser can fetch it, and return its address.

    The file is the one that the installed plotly brings along; the version in its name
    makes browsers fetch it anew after an update.
    """
    name = f"plotly-{plotly.__version__}.min.js"
    target = static / name
    if not target.exists():
        static.mkdir(exist_ok=True)
        half_done = target.with_suffix(".part")
        shutil.copyfile(SCRIPT, half_done)
        half_done.replace(target)  # at once, for a page that asks while another one copies
    return f"app/static/{name}"


_mount = st.components.v2.component(
    "live_chart",
    html='<div class="live-chart" role="img"></div>',
    js=(HERE / "live_chart.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # plotly.js puts its styles into the page
)


def live_chart(figure: go.Figure, *, key: str, alt: str, height: int = 340) -> None:
    """Show a figure that will be shown again, changed, under the same key.

    Parameters
    ----------
    alt : what the figure shows, for those who cannot see it
    height : in pixels
    """
    figure.update_layout(height=height)
    _mount(
        key=key,
        data={"figure": figure.to_json(), "script": publish_plotly(), "alt": alt},
        height=height,
    )
