"""What the single layer and one other network have learned: the view."""

import streamlit as st

from dashboard import session
from dashboard.charts import disagreements, templates
from dashboard.compare.decision_regions import draw_decision_regions
from dashboard.components.chart import show_chart
from dashboard.components.wrapping_columns import wrapping_columns
from experiments.comparison.networks import network_name
from experiments.comparison.side_by_side import SideBySide
from experiments.training.run import Run

IMAGES_WIDTH = 560  # pixels
IMAGE_HEIGHT, ROW_HEIGHT, EMPTY_HEIGHT = 300, 190, 70  # pixels


def show_selected_pair(comparison: SideBySide) -> None:
    """Draw what two networks have learned, once both have a result."""
    finished = comparison.finished
    if 0 not in finished or len(finished) < 2:
        return
    other = st.selectbox(
        "Compare SLP with",
        finished[1:],
        key=session.COMPARE_PAIR,
        format_func=lambda i: network_name(comparison.networks[i]) if i in finished else "",
        persist_state="session",
        width=220,
        help="Which network to compare with the single layer, in the pictures below.",
    )
    prepared = comparison.runs[0].prepared_data()
    if prepared.dataset.image_shape:
        _draw_disagreements(comparison, other)
        _draw_templates(comparison.runs[0], comparison.runs[other])
    elif prepared.plane is not None:
        st.markdown("The points are held-out samples; the color behind is the predicted class.")
        regions = [comparison.regions_of(i) for i in (0, other)]
        draw_decision_regions(regions, session.PAIR_REGIONS_CHARTS)
    else:
        st.caption(
            "Your samples are neither images nor points in a plane, so there is no picture of what "
            "a network looks for."
        )


def _draw_disagreements(comparison: SideBySide, other: int) -> None:
    """Show images that only one of two networks gets right."""
    predictions = comparison.predictions(0), comparison.predictions(other)
    names = network_name(comparison.networks[0]), network_name(comparison.networks[other])
    if not len(predictions[0].rows):
        st.caption("No samples are held out, so there are none to disagree on.")
        return
    dataset = comparison.runs[0].prepared_data().dataset
    sides = (predictions, names), (predictions[::-1], names[::-1])
    columns = wrapping_columns(session.COMPARE_IMAGES, (IMAGES_WIDTH, IMAGES_WIDTH))
    for column, key, side in zip(columns, session.ONLY_RIGHT_CHARTS, sides, strict=True):
        found = disagreements.only_right(*side, comparison.part)
        with column:
            show_chart(
                disagreements.only_right_figure(found, dataset),
                key=key,
                height=ROW_HEIGHT if found.captions else EMPTY_HEIGHT,
                alt=found.title,
            )
    st.caption(
        "The upper line below an image is the right answer; 'not' is what the other network "
        f"predicts. At most {disagreements.SHOWN_IMAGES} of each are shown."
    )


def _draw_templates(single: Run, other: Run) -> None:
    """Show the weights into the first layer of both networks, on one scale."""
    figures = templates.template_figures(single, other)
    columns = st.columns(2)
    for column, figure, key in zip(columns, figures, session.TEMPLATE_CHARTS, strict=True):
        with column:
            show_chart(figure, key=key, height=IMAGE_HEIGHT, alt=figure.layout["title"]["text"])
    st.caption(
        "Orange weights raise a unit's input, blue ones lower it. The single layer has one "
        "template for each class; a hidden layer looks for strokes that several classes share."
    )
