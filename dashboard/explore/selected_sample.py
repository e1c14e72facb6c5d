"""The one sample that all views show, and how the reader selects it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard import session
from dashboard.charts.feature_values import feature_values, pixel_values
from dashboard.charts.image_grid import shortened
from dashboard.charts.projections import Group, point_at
from dashboard.charts.style import escape
from dashboard.components.chart import Click, show_chart
from dashboard.components.sample_grid import draw_images
from data.datasets import Dataset
from data.split import Rows
from experiments.exploration.neighbors import part_of
from experiments.training.prepared_data import PreparedData

CHART_HEIGHT = 420  # pixels
BELOW_FIELD = 0.9  # of the room that the page has left: above the sample is a field


@dataclass(frozen=True, eq=False)
class SelectedSample:
    """A sample, with its label and its part of the split.

    Attributes
    ----------
    recorded, scaled : (n_features,), as in the dataset and as the network gets it
    """

    row: int
    label: str
    part: str
    unit: str
    image_shape: tuple[int, int] | None
    recorded: npt.NDArray[Any]
    scaled: npt.NDArray[Any]
    feature_names: tuple[str, ...] = ()


def sample_at(prepared: PreparedData, row: int) -> SelectedSample:
    """Return the sample in a row of the dataset."""
    dataset = prepared.dataset
    recorded = dataset.X[row]
    return SelectedSample(
        row,
        dataset.class_names[dataset.labels[row]],
        part_of(prepared.split, row),
        dataset.unit,
        dataset.image_shape,
        recorded,
        prepared.scaler.transform(recorded[np.newaxis])[0],
        dataset.feature_names,
    )


def draw_selected_sample(prepared: PreparedData) -> SelectedSample:
    """Draw the selected sample large, below the field that selects it."""
    sample = select_sample(prepared)
    title = f"{escape(shortened(sample.label))} · {sample.part} part · {escape(sample.unit)}"
    limit = prepared.dataset.maximum
    draw_sample_values(sample, sample.recorded, title=title, limit=limit, key=session.SAMPLE_CHART)
    return sample


def select_sample(prepared: PreparedData) -> SelectedSample:
    """Draw a field for the number of a sample; return that sample."""
    last = prepared.dataset.n_samples - 1
    session.set_value(session.SAMPLE, min(session.tab().sample, last))
    row: int = st.number_input(
        "Sample no.",
        0,
        last,
        key=session.SAMPLE,
        width=260,
        on_change=lambda: select(session.value(session.SAMPLE)),
        help=f"The row of the dataset, 0 to {last:,}. A click on a sample in a chart chooses it, "
        "too, and all views show it.",
    )
    return sample_at(prepared, row)


def draw_sample_values(
    sample: SelectedSample, values: npt.NDArray[Any], *, title: str, limit: float, key: str
) -> None:
    """Draw the values of a sample: as an image if it is one, else as bars.

    Parameters
    ----------
    values : (n_features,), recorded or scaled
    title : fit for Plotly
    limit : the largest value on the color scale
    """
    alt = f"The values of sample {sample.row}, {sample.label}: {unescape(title)}"
    if sample.image_shape is None:
        columns = sample.feature_names
        bars = feature_values(values, title=title, unit="value", columns=columns)
        show_chart(bars, key=key, alt=alt, fill=BELOW_FIELD)
        return
    figure = pixel_values(
        values.reshape(sample.image_shape),
        title=title,
        limit=limit,
        unit="value",
        is_signed=bool((values < 0).any()),
    )
    show_chart(figure, key=key, alt=alt, height=CHART_HEIGHT, fill=BELOW_FIELD)


def draw_selectable_images(
    dataset: Dataset,
    rows: Rows,
    captions: list[str],
    selected_row: int,
    *,
    columns: int,
    title: str,
    key: str,
) -> None:
    """Draw images of the dataset; a click selects one."""
    draw_images(
        dataset,
        rows,
        captions,
        columns=columns,
        title=f"{title}; {dataset.unit} from 0 to {dataset.maximum:g}",
        key=key,
        height=CHART_HEIGHT,
        fill=1,
        alt=f"{len(rows)} images of {dataset.title}, each with its label",
        on_choice=lambda position: select(rows[position]),
        chosen=position_in(rows, selected_row),
    )
    st.caption("Click an image to select it; hover to see its values.")


def select(row: int | None) -> None:
    """Select a row of the dataset; None changes nothing."""
    if row is not None:
        session.tab().sample = int(row)


def select_point(groups: Sequence[Group], rows: Rows, click: Click) -> None:
    """Select the sample whose point in a chart was clicked."""
    select(row_at(rows, point_at(groups, click.trace, click.index)))


def row_at(rows: Rows, position: int | None) -> int | None:
    """Return the row at a position, or None if there is none."""
    return int(rows[position]) if position is not None and position < len(rows) else None


def position_in(rows: Rows, row: int) -> int | None:
    """Return the position of a row among some rows, or None if it is not one of them."""
    positions = np.flatnonzero(rows == row)
    return int(positions[0]) if len(positions) else None
