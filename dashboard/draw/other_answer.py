"""What it would take for the network to say something else."""

from collections.abc import Hashable

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts.figure import Figure
from dashboard.charts.other_answer import other_answer_figure
from dashboard.components.live_charts import show_live_chart
from dashboard.components.source_code import show_source
from dashboard.draw.trained_networks import TrainedNetwork, scaled_drawing
from dashboard.drawing import drawing_version, prepared_drawing
from experiments.inspection.drawn_sample import OtherAnswer, other_answer, runner_up

RUNNER_UP = "The second best"
HEIGHT = 380  # pixels


def draw_other_answer(trained: TrainedNetwork) -> None:
    """Draw where more or less ink brings another answer nearer."""
    names = trained.dataset.class_names
    chosen = st.selectbox(
        "Instead of its answer",
        [RUNNER_UP, *names],
        key=session.OTHER_ANSWER,
        help="The class that the network might say instead.",
    )
    wanted = names.index(chosen) if chosen in names else None
    left, right = st.columns([2, 3], vertical_alignment="center")
    with left:
        show_live_chart(
            lambda: _figure(trained, wanted),
            lambda: _version(trained),
            key=session.OTHER_ANSWER_CHART,
            height=HEIGHT,
            alt=f"Where more or less ink brings the answer nearer: {chosen}",
        )
    with right:
        st.markdown(
            "**Orange**: more ink here brings the other answer nearer. **Blue**: less ink does. "
            "The line is the edge of your ink. "
            "It is the gradient of the gap between two logits by the pixels, one pass of "
            "backpropagation down to the input; below a gap of 0, the answer is the other.\n\n"
            "It holds for small changes, each pixel by itself. Where the paper is blank, there is "
            "no ink to take away; and it shows what this network reacts to, which is often not "
            "what you would change."
        )
    show_source("The lines of NumPy that do this", {"Another answer": other_answer})


def _version(trained: TrainedNetwork) -> Hashable:
    return drawing_version(), trained.version()


def _figure(trained: TrainedNetwork, wanted: int | None) -> Figure:
    found, names = _other_answer(trained, wanted), trained.dataset.class_names
    image = found.gradient.reshape(trained.preparation.image_shape)
    finite = np.where(np.isfinite(image), image, 0)  # of a network that has diverged
    ink = prepared_drawing(trained.preparation).recorded(1)
    return other_answer_figure(
        finite,
        ink.reshape(image.shape),
        answer=names[found.answer],
        other=names[found.other],
        gap=found.gap,
    )


@np.errstate(all="ignore")
def _other_answer(trained: TrainedNetwork, wanted: int | None) -> OtherAnswer:
    """Return what it takes for the wanted class, or the second best where that is the answer."""
    network, x = trained.network(), scaled_drawing(trained)
    if wanted is not None:
        found = other_answer(network, x, wanted)
        if found.answer != wanted:
            return found
    return other_answer(network, x, runner_up(network, x))
