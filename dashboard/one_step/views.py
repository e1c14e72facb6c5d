"""The views of the One step page by name, of which one at a time is drawn."""

from collections.abc import Callable

from dashboard import session
from dashboard.inspected_network import InspectedNetwork, draw_views_into
from dashboard.one_step.broken_term import draw_broken_term
from dashboard.one_step.gradient_check import draw_gradient_check
from dashboard.one_step.slow_motion import draw_slow_motion
from experiments.training.run import Run

VIEWS: dict[str, Callable[[InspectedNetwork], None]] = {
    "Slow motion": draw_slow_motion,
    "Gradient check": draw_gradient_check,
    "Break a term": draw_broken_term,
}


def draw_views(run: Run) -> None:
    """Draw the slider, the choice of a view, and the chosen one below."""
    draw_views_into(run, VIEWS, key=session.ONE_STEP_VIEW)
