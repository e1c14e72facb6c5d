"""Where the gradient points: by how much each pixel would move the answer."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts.figure import Figure
from dashboard.charts.other_answer import gradient_figure
from dashboard.charts.style import escape
from dashboard.components.chart import show_chart
from dashboard.components.live_feed import ask_for_news, forget_live_elements
from dashboard.components.source_code import show_source
from dashboard.draw.break_sample import (
    BreakSample,
    choose_network_and_image,
    image_kind,
)
from dashboard.draw.trained_networks import TrainedNetwork
from dashboard.text import plain
from experiments.evaluation.input_gradients import saliency
from mlp.arrays import Array
from mlp.evaluation import logits_of

ANSWER = "its answer"
HEIGHT = 420  # pixels


def draw_saliency() -> None:
    """Draw the gradient of a logit by the pixels, for the chosen image."""
    forget_live_elements()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        trained, sample, is_outdated, was_loading = choose_network_and_image()
        names = trained.dataset.class_names
        chosen = st.selectbox(
            "Logit of",
            [ANSWER, *names],
            key=session.SALIENCY_CLASS,
            persist_state="session",
            width=150,
            help="The class whose logit is asked about.",
        )
    found = _saliency(trained, sample, names.index(chosen) if chosen in names else None)
    left, right = st.columns([2, 3], vertical_alignment="center")
    with left:
        show_chart(
            _figure(trained, sample, found),
            key=session.SALIENCY_CHART,
            height=HEIGHT,
            alt=f"The gradient of the logit of {chosen} by each pixel",
        )
    with right:
        st.markdown(
            f"**{plain(sample.about)}.** **Orange**: a little more ink here raises this logit. "
            "**Blue**: it lowers it. The line is the edge of the ink.\n\n"
            "It shows what this network would react to if one pixel changed a little; it shows "
            "neither what the network has looked at nor why it says what it says, and much of it "
            "may lie where no image has ever had ink, where weights have stayed as they were "
            "drawn at random. The sign of such a gradient is all that the attack needs.\n\n"
            "After K. Simonyan, A. Vedaldi and A. Zisserman, Deep inside convolutional networks, "
            "2013."
        )
    ask_for_news(is_outdated, is_moving=was_loading)
    show_source("The lines of NumPy that do this", {"Saliency": saliency})


class _Saliency(NamedTuple):
    """The gradient of the logit of class c by each pixel, (n_features,)."""

    c: int
    gradient: Array


@np.errstate(all="ignore")  # a network that has diverged
def _saliency(trained: TrainedNetwork, sample: BreakSample, c: int | None) -> _Saliency:
    """Return the gradient of the logit of a class; of that of the answer, if c is None."""
    network, x = trained.network(), trained.scaler.transform(sample.recorded[np.newaxis])[0]
    if c is None:
        c = int(logits_of(network, x[np.newaxis])[0].argmax())
    return _Saliency(c, saliency(network, trained.scaler, x, c))


def _figure(trained: TrainedNetwork, sample: BreakSample, found: _Saliency) -> Figure:
    """Draw a gradient over the edge of the ink."""
    kind, finite = image_kind(trained), np.nan_to_num(found.gradient, posinf=0, neginf=0)
    return gradient_figure(
        finite.reshape(kind.shape),
        (sample.recorded / kind.maximum).reshape(kind.shape),
        title=f"Gradient of the logit of {escape(trained.dataset.class_names[found.c])}",
        unit="logit per gray level",
    )
