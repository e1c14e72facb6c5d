"""The comparisons, each under a tab; one that is under way goes on while another tab is open."""

from collections.abc import Callable

from dashboard import session
from dashboard.compare.architecture_grid import depth_and_width
from dashboard.compare.networks import choose_networks
from dashboard.compare.nonlinear_sets import nonlinear_sets
from dashboard.compare.over_seeds import over_seeds
from dashboard.compare.side_by_side import side_by_side
from dashboard.components.kept_tabs import draw_kept_tabs
from experiments.comparison.architecture_grid import architecture_grid

TABS: dict[str, Callable[[], None]] = {
    "Where a single layer fails": nonlinear_sets,
    "Side by side": lambda: side_by_side(choose_networks()),
    "Over many seeds": lambda: over_seeds(choose_networks()),
    "Depth and width": lambda: depth_and_width(architecture_grid(choose_networks()[1])),
}


def draw_tabs() -> None:
    """Draw the tabs, and the comparison of the open one."""
    draw_kept_tabs(TABS, key=session.COMPARE_TAB)
