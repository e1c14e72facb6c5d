"""Break it: damage images more and more, and see when networks no longer read them."""

from collections.abc import Callable

from dashboard import session
from dashboard.components.view_choice import choose_view
from dashboard.draw.break_one import draw_one_image
from dashboard.draw.break_saliency import draw_saliency
from dashboard.draw.break_whole import draw_whole_test_part

VIEWS: dict[str, Callable[[], None]] = {
    "One image": draw_one_image,
    "Whole test part": draw_whole_test_part,
    "Where the gradient points": draw_saliency,
}


def draw_break_it() -> None:
    """Draw the choice of a view, and the chosen one."""
    view = choose_view(VIEWS, key=session.BREAK_VIEW)
    VIEWS[view]()
