"""A small plane for the input and for each hidden layer, with the samples in it."""

from collections.abc import Callable, Hashable
from functools import partial

from dashboard import session
from dashboard.charts.figure import Figure
from dashboard.charts.projections import groups_by_class
from dashboard.charts.representations import plane_figure
from dashboard.components.epoch_slider import shown_step
from dashboard.components.live_charts import show_live_chart
from dashboard.components.wrapping_columns import wrapping_columns
from experiments.inspection.representations import (
    Estimate,
    LayerMeasures,
    Points,
    map_rows,
    measures_at,
    planes_at,
)
from experiments.training.run import Run

PLANE_WIDTH, PLANE_HEIGHT = 220, 340  # pixels


def version_of(run: Run) -> Callable[[], Hashable]:
    """Return what says whether the charts of a run have changed."""
    return lambda: (run.id, run.snapshots.nearest(shown_step(run)))


def draw_planes(run: Run) -> None:
    """Draw the planes of PCA; their points move with the slider, with a film, and in training."""
    columns = wrapping_columns(session.PLANES_COLUMNS, [PLANE_WIDTH] * run.network.n_layers)
    for layer, column in enumerate(columns):
        with column:
            show_live_chart(
                partial(_pca_plane, run, layer),
                version_of(run),
                key=session.key_of(session.PLANE_CHART, layer),
                alt=alt_of(run, layer),
                height=PLANE_HEIGHT,
            )


def _pca_plane(run: Run, layer: int) -> Figure:
    plane = planes_at(run, shown_step(run))[layer]
    share = "all" if plane.n_units <= 2 else f"{plane.variance_ratio:.0%}"
    return plane_of_layer(
        run,
        layer,
        plane.points,
        beside=f"plane with {share} of the variance",
        problem="" if plane.is_finite else "The activations are<br>not finite numbers.",
    )


def plane_of_layer(
    run: Run, layer: int, points: Points, *, beside: str, problem: str = ""
) -> Figure:
    """Draw the samples as one layer describes them, with its numbers below.

    Parameters
    ----------
    points : (n_points, 2), with a mean square distance of 1 from the center
    beside : what the plane is
    problem : why there are no points to draw
    """
    prepared, (part, positions) = run.prepared_data(), map_rows(run)
    rows = prepared.split.rows(part)[positions]
    return plane_figure(
        points,
        groups_by_class(prepared.dataset.labels[rows], prepared.dataset.class_names),
        rows,
        title=layer_name(run, layer),
        below=measures_in_words(measures_at(run, shown_step(run))[layer]),
        beside=beside,
        problem=problem,
        revision=f"{run.id} {layer}",
    )


def alt_of(run: Run, layer: int) -> str:
    """Say what a plane shows."""
    return f"{layer_name(run, layer)}: samples in the plane, colored by class"


def layer_name(run: Run, layer: int) -> str:
    """Return what a layer is called, and how many numbers it has for a sample."""
    size = f"{run.network.sizes[layer]:,}"
    return f"Layer {layer}: {size} units" if layer else f"Input: {size} features"


def measures_in_words(layer: LayerMeasures) -> str:
    """Return the two numbers of a layer, a line each."""
    if layer.probe is None or layer.neighbors is None:
        return "no numbers: activations are not finite"
    return f"straight cuts: {_in_words(layer.probe)}<br>10 nearest: {_in_words(layer.neighbors)}"


def _in_words(estimate: Estimate) -> str:
    value, low, high = (100 * share for share in estimate)
    return f"{value:.1f} % ({low:.1f} to {high:.1f})"
