"""A map of the training samples in two or three dimensions, by PCA or by t-SNE."""

from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard import session
from dashboard.charts.projections import groups_by_class, scatter
from dashboard.components.chart import show_chart
from dashboard.components.source_code import show_source
from dashboard.explore.selected_sample import (
    CHART_HEIGHT,
    draw_selected_sample,
    position_in,
    select_point,
)
from dashboard.text import plain
from data.datasets import Dataset
from experiments.exploration.projections import (
    Projection,
    map_positions,
    principal_components,
    projection_of,
)
from experiments.exploration.tsne import STEPS, Embedding, embedding_of, tsne
from experiments.training.prepared_data import PreparedData

PCA_2D, PCA_3D, TSNE = "PCA in 2-D", "PCA in 3-D", "t-SNE"
PAUSE_SECONDS = 0.3  # between two drawings


def draw_map(prepared: PreparedData) -> None:
    """Draw all training samples at once; again and again while t-SNE runs."""
    is_running = session.tab().is_tsne_running
    seconds = PAUSE_SECONDS if is_running else None
    st.fragment(_draw, run_every=seconds)(prepared, is_running)


def _draw(prepared: PreparedData, was_running: bool) -> None:
    """Draw the map beside the selected sample.

    Parameters
    ----------
    was_running : whether t-SNE ran when the page was drawn
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choice = _choose_map(prepared.dataset)
        button_place = st.container()
    left, right = st.columns([3, 2])
    with left:
        if choice != TSNE:
            _draw_pca(prepared, 3 if choice == PCA_3D else 2)
        elif embedding := _embedding_or_message(prepared):
            with button_place:
                _draw_tsne_button(embedding, was_running)
            _draw_tsne(prepared, embedding, was_running)
    with right:
        draw_selected_sample(prepared)
    show_source("The lines of Python that do this", {"PCA": principal_components, "t-SNE": tsne})
    if was_running != session.tab().is_tsne_running:
        st.rerun()  # the whole page, which sets how often this view is drawn


def _choose_map(dataset: Dataset) -> str:
    """Draw the choice of a map; return it."""
    choice: str = st.segmented_control(
        "Map",
        map_choices(dataset),
        default=PCA_2D,
        required=True,
        key=session.MAP,
        persist_state="session",
        on_change=stop_tsne,
        help="PCA keeps the directions in which the samples differ most. t-SNE keeps neighbors "
        "together; long distances on its map mean little.",
    )
    return choice


def map_choices(dataset: Dataset) -> list[str]:
    """Return the maps there are of a dataset: one in 3-D only from three features on."""
    return [PCA_2D, PCA_3D, TSNE] if dataset.n_features > 2 else [PCA_2D, TSNE]


def start_tsne() -> None:
    """Start t-SNE, from the step it has reached."""
    session.tab().is_tsne_running = True


def stop_tsne() -> None:
    """Stop t-SNE at the step it has reached."""
    session.tab().is_tsne_running = False


def _embedding_or_message(prepared: PreparedData) -> Embedding | None:
    """Return the map by t-SNE as far as it is made; say so if there can be none."""
    try:
        return embedding_of(prepared)
    except ValueError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return None


def _draw_tsne_button(embedding: Embedding, is_running: bool) -> None:
    """Draw the one button that starts or stops t-SNE: it changes its words, not its place."""
    is_begun = embedding.step > 0 and not embedding.is_over
    label = "Stop" if is_running else "Go on" if is_begun else "Run t-SNE"
    st.button(
        label,
        key=session.TSNE_BUTTON,
        icon=":material/stop:" if is_running else ":material/play_arrow:",
        type="secondary" if is_running else "primary",
        on_click=stop_tsne if is_running else start_tsne,
        disabled=embedding.is_over,
        help=f"Make the {STEPS} steps of t-SNE; it takes some seconds, and can be stopped.",
    )


def _draw_tsne(prepared: PreparedData, embedding: Embedding, is_running: bool) -> None:
    """Continue t-SNE if it runs, and draw the map as far as it is made."""
    if is_running:
        embedding.move(session.page())
    if embedding.is_over or embedding.problem:
        stop_tsne()
    if embedding.problem:
        st.error(embedding.problem, icon=":material/error:")
    state = " · waiting for the processor" if is_running and embedding.is_waiting else ""
    st.progress(embedding.fraction, text=f"Step {embedding.step} of {STEPS}{state}")
    _draw_points(
        prepared,
        embedding.points,
        title="t-SNE: neighbors stay together",
        axes=("no unit: only closeness counts", "no unit"),
        key=session.TSNE_CHART,
    )


def _draw_pca(prepared: PreparedData, n_components: int) -> None:
    """Draw the samples along their first principal components."""
    projection = projection_of(prepared)
    _draw_points(
        prepared,
        projection.points,
        title="PCA: the directions of largest variance",
        axes=component_titles(projection, n_components),
        key=session.PCA_3D_CHART if n_components == 3 else session.PCA_2D_CHART,
    )


def component_titles(projection: Projection, n_components: int) -> tuple[str, ...]:
    """Return the titles of the axes of a PCA, with the share of the variance."""
    ratios = projection.explained_variance_ratio[:n_components]
    unit = "%" if n_components == 3 else "% of variance"  # in 3-D, there is little room
    return tuple(f"component {i} ({100 * ratio:.1f} {unit})" for i, ratio in enumerate(ratios, 1))


def _draw_points(
    prepared: PreparedData,
    points: npt.NDArray[np.float32],
    *,
    title: str,
    axes: tuple[str, ...],
    key: str,
) -> None:
    """Draw a map of training samples; a click selects one.

    Parameters
    ----------
    points : (n_points, 2 or more)
    """
    rows = prepared.split.training[map_positions(prepared)]
    groups = groups_by_class(prepared.dataset.labels[rows], prepared.dataset.class_names)
    figure = scatter(
        points,
        groups,
        rows,
        title=title,
        axes=axes,
        chosen=position_in(rows, session.tab().sample),
        revision=prepared.dataset.name,
    )
    alt = f"{title}. {len(rows)} training samples, colored by class"
    select = partial(select_point, groups, rows)
    show_chart(figure, key=key, alt=alt, height=CHART_HEIGHT, fill=1, on_click=select)
    st.caption(map_sentence(prepared, len(rows)))


def map_sentence(prepared: PreparedData, n_points: int) -> str:
    """Say which samples a map shows."""
    n_training = len(prepared.split.training)
    which = "all" if n_points == n_training else f"{n_points:,}, drawn at random, of the"
    return (
        f"Each point is a training sample, scaled: {which} {n_training:,}. A click on a point "
        "shows its sample."
    )
