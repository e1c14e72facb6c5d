"""Charts that follow a run: drawn once in full, then told only what has changed."""

from collections.abc import Callable, Hashable
from typing import Any

from dashboard.charts.changes import changes_between
from dashboard.charts.figure import Figure
from dashboard.components.chart import Click, show_chart
from dashboard.components.live_feed import LiveElement, follow


class LiveChart(LiveElement[Figure]):
    """A chart, of which only the changes are told."""

    def news(self, content: Figure) -> dict[str, Any]:
        """Return the changes from the figure that was drawn in full to this one."""
        return {"changes": changes_between(self.drawn, content)}


def show_live_chart(
    make: Callable[[], Figure],
    version: Callable[[], Hashable],
    *,
    key: str,
    alt: str,
    height: int = 340,
    fill: float = 0,
    on_click: Callable[[Click], None] | None = None,
) -> None:
    """Show a chart in full, and keep it up to date while something moves.

    Parameters
    ----------
    make, version : see `LiveElement`
    alt, height, fill, on_click : see `show_chart`
    """
    chart = follow(key, LiveChart(make, version))
    show_chart(
        chart.drawn,
        key=key,
        alt=alt,
        height=height,
        fill=fill,
        drawing=chart.drawing,
        on_click=on_click,
    )
