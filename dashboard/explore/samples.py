"""Which samples to show, and which one of them the reader has chosen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard import session
from dashboard.charts.image_grid import shortened
from dashboard.charts.projections import Group, point_at
from dashboard.charts.style import feature_names
from dashboard.components.chart import Click
from dashboard.components.tables import markdown_table
from dashboard.text import plain
from data.datasets import Dataset, Labels
from data.split import Rows, Split
from experiments.background.training_job import Status
from experiments.comparison.split_effect import SEEDS, SplitScore, measure, thinned
from experiments.exploration.neighbors import Neighbors, part_of
from experiments.exploration.projections import Projection, map_rows
from experiments.exploration.statistics import Statistics
from experiments.training.prepared_data import PreparedData

MAP, SPLIT = "Map", "Split"  # the views in which something moves
VIEWS = ("Samples", "Classes", "Values", MAP, "Neighbors", "Scaling", SPLIT)
PCA_2D, PCA_3D, TSNE = "PCA in 2-D", "PCA in 3-D", "t-SNE"

PARTS = ("all", *Split._fields)
MOST_PILLS = 20  # more are easier to find in a list

MOST_FEATURES = 4  # of a sample in a table
Values: TypeAlias = npt.NDArray[Any]
Points: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Look:
    """A sample that the reader looks at.

    Attributes
    ----------
    recorded, scaled : (n_features,), as in the dataset and as the network gets it
    """

    row: int
    label: str
    part: str
    unit: str
    image_shape: tuple[int, int] | None
    recorded: Values
    scaled: Values


def look_at(prepared: PreparedData, row: int) -> Look:
    """Return all there is to say about a row of the dataset."""
    dataset = prepared.dataset
    recorded = dataset.X[row]
    return Look(
        row,
        dataset.class_names[dataset.labels[row]],
        part_of(prepared.split, row),
        dataset.unit,
        dataset.image_shape,
        recorded,
        prepared.scaler.transform(recorded[np.newaxis])[0],
    )


def rows_of(split: Split, part: str) -> Rows:
    """Return the rows of a part of the split, or of all of it."""
    if part == "all":
        return np.sort(np.concatenate(split))
    rows: Rows = getattr(split, part)
    return rows


def of_classes(labels: Labels, rows: Rows, classes: Collection[int]) -> Rows:
    """Return those of the rows that are of the classes asked for; none means all."""
    return rows[np.isin(labels[rows], list(classes))] if classes else rows


def pick_rows(labels: Labels, rows: Rows, classes: Collection[int], n_rows: int, seed: int) -> Rows:
    """Return at most n_rows of the rows at random, of the classes asked for; none means all."""
    rows = of_classes(labels, rows, classes)
    return np.random.default_rng(seed).permutation(rows)[:n_rows]


def place_in(shown: Rows, row: int) -> int | None:
    """Return the place of a row among those that are shown, or None if it is not."""
    places = np.flatnonzero(shown == row)
    return int(places[0]) if len(places) else None


def row_at(rows: Rows, place: int | None) -> int | None:
    """Return the row at a place that was clicked on, or None if there is nothing."""
    return int(rows[place]) if place is not None and place < len(rows) else None


def choose(row: int | None) -> None:
    """Remember a row of the dataset as the one to look at; None changes nothing."""
    if row is not None:
        session.tab().sample = int(row)


def choose_point(groups: Sequence[Group], rows: Rows, click: Click) -> None:
    """Remember the sample whose point in a chart was clicked."""
    choose(row_at(rows, point_at(groups, click.trace, click.index)))


def choose_sample(dataset: Dataset) -> int:
    """Draw a field for the number of a sample; return the row to look at."""
    last = dataset.n_samples - 1
    session.set_value(session.SAMPLE, min(session.tab().sample, last))
    row: int = st.number_input(
        "Sample",
        0,
        last,
        key=session.SAMPLE,
        width=260,
        on_change=_choose_typed,
        help=f"The row of the dataset, 0 to {last:,}. A click on a sample in a chart chooses it, "
        "too, and all views show it.",
    )
    return row


def _choose_typed() -> None:
    choose(session.value(session.SAMPLE))


def choose_classes(dataset: Dataset) -> list[int]:
    """Draw a filter; return the classes to show, none for all."""
    names = dataset.class_names
    options: dict[str, Any] = {
        "key": session.CLASSES,
        "bind": "query-params",
        "on_change": session.forget_notices,
        "help": "Show only these; with none chosen, show all.",
        "format_func": _shown_name,
    }
    if len(names) <= MOST_PILLS:
        chosen = st.pills("Classes", names, selection_mode="multi", **options)
    else:
        chosen = st.multiselect("Classes", names, **options)
    return [names.index(name) for name in chosen if name in names]


def _shown_name(name: str) -> str:
    """Return a name as a pill shows it, and the link spells it: as it is, if harmless."""
    is_harmless = name.replace(" ", "").replace("/", "").replace("-", "").isalnum()
    return name if is_harmless else plain(name)


# In words ----------------------------------------------------------------------------


def labels_of(dataset: Dataset, rows: Rows) -> list[str]:
    """Return the name of the class of each row."""
    return [dataset.class_names[label] for label in dataset.labels[rows]]


def table_of(dataset: Dataset, rows: Rows, distances: Values | None = None) -> str:
    """Return rows of the dataset as a table in Markdown, with the first few features."""
    far = [] if distances is None else [("Distance", [f"{far:.3g}" for far in distances])]
    room = MOST_FEATURES - 2 * len(far)
    columns = [
        ("Sample", [f"{row}" for row in rows]),
        ("Label", [plain(shortened(label)) for label in labels_of(dataset, rows)]),
        *far,
        *feature_columns(dataset, rows, room),
    ]
    header, cells = zip(*columns, strict=True)
    return markdown_table(header, zip(*cells, strict=True), align="rlr")


def feature_columns(
    dataset: Dataset, rows: Rows, most: int, *, digits: int = 4
) -> list[tuple[str, list[str]]]:
    """Return the first few features of some rows, a name and its values each; then '…'."""
    names = feature_names(dataset.n_features)
    shown = [
        (name, [f"{value:.{digits}g}" for value in dataset.X[rows, i]])
        for i, name in enumerate(names[:most])
    ]
    return [*shown, ("…", ["…"] * len(rows))] if len(names) > most else shown


def is_signed(values: Values) -> bool:
    """Say whether there are values below zero, which need a color of their own."""
    return bool((values < 0).any())


def largest(values: Values) -> float:
    """Return the largest absolute value, or 1 if there is none above 0."""
    return float(np.nanmax(np.abs(values), initial=0)) or 1.0


def words_on_constants(dataset: Dataset, statistics: Statistics) -> str:
    """Say how many features tell nothing."""
    noun = "pixels" if dataset.image_shape else "features"
    constant, n_features = int(statistics.is_constant.sum()), dataset.n_features
    if not constant:
        return f"None of the {n_features:,} {noun} is the same in all samples."
    return (
        f"**{constant:,} of {n_features:,}** {noun} are the same in all {dataset.n_samples:,} "
        "samples. They tell the network nothing, and z-score has no spread to divide them by."
    )


def maps_of(dataset: Dataset) -> list[str]:
    """Return the maps there are of a dataset: a third dimension only where it has one."""
    return [PCA_2D, PCA_3D, TSNE] if dataset.n_features > 2 else [PCA_2D, TSNE]


def axes_of(projection: Projection, n_axes: int) -> tuple[str, ...]:
    """Return the titles of the axes of a PCA."""
    shares = projection.shares[:n_axes]
    unit = "%" if n_axes == 3 else "% of variance"  # in space, there is little room
    return tuple(f"component {i} ({100 * part:.1f} {unit})" for i, part in enumerate(shares, 1))


def words_on_map(prepared: PreparedData, n_points: int) -> str:
    """Say which samples a map shows."""
    n_training = len(prepared.split.training)
    which = "all" if n_points == n_training else f"{n_points:,}, drawn at random, of the"
    return (
        f"Each point is a training sample, scaled: {which} {n_training:,}. A click shows what it "
        "stands for."
    )


def rows_on_map(prepared: PreparedData) -> Rows:
    """Return the rows of the dataset that a map shows."""
    return prepared.split.training[map_rows(prepared)]


def start_mapping() -> None:
    """Let the points of the map move."""
    session.tab().is_mapping = True


def stop_mapping() -> None:
    """Leave the points of the map where they are."""
    session.tab().is_mapping = False


def begin_measuring(dataset: Dataset) -> None:
    """Train small networks under both splits.

    Raises
    ------
    ValueError : if the dataset cannot be split so
    """
    stop_measuring()
    sequence = measure(dataset, is_present=session.presence())
    session.tab().measuring = session.Measuring(dataset, sequence)
    sequence.go()


def stop_measuring() -> None:
    """End it here, without a result."""
    tab = session.tab()
    measuring, tab.measuring = tab.measuring, None
    if measuring:
        measuring.sequence.stop()


def measuring_of(dataset: Dataset) -> session.Measuring | None:
    """Return what this tab has begun to measure on a dataset, if it has."""
    measuring = session.tab().measuring
    return measuring if measuring and measuring.dataset is dataset else None


def is_measuring(dataset: Dataset) -> bool:
    """Say whether small networks are being trained on a dataset."""
    measuring = measuring_of(dataset)
    return measuring is not None and measuring.sequence.status.is_moving


def words_without_splits(status: Status) -> str:
    """Say why a measurement that is over has brought nothing."""
    if status is Status.FINISHED:
        return "All networks diverged on these data: their values may be too far apart."
    return "The measurement ended early. Try again."


def neighbor_captions(dataset: Dataset, neighbors: Neighbors) -> list[str]:
    """Return the label and the distance of each neighbor."""
    labels = labels_of(dataset, neighbors.rows)
    return [
        f"{label[:6]} · {distance:.2f}"
        for label, distance in zip(labels, neighbors.distances, strict=True)
    ]


def words_on_neighbors(dataset: Dataset, look: Look, neighbors: Neighbors) -> str:
    """Say whether the nearest training sample has the same label."""
    labels = labels_of(dataset, neighbors.rows)
    if not labels:
        return "There is no other training sample to compare with."
    n_same = labels.count(look.label)
    same = (
        "has the **same label**"
        if labels[0] == look.label
        else f"has **another label, {plain(labels[0])}**"
    )
    return (
        f"The nearest training sample, number {neighbors.rows[0]}, {same}. Of the {len(labels)} "
        f"nearest, {n_same} have the label {plain(look.label)}. Distances are Euclidean, between "
        "scaled samples."
    )


def words_on_scaling(scaling: str, dataset: Dataset) -> str:
    """Say what the scaler of the settings does, with its formula."""
    noun = "pixel" if dataset.image_shape else "feature"
    if scaling == "pixel":
        formula = (
            f"**x′ = x / {dataset.maximum:.4g}**: every {noun} is divided by the largest value "
            "there is, so that nothing is beyond 1."
        )
    else:
        formula = (
            f"**x′ = (x − μ) / σ**, with the mean μ and the standard deviation σ of each {noun} "
            "over the training samples: below zero is less than usual, above it more."
        )
    return f"{formula} The other scaler is in the settings, under Data and first weights."


def words_on_splits(dataset: Dataset, results: Sequence[SplitScore], verdict: str) -> str:
    """Say what was measured, and how."""
    n_rows = thinned(dataset).n_samples
    few = f" To be quick, the networks met only {n_rows:,} evenly spaced rows of the dataset."
    few = few if n_rows < dataset.n_samples else ""
    return (
        f"{plain(verdict)} Means of {len(SEEDS)} seeds, each judged by {results[0].n_test:,} "
        f"test samples that had no part in training.{few}"
    )
