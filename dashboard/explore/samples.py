"""Samples at random, of the classes and the part of the split that the reader chooses."""

from collections.abc import Collection
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard import session
from dashboard.charts.image_grid import shortened
from dashboard.charts.projections import groups_by_class, scatter, split_by_part
from dashboard.charts.style import escape, feature_names, short_name
from dashboard.components.chart import show_chart
from dashboard.components.tables import feature_columns, markdown_table
from dashboard.explore.selected_sample import (
    CHART_HEIGHT,
    SelectedSample,
    draw_selectable_images,
    draw_selected_sample,
    position_in,
    select_point,
)
from dashboard.settings import PARTS
from dashboard.text import plain
from data.datasets import Dataset, Labels
from data.split import Rows, Split
from experiments.training.prepared_data import PreparedData

GRID_COLUMNS, GRID_SAMPLES = 8, 40
TABLE_SAMPLES, TABLE_FEATURES = 12, 4
MAX_PILLS = 20  # more are easier to find in a list


def draw_samples(prepared: PreparedData) -> None:
    """Draw samples at random beside the selected one; points of the plane are all drawn."""
    dataset, is_plane = prepared.dataset, prepared.plane is not None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        classes, part = _choose_classes(dataset), _choose_part()
        if not is_plane:
            st.button(
                "Shuffle",
                icon=":material/shuffle:",
                on_click=session.shuffle,
                help="Show other samples.",
            )
    left, right = st.columns([3, 2])
    rows = rows_of_classes(dataset.labels, rows_of_part(prepared.split, part), classes)
    with right:
        selected = draw_selected_sample(prepared)
    with left:
        if is_plane:
            _draw_plane(prepared, rows, selected)
        else:
            _draw_random_samples(dataset, rows, selected)


def _choose_classes(dataset: Dataset) -> list[int]:
    """Draw a filter; return the classes to show, none for all."""
    names = dataset.class_names
    options: dict[str, Any] = {
        "key": session.CLASSES,
        "bind": "query-params",
        "on_change": session.forget_notices,
        "help": "Show only these; with none chosen, show all.",
    }
    if len(names) <= MAX_PILLS:
        chosen = st.pills(
            "Classes", names, selection_mode="multi", format_func=_shown_name, **options
        )
    else:
        chosen = st.multiselect("Classes", names, **options)
    return [names.index(name) for name in chosen if name in names]


def _shown_name(name: str) -> str:
    """Return a name as a pill and the link show it: as it is, if harmless."""
    is_harmless = name.replace(" ", "").replace("/", "").replace("-", "").isalnum()
    return name if is_harmless else plain(name)


def _choose_part() -> str:
    """Draw a filter; return the part of the split to show, or 'all'."""
    part: str | None = st.segmented_control(
        "Part",
        PARTS,
        default=PARTS[0],
        required=True,
        key=session.PART,
        bind="query-params",
        on_change=session.forget_notices,
        help="The network learns from the training part only.",
    )
    return part or PARTS[0]  # a link may choose none


def rows_of_part(split: Split, part: str) -> Rows:
    """Return the rows of a part of the split, or of all of it."""
    if part == "all":
        return np.sort(np.concatenate(split))
    return split.rows(part)


def rows_of_classes(labels: Labels, rows: Rows, classes: Collection[int]) -> Rows:
    """Return those of the rows that are of the chosen classes; none chosen means all."""
    return rows[np.isin(labels[rows], list(classes))] if classes else rows


def random_rows(rows: Rows, max_rows: int, *, rng: np.random.Generator) -> Rows:
    """Return the rows in random order, at most max_rows of them."""
    return rng.permutation(rows)[:max_rows]


def _draw_random_samples(dataset: Dataset, rows: Rows, selected: SelectedSample) -> None:
    """Draw a few of the rows, drawn at random: as images, or in a table."""
    max_rows = GRID_SAMPLES if dataset.image_shape else TABLE_SAMPLES
    shown = random_rows(rows, max_rows, rng=np.random.default_rng(session.shuffles()))
    if not len(shown):
        st.info("There is no such sample in this part.", icon=":material/info:")
    elif dataset.image_shape:
        draw_selectable_images(
            dataset,
            shown,
            labels_of(dataset, shown),
            selected.row,
            columns=GRID_COLUMNS,
            title="Samples and labels",
            key=session.SAMPLES_CHART,
        )
    else:
        st.markdown(samples_table(dataset, shown))


def _draw_plane(prepared: PreparedData, rows: Rows, selected: SelectedSample) -> None:
    """Draw samples with two features as points of the plane; a click selects one."""
    dataset = prepared.recorded
    by_class = groups_by_class(dataset.labels[rows], dataset.class_names)
    groups = split_by_part(by_class, rows, prepared.split._asdict())
    figure = scatter(
        dataset.X[rows],
        groups,
        rows,
        title=f"{len(rows):,} samples: color is the class, shape the part",
        axes=_plane_axes(dataset),
        chosen=position_in(rows, selected.row),
        is_equal=True,
    )
    show_chart(
        figure,
        key=session.POINTS_CHART,
        alt=f"{len(rows)} points of {dataset.title}, by class",
        height=CHART_HEIGHT,
        fill=1,
        on_click=partial(select_point, groups, rows),
    )


def _plane_axes(dataset: Dataset) -> tuple[str, ...]:
    """Return the titles of the axes: the names of the two features, with their unit."""
    names = feature_names(2, dataset.feature_names)
    return tuple(f"{short_name(name)} ({escape(dataset.unit)})" for name in names)


def labels_of(dataset: Dataset, rows: Rows) -> list[str]:
    """Return the name of the class of each row."""
    return [dataset.class_names[label] for label in dataset.labels[rows]]


def samples_table(
    dataset: Dataset, rows: Rows, distances: npt.NDArray[np.float64] | None = None
) -> str:
    """Return rows of the dataset as a table in Markdown, with the first few features.

    Parameters
    ----------
    distances : (n_rows,), shown in a column of its own in place of two features
    """
    distance_column = (
        [] if distances is None else [("Distance", [f"{distance:.3g}" for distance in distances])]
    )
    n_features = TABLE_FEATURES - 2 * len(distance_column)
    columns = [
        ("Sample", [f"{row}" for row in rows]),
        ("Label", [plain(shortened(label)) for label in labels_of(dataset, rows)]),
        *distance_column,
        *feature_columns(dataset, rows, n_features),
    ]
    header, cells = zip(*columns, strict=True)
    return markdown_table(header, zip(*cells, strict=True), align="rlr")
