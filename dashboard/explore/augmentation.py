"""What augmentation makes of a sample: what the network gets in place of it, epoch by epoch."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard import session, settings
from dashboard.charts.image_grid import image_grid
from dashboard.components.chart import show_chart
from dashboard.components.source_code import show_source
from dashboard.explore.selected_sample import SelectedSample, draw_selected_sample
from data.augmentation import Augmentation, Distortions, distort, draw_positions, elastic_modes
from experiments.training.plan import distortions_of, make_augmentation
from experiments.training.prepared_data import PreparedData

N_VERSIONS, COLUMNS = 12, 6
HEIGHT = 300  # pixels, of the versions
SIMARD_SIDE = 28  # pixels, of the images that these strengths were chosen for
WHERE = "The strengths are under **All settings, Augmentation**."


def draw_augmentation(prepared: PreparedData) -> None:
    """Draw the selected sample, and versions of it as distorted as the settings say."""
    image_shape = prepared.dataset.image_shape
    if image_shape is None:
        st.info(
            "Augmentation distorts images. These samples are not images, and the network learns "
            "from them as they are.",
            icon=":material/info:",
        )
        return
    left, right = st.columns([2, 3])
    with left:
        sample = draw_selected_sample(prepared)
    with right:
        _draw_versions(prepared, sample, image_shape)
    show_source(
        "The lines of NumPy that do this",
        {
            "Distort": distort,
            "Positions": draw_positions,
            "Elastic fields": elastic_modes.__wrapped__,
        },
    )


def _draw_versions(
    prepared: PreparedData, sample: SelectedSample, image_shape: tuple[int, int]
) -> None:
    """Draw what the settings make of a sample, or what they could make of it."""
    config = session.config_of_data()
    is_on = bool(distortions_of(config))
    shown = config if is_on else config.model_copy(update=moderate_strengths(image_shape))
    augmentation = make_augmentation(shown, prepared)
    if augmentation is None:
        return  # there are no images in the plane of another dataset
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(augmentation_sentence(augmentation.distortions, is_on=is_on), width="stretch")
        st.button(
            "Next epoch",
            icon=":material/shuffle:",
            on_click=session.shuffle,
            help="Distort the sample anew, as each epoch does.",
        )
        if not is_on and st.button(
            "Use these strengths",
            icon=":material/check:",
            on_click=settings.apply,
            args=(shown,),
            help="Set the augmentation of the sidebar to them.",
        ):
            st.rerun()  # the sidebar, too
    figure = image_grid(
        versions_of(augmentation, sample.recorded, session.shuffles()).reshape(-1, *image_shape),
        [""] * N_VERSIONS,
        columns=COLUMNS,
        title=f"{N_VERSIONS} versions of sample {sample.row}",
        maximum=prepared.dataset.maximum,
        unit=prepared.dataset.unit,
    )
    alt = f"Sample {sample.row}, {sample.label}, distorted in {N_VERSIONS} ways"
    show_chart(figure, key=session.VERSIONS_CHART, alt=alt, height=HEIGHT)


def versions_of(
    augmentation: Augmentation, recorded: npt.NDArray[np.generic], epoch: int
) -> npt.NDArray[np.float32]:
    """Return distorted versions of a sample, (N_VERSIONS, n_features), in its own unit."""
    copies = np.repeat(recorded[np.newaxis].astype(np.float32), N_VERSIONS, axis=0)
    return replace(augmentation, scaler=None)(copies, epoch, 0)


def moderate_strengths(image_shape: tuple[int, int]) -> Mapping[str, float]:
    """Return strengths as of the preset simard-800, in proportion to the size of the images."""
    ratio = max(image_shape) / SIMARD_SIDE
    return {
        "shift": round(ratio, 1),
        "rotation": 7.5,
        "zoom": 0.1,
        "elastic": round(1.4 * ratio, 1),
        "elastic_sigma": max(1.0, round(4 * ratio, 1)),
    }


def augmentation_sentence(distortions: Distortions, *, is_on: bool) -> str:
    """Say how much a sample is distorted, and where that is set."""
    how = in_words(distortions)
    if is_on:
        return (
            f"Each time the network learns from this image, it gets another version: {how}. "
            f"Validation and test images stay as they are. {WHERE}"
        )
    return (
        "Augmentation is off: in each epoch, the network learns from the very same image. "
        f"**Moderate strengths would look like this:** {how}. {WHERE}"
    )


def in_words(distortions: Distortions) -> str:
    """Return the strengths of all that is not off, as 'moved by up to 1 pixel, ...'."""
    d = distortions
    strengths = {
        f"moved by up to {_pixels(d.shift)}": d.shift,
        f"rotated by up to {d.rotation:g}°": d.rotation,
        f"zoomed by up to {100 * d.zoom:.3g} %": d.zoom,
        f"sheared by up to {d.shear:g}°": d.shear,
        f"bent by {_pixels(d.elastic)} in the root mean square, neighbors over "
        f"{_pixels(d.elastic_sigma)} alike": d.elastic,
        f"noise of {100 * d.noise:.3g} % of full ink": d.noise,
        f"a blank rectangle over up to {100 * d.erasing:.3g} %": d.erasing,
    }
    return ", ".join(words for words, strength in strengths.items() if strength)


def _pixels(number: float) -> str:
    return f"{number:g} pixel{'s' * (number != 1)}"
