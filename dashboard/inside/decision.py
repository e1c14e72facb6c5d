"""Where the answer flips on the way between two samples, and the samples near the boundary."""

from collections.abc import Callable, Hashable
from threading import Condition
from typing import Any

import numpy as np
import streamlit as st
from cachetools import LRUCache, cached

from dashboard import session
from dashboard.charts.decision_path import path_figure
from dashboard.charts.decision_regions import decision_regions_figure
from dashboard.charts.figure import Figure
from dashboard.charts.image_grid import image_grid
from dashboard.charts.units import way_trace
from dashboard.components.live_charts import show_live_chart
from dashboard.components.sample_grid import draw_images
from dashboard.components.source_code import show_source
from dashboard.components.tables import feature_columns, markdown_table
from dashboard.inside.unit_facts import says_that_it_diverged
from dashboard.inspected_network import InspectedNetwork, inspected_network
from dashboard.sample_choice import DRAWING, TITLES, ChosenSample, choose_sample
from dashboard.text import plain, two_digits
from data.datasets import Labels
from data.split import Rows
from experiments.evaluation.decision_regions import regions_of
from experiments.evaluation.predictions import OUTPUT_MEANINGS
from experiments.inspection.decision_path import (
    DecisionPath,
    NearBoundary,
    nearest_of_another_class,
    nearest_to_boundary,
    path_between,
    point_between,
)
from experiments.inspection.units import evenly_spaced
from experiments.training.run import Run
from mlp.arrays import Array
from mlp.evaluation import logits_of

N_IMAGES = 9  # along the way, both ends included
N_NEAR, NEAR_COLUMNS = 8, 4
MOST_SEARCHED = 4000  # samples
MOST_FEATURES = 6  # of a table
IMAGES_HEIGHT, PATH_HEIGHT, PLANE_HEIGHT, NEAR_HEIGHT = 150, 330, 420, 330  # pixels
SOURCES: dict[str, Callable[..., Any]] = {
    "Between two samples": path_between,
    "A point of the way": point_between,
    "Nearest to the boundary": nearest_to_boundary,
}


def draw_decision(inspected: InspectedNetwork) -> None:
    """Draw the way from one sample to another, and the samples nearest to the boundary."""
    if says_that_it_diverged(inspected):
        return
    run = inspected.run
    first = choose_sample(run)
    part = _part_of(first, run)
    other = _choose_other(inspected, first, part)
    if other is None:
        st.info(
            "The network says the same to all samples of this part, so there is no flip to look "
            "for. Choose another part, or a later epoch.",
            icon=":material/info:",
        )
    else:
        _draw_way(run, first, other)
    _draw_nearest(inspected, part)
    show_source("The lines of NumPy that do this", SOURCES)


def _part_of(first: ChosenSample, run: Run) -> str:
    """Return the part that a sample is from; for a drawing, one that nothing was learned from."""
    match first.version:
        case (str(part), int()) if part != DRAWING:
            return part
    prepared = run.prepared_data()
    return next(part for part in ("test", "validation", "training") if prepared.samples(part))


def _searched(run: Run, part: str) -> Rows:
    """Return the positions, in a part, of the samples that are searched."""
    return evenly_spaced(len(run.prepared_data().split.rows(part)), MOST_SEARCHED)


def _inputs(run: Run, part: str) -> Array:
    """Return the samples that are searched, scaled."""
    samples = run.prepared_data().samples(part)
    if samples is None:
        raise ValueError(f"No samples were held out for the {part} part. Choose another part.")
    return samples.X[_searched(run, part)]


