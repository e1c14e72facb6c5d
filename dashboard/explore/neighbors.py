"""The training samples nearest to the selected sample."""

import streamlit as st

from dashboard import session
from dashboard.explore.samples import labels_of, samples_table
from dashboard.explore.selected_sample import (
    SelectedSample,
    draw_selectable_images,
    draw_selected_sample,
)
from dashboard.text import plain
from data.datasets import Dataset
from experiments.exploration.neighbors import Neighbors, nearest_neighbors
from experiments.training.prepared_data import PreparedData

N_NEIGHBORS, COLUMNS = 10, 5


def draw_neighbors(prepared: PreparedData) -> None:
    """Draw the training samples closest to the selected sample."""
    dataset = prepared.dataset
    left, right = st.columns([2, 3])
    with left:
        selected = draw_selected_sample(prepared)
    neighbors = nearest_neighbors(prepared, selected.row, N_NEIGHBORS)
    with right:
        st.markdown(neighbors_sentence(dataset, selected, neighbors))
        if dataset.image_shape:
            draw_selectable_images(
                dataset,
                neighbors.rows,
                neighbor_captions(dataset, neighbors),
                selected.row,
                columns=COLUMNS,
                title="Nearest first, with label and distance",
                key=session.NEIGHBORS_CHART,
            )
        else:
            st.markdown(samples_table(dataset, neighbors.rows, neighbors.distances))


def neighbor_captions(dataset: Dataset, neighbors: Neighbors) -> list[str]:
    """Return the label and the distance of each neighbor."""
    labels = labels_of(dataset, neighbors.rows)
    return [
        f"{label[:6]} · {distance:.2f}"
        for label, distance in zip(labels, neighbors.distances, strict=True)
    ]


def neighbors_sentence(dataset: Dataset, selected: SelectedSample, neighbors: Neighbors) -> str:
    """Say whether the nearest training sample has the same label."""
    labels = labels_of(dataset, neighbors.rows)
    if not labels:
        return "There is no other training sample to compare with."
    n_same = labels.count(selected.label)
    same = (
        "has the **same label**"
        if labels[0] == selected.label
        else f"has **another label, {plain(labels[0])}**"
    )
    return (
        f"The nearest training sample, number {neighbors.rows[0]}, {same}. Of the {len(labels)} "
        f"nearest, {n_same} have the label {plain(selected.label)}. Distances are Euclidean, "
        "between scaled samples."
    )
