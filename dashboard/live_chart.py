"""A Plotly chart that can change many times a second and keep its zoom and legend.

`st.plotly_chart` mounts a new chart whenever the data change, and what the reader has
zoomed into or switched off is lost. Here plotly.js itself updates the chart in place.
"""

import shutil
import tempfile
from functools import cache
from pathlib import Path

import plotly
import plotly.graph_objects as go
import streamlit as st

from dashboard.still_chart import TOOLBAR, show_chart

HERE = Path(__file__).parent
SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
STATIC = HERE.parent / "static"


@cache
def publish_plotly(static: Path = STATIC) -> str | None:
    """Put plotly.js where the browser can fetch it, and return its address.

    The file is the one that the installed plotly brings along; the version in its name
    makes browsers fetch it anew after an update. On a disk that cannot be written to,
    there is no address.
    """
    target = static / f"plotly-{plotly.__version__}.min.js"
    if not target.exists():
        try:
            static.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory(dir=static) as folder:
                copy = Path(shutil.copyfile(SCRIPT, Path(folder) / target.name))
                copy.replace(target)  # at once: a half-written script is never served
        except OSError:
            return None
    return f"app/static/{target.name}"


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
    script = publish_plotly()
    if script is None:
        show_chart(figure, key=key, alt=alt, height=height)
    else:
        data = {"figure": figure.to_json(), "script": script, "toolbar": TOOLBAR}
        _mount(key=key, data=data | {"alt": alt, "height": height}, height=height)
