"""Maps of the layers by t-SNE, which are made while one watches."""

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.components.chart import show_chart
from dashboard.components.epoch_slider import shown_step
from dashboard.components.wrapping_columns import wrapping_columns
from dashboard.inside.layer_planes import PLANE_HEIGHT, PLANE_WIDTH, alt_of, plane_of_layer
from experiments.exploration.tsne import Embedding
from experiments.inspection.layer_tsne import LayerMaps, layer_maps_at
from experiments.inspection.representations import Points, map_rows, unit_spread
from experiments.training.run import Run

NO_MAP = "There is nothing to map:<br>too few samples, or all in one place."
PAUSE_SECONDS = 0.3  # between two drawings


def stop_layer_tsne() -> None:
    """Stop t-SNE at the step it has reached."""
    session.tab().is_layer_tsne_running = False


def _start() -> None:
    session.tab().is_layer_tsne_running = True


def draw_layer_tsne(run: Run) -> None:
    """Draw the maps of the layers; again and again while t-SNE runs."""
    is_running = session.tab().is_layer_tsne_running
    st.fragment(_draw, run_every=PAUSE_SECONDS if is_running else None)(run, is_running)
    st.markdown(
        "**What to notice:** groups that stay together are samples that the layer finds alike; how "
        "large a group is, and how far it lies from another, means little."
    )


def _draw(run: Run, was_running: bool) -> None:
    """Continue t-SNE if it runs, and draw the maps as far as they are made.

    Parameters
    ----------
    was_running : whether t-SNE ran when the page was drawn
    """
    maps = layer_maps_at(run, shown_step(run))
    unfinished = maps.next
    if was_running and unfinished:
        unfinished.move(session.page())
    if not unfinished:
        stop_layer_tsne()
    _draw_progress(maps, unfinished, was_running)
    columns = wrapping_columns(session.PLANES_COLUMNS, [PLANE_WIDTH] * len(maps))
    for layer, (column, embedding) in enumerate(zip(columns, maps.maps, strict=True)):
        with column:
            _draw_map(run, layer, embedding)
    if was_running != session.tab().is_layer_tsne_running:
        st.rerun()  # the whole page, which sets how often this view is drawn


def _draw_progress(maps: LayerMaps, unfinished: Embedding | None, is_running: bool) -> None:
    """Draw the button that starts and stops t-SNE, and how far it has come."""
    if maps.problem:
        st.error(maps.problem, icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        label = "Stop" if is_running else "Go on" if 0 < maps.fraction < 1 else "Run t-SNE"
        st.button(
            label,
            key=session.LAYER_TSNE_BUTTON,
            icon=":material/stop:" if is_running else ":material/play_arrow:",
            type="secondary" if is_running else "primary",
            on_click=stop_layer_tsne if is_running else _start,
            disabled=unfinished is None,
            help="Make the maps of all layers, one after another, at the epoch of the slider; it "
            "takes some seconds, and can be stopped.",
        )
        is_waiting = is_running and unfinished is not None and unfinished.is_waiting
        state = " · waiting for the processor" if is_waiting else ""
        st.progress(maps.fraction, text=f"{maps.fraction:.0%} of all steps{state}")


def _draw_map(run: Run, layer: int, embedding: Embedding | None) -> None:
    """Draw the map of one layer; before its first step, this is PCA."""
    points = embedding.points if embedding else _no_points(run)
    figure = plane_of_layer(
        run,
        layer,
        unit_spread(points),
        beside="t-SNE: only closeness counts",
        problem="" if embedding else NO_MAP,
    )
    show_chart(
        figure,
        key=session.key_of(session.PLANE_CHART, layer),
        alt=alt_of(run, layer),
        height=PLANE_HEIGHT,
    )


def _no_points(run: Run) -> Points:
    return np.zeros((len(map_rows(run)[1]), 2), np.float32)
