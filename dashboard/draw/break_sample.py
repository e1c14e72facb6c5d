"""The image that is damaged: one of the test part, or the drawing on the pad."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.components.digit_pad import PAD, PEN
from dashboard.draw.kept_answers import class_of
from dashboard.draw.novelty import can_load_samples, how_to_fetch, training_samples
from dashboard.draw.trained_networks import TrainedNetwork, choose_network, recorded_drawing
from dashboard.drawing import drawing_version, prepared_drawing
from data.corruption import Damage, ImageKind
from data.drawing import PREPARATIONS
from data.drawing.strokes import rasterize
from data.split import Rows
from experiments.evaluation.robustness import DAMAGES
from experiments.training.prepared_data import PreparedData
from mlp.arrays import Array

TEST_IMAGE, DRAWING = "Test image", "My drawing"


class BreakSample(NamedTuple):
    """An image to damage.

    recorded : (n_features,), as recorded
    label : the true class; None for a drawing, which nobody has labeled
    about : what it is, in a few words
    id : changes whenever the image does
    """

    recorded: Array
    label: int | None
    about: str
    id: Hashable


def image_kind(trained: TrainedNetwork) -> ImageKind:
    """Return what kind of images a network reads."""
    return ImageKind(trained.preparation.image_shape, trained.dataset.maximum)


def test_images(trained: TrainedNetwork) -> PreparedData | None:
    """Return the samples of a network, if they are loaded and some are held out for the test."""
    prepared = training_samples(trained)
    return prepared if prepared and len(prepared.split.test) else None


def _is_loading(trained: TrainedNetwork) -> bool:
    """Say whether samples are on their way."""
    future = session.tab().loading_samples.get(trained.id)
    return can_load_samples(trained) and (future is None or not future.done())


class Choice(NamedTuple):
    """What the reader has chosen to break: a network, and an image.

    is_outdated : says whether the samples of the network have come since the page was drawn
    is_loading : whether they are on their way
    """

    trained: TrainedNetwork
    sample: BreakSample
    is_outdated: Callable[[], bool]
    is_loading: bool


def choose_network_and_image() -> Choice:
    """Draw the choice of a network and of an image; return both."""
    with st.container(width=220):
        trained = choose_network()
    was_loading = _is_loading(trained)
    return Choice(
        trained, _choose_image(trained), lambda: _is_loading(trained) != was_loading, was_loading
    )


def choose_damage(*, key: str, about: str) -> Damage:
    """Draw the choice of a damage; return it.

    Parameters
    ----------
    about : what there is to say of it in the help
    """
    name = st.segmented_control(
        "Damage",
        list(DAMAGES),
        default=next(iter(DAMAGES)),
        required=True,
        format_func=lambda name: DAMAGES[name].title,
        key=key,
        persist_state="session",
        help=f"What is done to the images. {about}",
    )
    return DAMAGES[name]


def _choose_image(trained: TrainedNetwork) -> BreakSample:
    prepared = test_images(trained)
    usual = TEST_IMAGE if can_load_samples(trained) else DRAWING
    session.set_value(session.BREAK_SOURCE, session.tab().breaking.source or usual)
    source = st.segmented_control(
        "Image",
        (TEST_IMAGE, DRAWING),
        required=True,
        key=session.BREAK_SOURCE,
        on_change=_take_source,
        help="An image of the test part, from which the network has not learned, or what is on "
        "the pad of the Draw tab.",
    )
    if source == TEST_IMAGE and prepared:
        return _choose_test_image(prepared)
    if source == TEST_IMAGE:
        st.caption(_why_no_images(trained))
    return drawn_sample(trained)


def _take_source() -> None:
    source = session.value(session.BREAK_SOURCE)
    session.tab().breaking.source = source if source in (TEST_IMAGE, DRAWING) else ""


def _why_no_images(trained: TrainedNetwork) -> str:
    if _is_loading(trained):
        return "The test images are being loaded; until then, this is the drawing."
    if not can_load_samples(trained):
        missing = "The test images are not on this machine, so this is the drawing."
        return f"{missing} {how_to_fetch(trained)}"
    return "This network has no test images, so this is the drawing."


def _choose_test_image(prepared: PreparedData) -> BreakSample:
    """Draw a field for the number of a test image, and a button for another one."""
    rows, tab = prepared.split.test, session.tab()
    tab.breaking.image = min(tab.breaking.image, len(rows) - 1)
    session.set_value(session.BREAK_IMAGE, tab.breaking.image + 1)
    st.number_input(
        "Test image",
        1,
        len(rows),
        key=session.BREAK_IMAGE,
        width=150,
        on_change=_take_image,
        help=f"Its place in the test part, 1 to {len(rows):,}. It is only looked at: nothing "
        "learns from it.",
    )
    st.button(
        "Another",
        icon=":material/shuffle:",
        on_click=_draw_image,
        args=(len(rows),),
        help="Take another test image, at random.",
    )
    return _test_sample(prepared, rows, tab.breaking.image)


def _take_image() -> None:
    session.tab().breaking.image = session.value(session.BREAK_IMAGE) - 1


def _draw_image(n_images: int) -> None:
    session.tab().breaking.image = int(np.random.default_rng().integers(n_images))


def _test_sample(prepared: PreparedData, rows: Rows, i: int) -> BreakSample:
    row, dataset = int(rows[i]), prepared.dataset
    recorded = dataset.X[row].astype(np.float32)
    label = int(dataset.labels[row])
    about = f"Test image {i + 1:,}, labeled {dataset.class_names[label]}"
    return BreakSample(recorded, label, about, (dataset.name, row))


def drawn_sample(trained: TrainedNetwork) -> BreakSample:
    """Return what is on the pad; a drawing that comes with the app while the pad is blank."""
    preparation = trained.preparation
    drawing = prepared_drawing(preparation)
    if drawing.is_blank:
        scale = np.float32(trained.dataset.maximum / preparation.maximum)
        example = scale * _example(preparation.name)
        label = class_of(3, trained.dataset.class_names)
        return BreakSample(example, label, "An example, until you draw", "example")
    return BreakSample(recorded_drawing(trained), None, "Your drawing", drawing_version())


@lru_cache(8)
def _example(preparation: str) -> Array:
    """Return a three, drawn as two arcs and prepared, (n_features,)."""
    upper, lower = np.radians(np.linspace(-140, 90, 20)), np.radians(np.linspace(-90, 140, 20))
    points = [(140 + 50 * np.cos(angle), 95 + 45 * np.sin(angle), PEN) for angle in upper]
    points += [(140 + 58 * np.cos(angle), 190 + 50 * np.sin(angle), PEN) for angle in lower]
    ink = rasterize([np.array(points)], PAD)
    sample: Array = PREPARATIONS[preparation].sample(ink).astype(np.float32)
    sample.setflags(write=False)
    return sample
