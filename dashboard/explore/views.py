"""The views of the page by name, of which one at a time is drawn."""

from collections.abc import Callable

import streamlit as st

from dashboard import session
from dashboard.components.view_choice import choose_view
from dashboard.explore.augmentation import draw_augmentation
from dashboard.explore.classes import draw_classes
from dashboard.explore.neighbors import draw_neighbors
from dashboard.explore.projection_map import draw_map, stop_tsne
from dashboard.explore.samples import draw_samples
from dashboard.explore.scaling import draw_scaling
from dashboard.explore.split import draw_split
from dashboard.explore.values import draw_values
from experiments.training.prepared_data import PreparedData, prepare

VIEWS: dict[str, Callable[[PreparedData], None]] = {
    "Samples": draw_samples,
    "Classes": draw_classes,
    "Values": draw_values,
    "Map": draw_map,
    "Neighbors": draw_neighbors,
    "Scaling": draw_scaling,
    "Augmentation": draw_augmentation,
    "Split": draw_split,
}


@st.fragment
def draw_chosen_view() -> None:
    """Draw the choice of a view, and the chosen one below."""
    view = choose_view(VIEWS, key=session.VIEW, on_change=stop_tsne)
    with st.container(key="explore-view"):
        VIEWS[view](prepare(session.config_of_data(), session.own()))