def _choose_other(inspected: InspectedNetwork, first: ChosenSample, part: str) -> int | None:
    """Draw the choice of the other sample; return its position in the part, None without one."""
    run = inspected.run
    n_samples = len(run.prepared_data().split.rows(part))
    number = session.value(session.PATH_OTHER)
    if number is not None and number > n_samples:
        session.set_value(session.PATH_OTHER, None)
    chosen = st.number_input(
        f"Way to {TITLES[part].lower()} sample",
        min_value=1,
        max_value=n_samples,
        value=None,
        placeholder="the nearest with another answer",
        key=session.PATH_OTHER,
        persist_state="session",
        width=300,
        help="The other end of the way. Leave it empty for the nearest sample that the network "
        "reads as another class, value by value.",
    )
    if chosen is not None:
        return int(chosen) - 1
    answer = int(_said(inspected, first.x[np.newaxis])[0])
    answers = _answers(inspected, part)
    found = nearest_of_another_class(_inputs(run, part), answers, first.x, answer)
    return None if found is None else int(_searched(run, part)[found])


@cached(
    LRUCache(64),  # of at most 32 kB each
    key=lambda inspected, part: (inspected.version, part),
    condition=Condition(),
)
def _answers(inspected: InspectedNetwork, part: str) -> Labels:
    """Return what the network says to the samples that are searched."""
    return _said(inspected, _inputs(inspected.run, part))


@np.errstate(all="ignore")  # numbers of a network that diverges may overflow
def _said(inspected: InspectedNetwork, X: Array) -> Labels:
    """Return what the network says to some samples, (n_samples,)."""
    answers: Labels = logits_of(inspected.network, X).argmax(axis=1)
    return answers


def _draw_way(run: Run, first: ChosenSample, other: int) -> None:
    """Draw the way as a row of images, or a line in the plane, and the outputs along it."""
    part, prepared = _part_of(first, run), run.prepared_data()
    row = prepared.split.rows(part)[other]
    ends = first.x, prepared.scaler.transform(prepared.dataset.X[row][np.newaxis])[0]

    def version() -> Hashable:
        return inspected_network(run).version, first.version, other

    dataset = run.prepared_data().dataset
    if dataset.image_shape:
        show_live_chart(
            lambda: _images(inspected_network(run), ends),
            version,
            key=session.PATH_IMAGES_CHART,
            height=IMAGES_HEIGHT,
            alt=f"{N_IMAGES} images on the way from one sample to the other",
        )
    elif prepared.has_coordinates:
        show_live_chart(
            lambda: _line_in_plane(inspected_network(run), ends),
            version,
            key=session.PATH_IMAGES_CHART,
            height=PLANE_HEIGHT,
            alt="The decision regions, and the way from one sample to the other",
        )
    title = f"{first.about.capitalize()} to {part} sample {other + 1:,}"
    show_live_chart(
        lambda: _curves(inspected_network(run), ends, title),
        version,
        key=session.PATH_CHART,
        height=PATH_HEIGHT,
        alt="The outputs along the way, with a line where the answer flips",
    )
    st.caption(
        "What to notice: the sample changes little by little, but the answer flips at one place. "
        "Nobody has recorded what lies between the ends, so the network has never learned what to "
        "say there."
    )


def _path(inspected: InspectedNetwork, ends: tuple[Array, Array]) -> DecisionPath:
    return path_between(inspected.network, *ends)


def _curves(inspected: InspectedNetwork, ends: tuple[Array, Array], title: str) -> Figure:
    """Draw the outputs along the way."""
    path, meaning = _path(inspected, ends), OUTPUT_MEANINGS[inspected.network.output.name]
    flips = f"{len(path.flips)} flip{'' if len(path.flips) == 1 else 's'}"
    return path_figure(
        path,
        inspected.run.prepared_data().dataset.class_names,
        title=f"{title}: {flips}",
        noun=meaning.noun,
        are_shares=meaning.are_shares,
    )


def _images(inspected: InspectedNetwork, ends: tuple[Array, Array]) -> Figure:
    """Draw some images of the way, as recorded, with what the network says to each."""
    prepared = inspected.run.prepared_data()
    dataset, shape = prepared.dataset, prepared.dataset.image_shape or (1, 1)
    shares = np.linspace(0, 1, N_IMAGES)
    X = point_between(*ends, shares)
    answers = _said(inspected, X)
    captions = [
        f"{share:.0%}\n{dataset.class_names[answer]}"
        for share, answer in zip(shares, answers, strict=True)
    ]
    return image_grid(
        np.clip(prepared.scaler.restore(X), 0, dataset.maximum).reshape(-1, *shape),
        captions,
        columns=N_IMAGES,
        title="The way from one to the other, and the answers",
        maximum=dataset.maximum,
        unit=dataset.unit,
    )


