"""Networks against each other: their curves, their results seed by seed, what each sees.

A network keeps its colour, by its place among the others, in every chart.
"""

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from dashboard.charts.curves import Curve, Measure, curve
from dashboard.charts.images import PICTURE_AXES, Gaps, gaps, mosaic, shortened
from dashboard.charts.projection import N_COLORS, SYMBOLS
from dashboard.charts.style import (
    BACKGROUND,
    DIVERGING,
    LEGEND,
    PLANE,
    SEQUENTIAL,
    TEXT,
    color,
    layout,
)
from data.datasets import Dataset
from data.split import Rows
from experiments.comparison.networks import name_of
from experiments.comparison.over_seeds import Duel, Standing
from experiments.evaluation.decision_regions import Territory
from experiments.evaluation.predictions import Answers
from experiments.training.run import Run
from mlp.network import count_parameters
from mlp.training import EpochRecord

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Images: TypeAlias = npt.NDArray[np.uint8 | np.floating[Any]]

TABLE_STEPS = 10  # a run of 1000 epochs is told every 100
MAX_CAPTION = 14  # letters: what finds room under an image
MAX_FEATURES = 32  # hidden units shown
SHOWN_IMAGES = 8  # that only one gets right: a row
CLASS_COLUMNS, UNIT_COLUMNS = 5, 8  # of templates
CLOSE_UP_FROM = 0.25  # of a curve: what came before is the steep beginning
SIZES = [digit * 10**power for power in range(1, 7) for digit in (1, 2, 5)]  # on an axis

MEASURES: dict[Measure, dict[str, Any]] = {
    "accuracy": {"title": "samples right (%)", "tickformat": ".1~%"},
    "loss": {"title": "loss (mean per sample)", "rangemode": "tozero"},
}


def is_held_out(runs: Sequence[Run]) -> bool:
    """Say whether there is a validation part to watch; if not, training is all there is."""
    return all(
        run.history[0].validation is not None if run.history else run.config.validation_fraction > 0
        for run in runs
    )


def contest_curves(runs: Sequence[Run], measure: Measure) -> list[Curve]:
    """Return a curve for each run: over the validation samples, or else the training samples."""
    held_out = is_held_out(runs)
    return [
        curve(name_of(run.config), [_of(record, measure, held_out) for record in [*run.history]])
        for run in runs
    ]


def _of(record: EpochRecord, measure: Measure, held_out: bool) -> float:
    score = record.validation if held_out and record.validation else record.training
    return float(getattr(score, measure))


def contest_figure(
    curves: Sequence[Curve],
    measure: Measure,
    *,
    held_out: bool,
    epochs: int,
    close_up: bool = False,
    revision: str = "",
) -> go.Figure:
    """Draw a curve for each network; a zoom lives as long as the revision stays the same."""
    part = "held-out samples (validation)" if held_out else "training samples"
    title = f"{measure.capitalize()} on the {part}"
    traces = [_curve_trace(each, i, measure) for i, each in enumerate(curves)]
    figure_layout = layout(
        title,
        x="epoch",
        hovermode="x unified",
        showlegend=True,
        legend=LEGEND | {"uirevision": "always"},
        uirevision=f"{revision} {measure} {close_up}",
        xaxis={"range": [0, epochs], "rangemode": "tozero"},
        yaxis=MEASURES[measure] | ({"range": close_up_range(curves)} if close_up else {}),
    )
    return go.Figure(traces, figure_layout)


def close_up_range(curves: Sequence[Curve]) -> list[float] | None:
    """Return the lowest and the highest value after the steep beginning, with a margin.

    None, the whole of the curves, where there is nothing yet.
    """
    late = [each.values[int(CLOSE_UP_FROM * len(each.values)) :] for each in curves]
    values = np.concatenate(late) if late else np.empty(0, np.float32)
    if not np.isfinite(values).any():
        return None
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    margin = 0.05 * (high - low) or 0.01
    return [low - margin, high + margin]


def _curve_trace(each: Curve, i: int, measure: Measure) -> go.Scatter:
    return go.Scatter(
        name=each.name,
        x0=each.start,
        dx=each.stride,
        y=each.values,
        mode="lines" if len(each.values) > 1 else "markers",
        line={"width": 3, "color": color(i)},
        hovertemplate="%{y:.1%}" if measure == "accuracy" else "%{y:.4g}",
        meta={"points": len(each.values)},
    )


