"""What one can do with a drawing, each under a tab."""

from collections.abc import Callable

from dashboard import session
from dashboard.components.kept_tabs import draw_kept_tabs
from dashboard.draw.break_it import draw_break_it
from dashboard.draw.gallery import draw_gallery
from dashboard.draw.pad_view import draw_pad

TABS: dict[str, Callable[[], None]] = {
    "Draw": draw_pad,
    "Gallery": draw_gallery,
    "Break it": draw_break_it,
}


def draw_tabs() -> None:
    """Draw the tabs, and what is under the open one."""
    draw_kept_tabs(TABS, key=session.DRAW_TAB, on_change=_forget_problem)


def _forget_problem() -> None:
    session.tab().gallery_problem = ""