def _line_in_plane(inspected: InspectedNetwork, ends: tuple[Array, Array]) -> Figure:
    """Draw the way as a line over the decision regions."""
    run = inspected.run
    figure = decision_regions_figure(regions_of(run, inspected.network), "The way in the plane")
    way = run.prepared_data().scaler.restore(np.stack(ends))
    return figure._replace(data=[*figure.data, way_trace(way)])


@cached(
    LRUCache(64),
    key=lambda inspected, part: (inspected.version, part),
    condition=Condition(),
)
def _nearest(inspected: InspectedNetwork, part: str) -> NearBoundary:
    return nearest_to_boundary(inspected.network, _inputs(inspected.run, part), N_NEAR)


def _draw_nearest(inspected: InspectedNetwork, part: str) -> None:
    """Draw the samples of a part that are nearest to the boundary; a click begins the way there."""
    run = inspected.run
    if inspected.network.sizes[-1] < 2:
        return
    near, prepared = _nearest(inspected, part), run.prepared_data()
    dataset, positions = prepared.dataset, _searched(run, part)[near.positions]
    rows = prepared.split.rows(part)[positions]
    title = f"{TITLES[part]} samples nearest to the boundary, with margin"

    def begin(place: int) -> None:
        session.set_value(session.SAMPLE_PART, part)
        session.set_value(session.SAMPLE_NUMBER, int(positions[place]) + 1)

    if dataset.image_shape is None:
        _draw_nearest_rows(inspected, rows, positions, near, title)
    else:
        draw_images(
            dataset,
            rows,
            _near_captions(near, dataset.class_names),
            columns=NEAR_COLUMNS,
            title=title,
            key=session.NEAR_BOUNDARY_CHART,
            height=NEAR_HEIGHT,
            alt=title,
            on_choice=begin,
        )
    n_wrong = int(np.count_nonzero(near.answers != dataset.labels[rows]))
    st.caption(
        f"What to notice: {n_wrong} of these {len(rows)} are read wrong. The two names are the "
        "answer and the second best; the margin is the gap between their logits. "
        + _distance_sentence(near, _inputs(run, part)[near.positions[:1]])
        + (" A click begins the way there." if dataset.image_shape else "")
    )


def _distance_sentence(near: NearBoundary, first: Array) -> str:
    """Say how far the sample that is nearest to the boundary, (1, n_0), is from it."""
    if not (len(near.distances) and np.isfinite(near.distances[0])):
        return ""
    return (
        f"By its gradient, a change of length {two_digits(near.distances[0])} takes the first "
        f"one across; the sample itself has the length {two_digits(float(np.linalg.norm(first)))}."
    )


def _near_captions(near: NearBoundary, names: tuple[str, ...]) -> list[str]:
    return [
        f"{names[answer][:8]} or {names[other][:8]}\n{two_digits(margin)}"
        for answer, other, margin in zip(near.answers, near.others, near.margins, strict=True)
    ]


def _draw_nearest_rows(
    inspected: InspectedNetwork, rows: Rows, positions: Rows, near: NearBoundary, title: str
) -> None:
    """Draw the samples nearest to the boundary as a table."""
    dataset = inspected.run.prepared_data().dataset
    features = feature_columns(dataset, rows, MOST_FEATURES)
    names = [plain(name) for name in dataset.class_names]
    cells = [
        [f"{position + 1:,}" for position in positions],
        [names[label] for label in dataset.labels[rows]],
        [names[answer] for answer in near.answers],
        [names[other] for other in near.others],
        [two_digits(margin) for margin in near.margins],
        *(values for _, values in features),
    ]
    header = ["No.", "Class", "Answer", "Second", "Margin", *(name for name, _ in features)]
    st.markdown(f"**{title}**")
    st.markdown(markdown_table(header, zip(*cells, strict=True), align="rlllr"))
