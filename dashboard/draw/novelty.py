"""'Not a digit?': whether the drawing is far from all that a network has learned from."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from dashboard import session
from dashboard.draw.trained_networks import TrainedNetwork, scaled_drawing
from dashboard.drawing import drawing_version, prepared_drawing
from data.download import ORIGINALS, is_at_hand
from experiments.exploration.neighbors import Neighbors, neighbors_of
from experiments.inspection.drawn_sample import held_out_distances, novelty_of
from experiments.pretrained.pretrained import PRETRAINED
from experiments.training.prepared_data import PreparedData

N_NEIGHBORS = 12
LOADING = ThreadPoolExecutor(1, "training-samples")  # those of MNIST take some seconds, once
OTHER_HANDS = {"digits": 1.2}
"""How many times as far as usual is far, by the dataset. Few people wrote the digits of 8 x 8:
23 % of MNIST's digits are farther from them than is usual, and 5 % are 1.2 times as far."""
REMARK = "Not a digit? It is far from all training images."


class NearestSamples(NamedTuple):
    """The training samples nearest to the drawing, and what they are from."""

    prepared: PreparedData
    neighbors: Neighbors


def can_load_samples(trained: TrainedNetwork) -> bool:
    """Say whether the samples that a network has learned from are on this machine."""
    name = trained.config.dataset
    return name not in ORIGINALS or is_at_hand(name)


def how_to_fetch(trained: TrainedNetwork) -> str:
    """Say how the samples of a network come to this machine."""
    return f"Choose {trained.config.dataset} as the dataset in the sidebar, and they are fetched."


def _load(prepare: Callable[[], PreparedData]) -> PreparedData:
    """Return samples once all that takes long is done."""
    prepared = prepare()
    held_out_distances(prepared)
    return prepared


def training_samples(trained: TrainedNetwork) -> PreparedData | None:
    """Return what a network has learned from; None until it is loaded, or if it cannot be."""
    loading: dict[str, Future[PreparedData]] = session.tab().loading_samples
    if not can_load_samples(trained):
        return None
    if trained.id not in loading:
        _let_go_of_deleted(loading)
        loading[trained.id] = LOADING.submit(_load, trained.prepared_data)
    future = loading[trained.id]
    return future.result() if future.done() and not future.exception() else None


def _let_go_of_deleted(loading: dict[str, Future[PreparedData]]) -> None:
    """Forget the samples of runs that are no longer there: they may take much memory."""
    there = {*PRETRAINED, *(stored.run.id for stored in session.runs())}
    for id in loading.keys() - there:
        loading.pop(id, None)


def has_failed_to_load(trained: TrainedNetwork) -> bool:
    """Say whether the samples of a network are on this machine, and cannot be read."""
    future = session.tab().loading_samples.get(trained.id)
    return future is not None and future.done() and future.exception() is not None


def nearest_samples(trained: TrainedNetwork) -> NearestSamples | None:
    """Return the training samples nearest to the drawing, once for all who ask.

    None while the pad is blank, the pen is down, or the samples are not loaded.
    """
    drawing = session.tab().drawing
    prepared = training_samples(trained)
    if prepared is None or drawing.is_pen_down or prepared_drawing(trained.preparation).is_blank:
        return None
    what, made = ("nearest", trained.id, drawing_version()), drawing.prepared
    if what not in made:
        neighbors = neighbors_of(prepared, scaled_drawing(trained), N_NEIGHBORS)
        made[what] = NearestSamples(prepared, neighbors)
    found: NearestSamples = made[what]
    return found


def nearest_version(trained: TrainedNetwork) -> Hashable:
    """Return what changes whenever `nearest_samples` does."""
    is_loaded = training_samples(trained) is not None
    return is_loaded, session.tab().drawing.is_pen_down, drawing_version(), trained.id


def remark_on_novelty(trained: TrainedNetwork) -> str:
    """Ask whether the drawing is a digit at all, if it is far from all that was learned."""
    nearest = nearest_samples(trained)
    if nearest is None or not len(nearest.neighbors.rows):
        return ""
    novelty = novelty_of(*nearest)
    farther = OTHER_HANDS.get(trained.config.dataset, 1.0)
    return REMARK if novelty.distance > farther * novelty.usual else ""
