"""Which sample a page looks into: one of the samples of the run, or the drawing on the pad."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.drawing import drawing_version, preparation_for, prepared_drawing
from experiments.training.run import Run
from mlp.arrays import Array

DRAWING = "drawing"
TITLES = {"test": "Test", "validation": "Validation", "training": "Training", DRAWING: "My drawing"}


class ChosenSample(NamedTuple):
    """A sample that a page looks into.

    recorded : (n_features,), as it was recorded
    x : (n_features,), scaled as the network was trained
    about : what it is, in a few words
    label : the true class; None if nobody knows it
    version : what changes whenever it does
    """

    recorded: Array
    x: Array
    about: str
    label: int | None
    version: Hashable


def choose_sample(run: Run) -> ChosenSample:
    """Draw the choice of a sample of a run, and return it."""
    parts = _parts(run)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        part = st.segmented_control(
            "Sample",
            parts,
            default=parts[0],
            required=True,
            key=session.SAMPLE_PART,
            persist_state="session",
            format_func=TITLES.__getitem__,
            help="Where the sample is from: the parts of the data, or the pad of the Draw page.",
        )
        if part == DRAWING:
            return _drawing(run)
        n_samples = len(run.prepared_data().split.rows(part))
        number = st.number_input(
            "Number",
            min_value=1,
            max_value=n_samples,
            key=session.SAMPLE_NUMBER,
            persist_state="session",
            width=140,
            help=f"Which of the {n_samples:,} samples of this part.",
        )
    return _sample(run, part, int(number) - 1)


def _parts(run: Run) -> list[str]:
    """Return where samples can be from; test first, as nothing was learned from it."""
    prepared = run.prepared_data()
    parts = [part for part in ("test", "validation", "training") if prepared.samples(part)]
    has_pad = preparation_for(prepared.dataset.image_shape) is not None
    return [*parts, DRAWING] if has_pad else parts


def _sample(run: Run, part: str, position: int) -> ChosenSample:
    prepared = run.prepared_data()
    row = int(prepared.split.rows(part)[position])
    recorded = prepared.dataset.X[row]
    x = prepared.scaler.transform(recorded[np.newaxis])[0]
    about = f"{TITLES[part].lower()} sample {position + 1:,}"
    label = int(prepared.dataset.labels[row])
    return ChosenSample(recorded, x, about, label, (part, position))


def _drawing(run: Run) -> ChosenSample:
    prepared = run.prepared_data()
    preparation = preparation_for(prepared.dataset.image_shape)
    if preparation is None:
        raise ValueError("A drawing cannot be made into a sample of this run.")
    recorded = prepared_drawing(preparation).recorded(prepared.dataset.maximum)
    x = prepared.scaler.transform(recorded[np.newaxis])[0]
    return ChosenSample(recorded, x, "your drawing", None, (DRAWING, drawing_version()))