class AccuracyTable(NamedTuple):
    """Accuracies at some epochs; None where a run has not come so far.

    epochs : (n_columns,)
    rows : one a run, (n_columns,)
    """

    epochs: list[int]
    rows: list[list[float | None]]


def accuracy_table(runs: Sequence[Run]) -> AccuracyTable:
    """Return the accuracies of every tenth of the run, on the samples that the curves show."""
    last = max(run.config.epochs for run in runs)
    epochs = sorted({*range(0, last, -(-last // TABLE_STEPS)), last})
    held_out = is_held_out(runs)
    rows = [
        [_of(history[e], "accuracy", held_out) if e < len(history) else None for e in epochs]
        for history in ([*run.history] for run in runs)
    ]
    return AccuracyTable(epochs, rows)


def pairs_figure(standings: Sequence[Standing], seeds: Sequence[int]) -> go.Figure:
    """Draw the accuracy of each network with each seed; a line holds together what is a pair."""
    names = [name_of(each.config) for each in standings]
    places = [*range(len(names))]
    seed_rows = zip(*(each.accuracies for each in standings), strict=True)
    pairs = go.Scatter(
        x=[place for _ in seeds for place in [*places, None]],
        y=[accuracy for row in seed_rows for accuracy in [*row, None]],
        text=[f"seed {seed}" for seed in seeds for _ in [*places, None]],
        mode="lines+markers",
        line={"color": TEXT, "width": 1},
        marker={"size": 7, "color": [color(place) for _ in seeds for place in [*places, 0]]},
        opacity=0.45,
        hovertemplate="%{text}: %{y:.2%}<extra></extra>",
    )
    axis = {"tickvals": places, "ticktext": names, "range": [-0.5, len(names) - 0.5]}
    figure_layout = layout(
        "Each seed, and mean ± spread",
        x="network",
        y="test samples right (%)",
        showlegend=False,
        xaxis=axis,
        yaxis={"tickformat": ".1~%"},
    )
    return go.Figure([pairs, *_means(standings)], figure_layout)


def _means(standings: Sequence[Standing]) -> list[go.Scatter]:
    """Return the mean of each network, beside the lines, with its standard deviation."""
    return [
        go.Scatter(
            x=[place + 0.18 * (-1 if place == 0 else 1)],
            y=[each.mean],
            error_y={"array": [each.std or 0], "thickness": 3, "width": 8, "color": color(place)},
            mode="markers",
            name=name_of(each.config),
            marker={"size": 13, "symbol": "diamond", "color": color(place)},
            hovertemplate="mean %{y:.2%}<extra></extra>",
        )
        for place, each in enumerate(standings)
        if each.mean is not None
    ]


def differences_figure(duels: Sequence[Duel]) -> go.Figure:
    """Draw by how much each other network is ahead of the first, a dot for each seed."""
    traces = [_difference_trace(i, duel) for i, duel in enumerate(duels)]
    zero = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0}
    first = duels[0].first if duels else "the first"
    axis = {
        "tickvals": [*range(len(duels))],
        "ticktext": [duel.other for duel in duels],
        "range": [-0.6, max(len(duels), 1) - 0.4],
    }
    figure_layout = layout(
        f"Ahead of {first}, seed by seed",
        x="network",
        y="difference (points)",
        showlegend=False,
        shapes=[zero | {"line": {"color": TEXT, "width": 1, "dash": "dash"}}],
        xaxis=axis,
        yaxis={"rangemode": "tozero"},
    )
    return go.Figure([trace for both in traces for trace in both], figure_layout)


def _difference_trace(i: int, duel: Duel) -> tuple[go.Scatter, go.Scatter]:
    points = 100 * duel.paired.differences
    dots = go.Scatter(
        x=i + np.linspace(-0.25, 0.25, len(points)),
        y=points,
        mode="markers",
        marker={"size": 9, "color": color(i + 1), "opacity": 0.7},
        hovertemplate="%{y:+.2f} points<extra></extra>",
    )
    mean = go.Scatter(
        x=[i - 0.35, i + 0.35],
        y=[100 * duel.paired.mean] * 2,
        mode="lines",
        line={"color": color(i + 1), "width": 4},
        hovertemplate="mean %{y:+.2f} points<extra></extra>",
    )
    return dots, mean


def ladder_figure(standings: Sequence[Standing]) -> go.Figure:
    """Draw mean accuracy ± spread over the number of parameters, a colour for each depth."""
    known = [each for each in standings if each.mean is not None]
    depths = sorted({len(each.config.hidden_layers) for each in known})
    traces = [
        _rung_trace(i, depth, [each for each in known if len(each.config.hidden_layers) == depth])
        for i, depth in enumerate(depths)
    ]
    figure_layout = layout(
        "Accuracy against size",
        x="parameters",
        y="test samples right (%)",
        showlegend=True,
        legend=LEGEND,
        xaxis={"type": "log", "tickvals": SIZES, "ticktext": [f"{size:,}" for size in SIZES]},
        yaxis={"tickformat": ".1~%"},
    )
    return go.Figure(traces, figure_layout)


def _rung_trace(i: int, depth: int, standings: Sequence[Standing]) -> go.Scatter:
    return go.Scatter(
        name=f"{depth} hidden",
        x=[count_parameters(each.sizes) for each in standings],
        y=[each.mean for each in standings],
        error_y={"array": [each.std or 0 for each in standings], "thickness": 2, "width": 6},
        mode="lines+markers",
        line={"color": color(i), "width": 2},
        marker={"size": 11},
        text=[name_of(each.config) for each in standings],
        hovertemplate="%{text}: %{y:.2%}, %{x:,} parameters<extra></extra>",
    )


def class_areas(land: Territory, label: int) -> tuple[Floats, Floats]:
    """Return outlines of where a network says `label`, as x and y, with NaN between two.

    Neighbours in a row of the grid make one rectangle. Each is a little higher than its row,
    so that there are no gaps to shine through.
    """
    half_x, half_y = (land.x[1] - land.x[0]) / 2, (land.y[1] - land.y[0]) * 0.52
    said = np.pad(land.classes == label, ((0, 0), (1, 1))).astype(np.int8)
    rows, edges = np.nonzero(np.diff(said, axis=1))  # where it begins to say so, and ends
    y = land.y[rows[::2]]
    left, right = land.x[edges[::2]] - half_x, land.x[edges[1::2] - 1] + half_x
    gap = np.full_like(y, np.nan)
    xs = np.stack([left, right, right, left, left, gap], axis=1)
    ys = np.stack([y - half_y] * 2 + [y + half_y] * 2 + [y - half_y, gap], axis=1)
    return xs.ravel(), ys.ravel()


def territory_figure(land: Territory, title: str) -> go.Figure:
    """Draw what a network says all over the plane, and samples that it has not learned from."""
    areas = [_area_trace(land, label, name) for label, name in enumerate(land.class_names)]
    points = [_point_trace(land, label, name) for label, name in enumerate(land.class_names)]
    edge = {"zeroline": False, "showgrid": False, "constrain": "domain"}
    figure_layout = layout(
        title,
        x=PLANE[0],
        y=PLANE[1],
        showlegend=False,
        margin={"l": 48},
        xaxis=edge | {"range": [float(land.x[0]), float(land.x[-1])]},
        yaxis=edge
        | {"range": [float(land.y[0]), float(land.y[-1])], "scaleanchor": "x"}
        | {"constraintoward": "top"},
    )
    return go.Figure([*areas, *points], figure_layout)


def _area_trace(land: Territory, label: int, name: str) -> go.Scatter:
    xs, ys = class_areas(land, label)
    return go.Scatter(
        x=xs,
        y=ys,
        fill="toself",
        fillcolor=color(label),
        mode="lines",
        line={"width": 0},
        opacity=0.3,
        hoverinfo="skip",
        name=f"says {escape(name)}",
    )


def symbol(label: int) -> str:
    """Return the symbol of a class; where a color comes again, it has another symbol."""
    return SYMBOLS[(label + label // N_COLORS) % len(SYMBOLS)]


def _point_trace(land: Territory, label: int, name: str) -> go.Scatter:
    mine = land.points[land.labels == label]
    return go.Scatter(
        x=mine[:, 0],
        y=mine[:, 1],
        mode="markers",
        marker={
            "color": color(label),
            "size": 8,
            "symbol": symbol(label),
            "line": {"color": BACKGROUND, "width": 1},
        },
        name=escape(name),
        hovertemplate=f"is {escape(name)}<extra></extra>",
    )


class OnlyRight(NamedTuple):
    """Samples that one network gets right and another does not.

    rows : where the first few of them stand in their dataset
    captions : the right answer, and below it the wrong one, ready to be drawn
    title : says how many there are in all
    """

    rows: Rows
    captions: list[str]
    title: str


def only_right(answers: Sequence[Answers], names: Sequence[str], part: str) -> OnlyRight:
    """Return samples that the first of two networks gets right, and the other does not.

    Both have answered the samples of one part, in the same order.
    """
    first, other = answers
    places = np.flatnonzero(first.is_right & ~other.is_right)
    shown = places[:SHOWN_IMAGES]
    captions = [
        f"{_short(first.class_names[right])}<br>not {_short(first.class_names[wrong])}"
        for right, wrong in zip(first.labels[shown], other.predicted[shown], strict=True)
    ]
    count = f"{len(places):,} of {len(first.rows):,} {part} images"
    return OnlyRight(first.rows[shown], captions, f"Only {names[0]} is right: {count}")


def _short(name: str) -> str:
    return escape(shortened(name, MAX_CAPTION))


def only_right_figure(found: OnlyRight, dataset: Dataset) -> go.Figure:
    """Draw the images, each with two lines of words below it."""
    height, width = dataset.image_shape or (1, dataset.n_features)
    hover = f"{escape(dataset.unit)}: %{{z:.3g}} of {dataset.maximum:g}<extra></extra>"
    return _tiles(
        dataset.X[found.rows].reshape(-1, height, width),
        found.captions,
        found.title,
        Gaps(width // 2 + 1, round(0.75 * height) + 1),
        hovertemplate=hover,
        axis_name=SEQUENTIAL,
        axis={"cmin": 0, "cmax": dataset.maximum, "showscale": False},
        columns=SHOWN_IMAGES,
    )


def template_figures(single: Run, other: Run) -> tuple[go.Figure, go.Figure]:
    """Draw what enters the first units of two networks as images, on one scale around 0."""
    dataset = single.material.dataset
    height, width = dataset.image_shape or (1, dataset.n_features)
    templates, features = (
        run.network.weights[1][:MAX_FEATURES].reshape(-1, height, width) for run in (single, other)
    )
    limit = common_limit([templates, features])
    classes = [_short(name) for name in dataset.class_names]
    units = [str(i + 1) for i in range(len(features))]
    which = f"{len(templates)} of {len(classes)} classes"
    if len(templates) == len(classes):
        which = "each class"
    of_classes = f"{name_of(single.config)}: one template for {which}"
    of_units = f"{name_of(other.config)}: {len(units)} of {other.network.sizes[1]} hidden units"
    return (
        _weights_figure(templates, classes, of_classes, limit, CLASS_COLUMNS),
        _weights_figure(features, units, of_units, limit, UNIT_COLUMNS),
    )


def common_limit(weights: Sequence[Floats]) -> float:
    """Return the largest weight of all in size, so that the tiles have one scale."""
    return max((float(np.abs(each).max()) for each in weights if each.size), default=1.0) or 1.0


def _weights_figure(
    images: Floats, captions: Sequence[str], title: str, limit: float, columns: int
) -> go.Figure:
    bar = {"title": {"text": "weight", "font": {"size": 13}}, "thickness": 12, "len": 0.9}
    return _tiles(
        images,
        captions,
        title,
        gaps(*images.shape[1:]),
        hovertemplate="weight %{z:.3g}<extra></extra>",
        axis_name=DIVERGING,
        axis={"cmin": -limit, "cmax": limit, "colorbar": bar},
        columns=columns,
    )


def _tiles(
    images: Images,
    captions: Sequence[str],
    title: str,
    room: Gaps,
    *,
    hovertemplate: str,
    axis_name: str,
    axis: dict[str, Any],
    columns: int,
) -> go.Figure:
    _, height, width = images.shape
    heat = go.Heatmap(
        z=mosaic(images, columns, room) if len(images) else [[None]],
        coloraxis=axis_name,
        hoverongaps=False,
        hovertemplate=hovertemplate,
    )
    words = _captions(captions[: len(images)], height, width, room, columns)
    more: dict[str, Any] = {"margin": {"l": 0, "r": 0, "b": 0}, axis_name: axis}
    return go.Figure([heat, words], layout(title, **PICTURE_AXES, **more))


def _captions(
    captions: Sequence[str], height: int, width: int, room: Gaps, columns: int
) -> go.Scatter:
    """Return the words below the images, as one trace: so many annotations take long to make."""
    row, column = np.divmod(np.arange(len(captions)), columns)
    return go.Scatter(
        x=column * (width + room.right) + (width - 1) / 2,
        y=row * (height + room.below) + 1.08 * height - 0.5,
        text=list(captions),
        mode="text",
        textposition="bottom center",
        textfont={"size": 13},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
