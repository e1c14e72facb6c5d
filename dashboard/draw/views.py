"""Views of the drawing, below the pad, of which one at a time is drawn."""

from collections.abc import Callable

from dashboard import session
from dashboard.components.view_choice import choose_view
from dashboard.draw.answers import draw_all_answers
from dashboard.draw.nearest import draw_nearest
from dashboard.draw.other_answer import draw_other_answer
from dashboard.draw.step_table import draw_step_table
from dashboard.draw.trained_networks import TrainedNetwork

VIEWS: dict[str, Callable[[TrainedNetwork], None]] = {
    "All networks": lambda _: draw_all_answers(),
    "Nearest images": draw_nearest,
    "Another answer": draw_other_answer,
    "Steps in figures": draw_step_table,
}


def draw_chosen_view(trained: TrainedNetwork) -> None:
    """Draw the choice of a view, and the chosen one below."""
    view = choose_view(VIEWS, key=session.DRAW_VIEW)
    VIEWS[view](trained)
