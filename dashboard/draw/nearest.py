"""The training images nearest to the drawing."""

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts.figure import Figure
from dashboard.components.live_charts import show_live_chart
from dashboard.components.sample_grid import images_figure
from dashboard.draw.novelty import (
    N_NEIGHBORS,
    can_load_samples,
    how_to_fetch,
    nearest_samples,
    nearest_version,
)
from dashboard.draw.trained_networks import TrainedNetwork

COLUMNS = 6
HEIGHT = 330  # pixels


def draw_nearest(trained: TrainedNetwork) -> None:
    """Draw the training images nearest to the drawing, or say why there are none."""
    if not can_load_samples(trained):
        st.info(
            "The images that this network has learned from are not on this machine. "
            f"{how_to_fetch(trained)}",
            icon=":material/info:",
        )
        return
    st.markdown(
        "What the network has seen that is most like your drawing, pixel by pixel, once you lift "
        "the pen. The network itself does not look them up: it has only its weights. From "
        "the distance to the first one comes the question 'Not a digit?', asked where it is "
        "larger than for 99 % of images that were held out. That finds noise and scribbles; a "
        "letter may be nearer to some digit than your digit is, and an unusual hand or pen is "
        "far as well."
    )
    show_live_chart(
        lambda: _figure(trained),
        lambda: nearest_version(trained),
        key=session.DRAWN_NEIGHBORS_CHART,
        height=HEIGHT,
        alt=f"The {N_NEIGHBORS} training images nearest to the drawing",
    )


def _figure(trained: TrainedNetwork) -> Figure:
    nearest = nearest_samples(trained)
    if nearest is None:
        return images_figure(
            trained.dataset,
            np.empty(0, np.intp),
            [],
            columns=COLUMNS,
            title="Nearest training images: draw, and lift the pen",
        )
    dataset, neighbors = nearest.prepared.dataset, nearest.neighbors
    names = [dataset.class_names[label] for label in dataset.labels[neighbors.rows]]
    captions = [
        f"{name[:6]} · {distance:.2f}"
        for name, distance in zip(names, neighbors.distances, strict=True)
    ]
    return images_figure(
        dataset,
        neighbors.rows,
        captions,
        columns=COLUMNS,
        title="Nearest training images, with label and distance",
    )
