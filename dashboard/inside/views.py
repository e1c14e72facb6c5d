"""The views of the Inside page by name, of which one at a time is drawn."""

from collections.abc import Callable
from functools import partial

from dashboard import session
from dashboard.inside.decision import draw_decision
from dashboard.inside.landscape import draw_landscape
from dashboard.inside.layers import draw_layers
from dashboard.inside.representations import TSNE, draw_representations
from dashboard.inside.switched_off import draw_switched_off
from dashboard.inside.units import draw_units
from dashboard.inspected_network import InspectedNetwork, draw_views_into
from experiments.training.run import Run

VIEWS: dict[str, Callable[[InspectedNetwork], None]] = {
    "Units": draw_units,
    "Switch units off": draw_switched_off,
    "Layers": draw_layers,
    "Representations": draw_representations,
    "Decision": draw_decision,
    "Landscape": draw_landscape,
}
FILMED = {"Layers", "Representations"}
"""The views that follow a film of the training; all charts in them are live."""


def draw_views(run: Run) -> None:
    """Draw the slider, the choice of a view, and the chosen one below."""
    draw_views_into(run, VIEWS, key=session.INSIDE_VIEW, has_film=partial(_has_film, run))


def _has_film(run: Run) -> bool:
    view = session.value(session.INSIDE_VIEW, next(iter(VIEWS)))
    is_tsne = session.value(session.LAYER_MAP) == TSNE
    if view == "Representations" and (is_tsne or run.network.n_layers == 1):
        return False  # a map of one epoch, or the input alone
    return view in FILMED
