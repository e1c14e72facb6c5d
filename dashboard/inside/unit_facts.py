"""What is known of the units of a network, kept for a while, as each picture asks for it again."""

from threading import Condition
from typing import NamedTuple

import numpy as np
import streamlit as st
from cachetools import LRUCache, cached

from dashboard import session
from dashboard.inspected_network import InspectedNetwork
from data.split import Rows
from experiments.evaluation.decision_regions import grid_over
from experiments.inspection.ablation import UnitRanking, enough_samples, some_of
from experiments.inspection.units import (
    LayerUnits,
    added_up,
    answers_on_grid,
    evenly_spaced,
    units_of,
)
from experiments.training.run import Run
from mlp.arrays import Array
from mlp.evaluation import logits_of
from mlp.network import Network
from mlp.samples import Samples

CACHE_BYTES = 48_000_000  # 1,000 samples and 1,024 units take 8 MB
RANKING_SECONDS = 0.1  # at once; the rest is for the background
N_PROBED = 50  # samples that show whether a network has diverged
SMALL_GRID, LARGE_GRID = 24, 80  # points along each side of the plane


class HeldOut(NamedTuple):
    """Samples to measure on, and the part that they are from."""

    part: str
    samples: Samples


def probed_rows(run: Run) -> Rows:
    """Return the rows of the dataset that units are shown: some of the training part."""
    rows = run.prepared_data().split.training
    return rows[evenly_spaced(len(rows))]


@cached(
    LRUCache(CACHE_BYTES, getsizeof=lambda units: units.n_bytes),
    key=lambda inspected, layer: (inspected.version, layer),
    condition=Condition(),  # simultaneous calls compute once
)
def layer_units(inspected: InspectedNetwork, layer: int) -> LayerUnits:
    """Return what the units of a layer do on the probed samples."""
    prepared = inspected.run.prepared_data()
    X = prepared.training.X
    labels = prepared.dataset.labels[probed_rows(inspected.run)]
    chosen = X[evenly_spaced(len(X))]
    return units_of(inspected.network, layer, chosen, labels, prepared.dataset.n_classes)


def is_in_plane(run: Run) -> bool:
    """Say whether the samples are points in the plane."""
    return run.prepared_data().plane is not None


def is_drawn_as_images(run: Run) -> bool:
    """Say whether the pictures of units are images: of pixels, or of the plane."""
    return is_in_plane(run) or run.prepared_data().dataset.image_shape is not None


def pictures_of(inspected: InspectedNetwork, layer: int) -> Array:
    """Return a picture of each unit of a layer, (n_l, height, width); (n_l, n_0) for tables.

    Of images, it is what the unit adds up of each pixel. In the plane, it is what the unit answers
    at each point of a small grid, the upper row first.
    """
    dataset = inspected.run.prepared_data().dataset
    if is_in_plane(inspected.run):
        return plane_answers(inspected, layer, SMALL_GRID)[:, ::-1]
    weights = added_up(inspected.network, layer)
    return weights.reshape(-1, *dataset.image_shape) if dataset.image_shape else weights


def plane_lines(run: Run, n_points: int) -> tuple[Array, Array]:
    """Return where the lines of a grid over the plane are, (n_points,) each, as recorded."""
    X = run.prepared_data().recorded.X
    x, y = (grid_over(X[:, i].astype(np.float32), n_points) for i in (0, 1))
    return x, y


def plane_answers(inspected: InspectedNetwork, layer: int, n_points: int) -> Array:
    """Return what each unit of a layer answers over the plane, (n_l, n_points, n_points)."""
    x, y = plane_lines(inspected.run, n_points)
    plane = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    X = inspected.run.prepared_data().inputs_at(plane)
    return answers_on_grid(inspected.network, layer, X).reshape(-1, n_points, n_points)


def held_out(run: Run) -> HeldOut:
    """Return samples of the validation part; of the training part where nothing was held out."""
    prepared, most = run.prepared_data(), enough_samples(run.network)
    if prepared.validation:
        return HeldOut("validation", some_of(prepared.validation, most))
    return HeldOut("training", some_of(prepared.training, most))


def unit_ranking(inspected: InspectedNetwork) -> UnitRanking:
    """Return what the loss of each hidden unit costs, as far as it is known.

    A small network is measured at once. Another network ends the ranking of the last one.
    """
    tab = session.tab()
    if tab.ranked_units is None or tab.ranked_units.version != inspected.version:
        if tab.ranked_units:
            tab.ranked_units.ranking.discard()
        loss, samples = inspected.run.objective.loss, held_out(inspected.run).samples
        ranking = UnitRanking(inspected.network, loss, samples)
        ranking.advance(RANKING_SECONDS)
        tab.ranked_units = session.RankedUnits(inspected.version, ranking)
    return tab.ranked_units.ranking


def says_that_it_diverged(inspected: InspectedNetwork) -> bool:
    """Say so, if weights or logits of a network are no finite numbers; return whether they are."""
    probed = inspected.run.prepared_data().training.X[:N_PROBED]
    with np.errstate(all="ignore"):
        logits = logits_of(inspected.network, probed)
    if np.isfinite(inspected.network.parameters).all() and np.isfinite(logits).all():
        return False
    st.warning(
        "This network has diverged: its numbers have grown beyond all limits, so there is nothing "
        "to look into. Move the slider to an earlier epoch.",
        icon=":material/trending_up:",
    )
    return True


def layer_name(network: Network, layer: int) -> str:
    """Return what a layer is called on the screen."""
    n_units = network.sizes[layer]
    if layer == network.n_layers:
        return f"Output ({n_units:,})"
    return f"Layer {layer} ({n_units:,} units)"


def keep_choice(key: str, choices: list[int] | list[str]) -> None:
    """Undo a choice that another run has left and this one does not have."""
    if session.value(key) not in choices:
        session.set_value(key, choices[0])
