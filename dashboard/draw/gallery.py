"""The gallery: drawings that were kept, what a network says to them, and its score."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts.image_grid import grid_height, image_at, image_grid, most_lines
from dashboard.components.chart import Click, show_chart
from dashboard.components.live_feed import forget_live_elements
from dashboard.draw import gallery_actions
from dashboard.draw.fine_tuning import draw_fine_tuning
from dashboard.draw.gallery_transfer import draw_transfer
from dashboard.draw.keep import LABELS, draw_problem
from dashboard.draw.kept_answers import Answer, answers_to, score_sentence
from dashboard.draw.trained_networks import choose_network
from data.drawing.gallery import THUMBNAIL, KeptDrawing
from data.drawing.ink import FULL_INK

COLUMNS, ROW_HEIGHT = 6, 120  # images in a row; pixels
PER_PAGE = 36


def draw_gallery() -> None:
    """Draw the drawings that were kept, and all that can be done with them."""
    forget_live_elements()
    drawings = session.tab().gallery.drawings
    left, right = st.columns([3, 2], gap="medium")
    with right:
        trained = choose_network()
    with left:
        if drawings:
            _draw_images(drawings, answers_to(drawings, trained))
        else:
            st.info(
                "The gallery is empty. Draw some digits under 'Draw', and keep each as what it is "
                "meant to be; or bring back a gallery that you have downloaded.",
                icon=":material/gesture:",
            )
        draw_transfer()
    with right:
        st.markdown(score_sentence(answers_to(drawings, trained), trained.title))
        draw_problem()
        _draw_selected()
    draw_fine_tuning(trained)


def _draw_images(drawings: Sequence[KeptDrawing], answers: Sequence[Answer]) -> None:
    """Draw a page of the drawings, each with its label and the answer; a click selects one."""
    first = _choose_page(len(drawings))
    shown = drawings[first : first + PER_PAGE]
    captions = [answer.caption for answer in answers[first : first + PER_PAGE]]
    shape, n_lines = (THUMBNAIL, THUMBNAIL), most_lines(captions)
    selected = gallery_actions.selected_drawing()

    def choose(click: Click) -> None:
        position = image_at(click.index, shape, COLUMNS, n_lines)
        if position is not None and position < len(shown):
            gallery_actions.select_drawing(shown[position])

    figure = image_grid(
        np.array([drawing.thumbnail for drawing in shown]),
        captions,
        columns=COLUMNS,
        title="Your drawings: label, and → answer",
        maximum=FULL_INK,
        unit="ink",
        chosen=next((i for i, each in enumerate(shown) if each is selected), None),
    )
    show_chart(
        figure,
        key=session.GALLERY_CHART,
        alt=f"{len(shown)} of {len(drawings)} drawings that were kept",
        height=grid_height(len(shown), COLUMNS, ROW_HEIGHT),
        on_click=choose,
    )


def _choose_page(n_drawings: int) -> int:
    """Draw a choice of the drawings to show, if they are many; return the first one's place."""
    if n_drawings <= PER_PAGE:
        return 0
    first = st.selectbox(
        "Drawings",
        range(0, n_drawings, PER_PAGE),
        key=session.GALLERY_PAGE,
        persist_state="session",
        format_func=lambda first: f"{first + 1} to {min(first + PER_PAGE, n_drawings)}",
        width=200,
        help="Which drawings to show.",
    )
    return first if first is not None and first < n_drawings else 0


def _draw_selected() -> None:
    """Draw what can be done with the selected drawing."""
    drawing = gallery_actions.selected_drawing()
    if drawing is None:
        return
    key = session.key_of(session.GALLERY_LABEL, drawing.number)
    now = gallery_actions.NO_LABEL if drawing.label is None else str(drawing.label)
    session.set_value(key, now)
    st.segmented_control(
        f"Drawing {session.tab().gallery.drawings.index(drawing) + 1} is meant to be",
        LABELS,
        key=key,
        required=True,
        wrap=True,
        on_change=lambda: gallery_actions.set_label(drawing, session.value(key)),
        help="Click a drawing to select it.",
    )
    with st.container(horizontal=True):
        st.button(
            "Put on the pad again",
            icon=":material/draw:",
            disabled=not drawing.strokes,
            on_click=partial(gallery_actions.draw_again, drawing),
            help="Open it under 'Draw'."
            if drawing.strokes
            else "Of this drawing there is only an image, and no strokes to go on with.",
        )
        st.button(
            "Delete it",
            icon=":material/delete:",
            on_click=partial(gallery_actions.delete_drawing, drawing),
            help="This cannot be undone.",
        )
