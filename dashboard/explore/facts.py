"""How many samples, classes and features there are."""

import streamlit as st

from experiments.training.prepared_data import PreparedData

WIDTH = 170  # pixels: four in a row, or two on a phone


def draw_facts(prepared: PreparedData) -> None:
    """Show the size of the dataset in four numbers."""
    dataset, n_training = prepared.dataset, len(prepared.split.training)
    shape = " × ".join(map(str, dataset.image_shape or (dataset.n_features,)))
    facts = (
        ("Samples", f"{dataset.n_samples:,}", "All labeled samples, in all parts together."),
        ("Classes", f"{dataset.n_classes}", "How many different labels there are."),
        ("Pixels" if dataset.image_shape else "Features", shape, "The input of the network."),
        ("For training", f"{n_training:,}", "The others are held out; see the settings."),
    )
    with st.container(horizontal=True):
        for label, value, help_text in facts:
            st.metric(label, value, help=help_text, width=WIDTH)
