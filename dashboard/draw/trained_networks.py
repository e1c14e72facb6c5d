"""The networks that can read a drawing: those that come with the app, and the runs of this tab."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.components.epoch_slider import shown_network, shown_version
from dashboard.components.network_view import ShownSample
from dashboard.drawing import preparation_for, prepared_drawing
from data.datasets import Dataset
from data.drawing import PREPARATIONS, Preparation
from data.scaling import Scaler
from experiments.background.run_store import StoredRun
from experiments.config import RunConfig
from experiments.export.model_file import SavedModel
from experiments.pretrained.pretrained import PRETRAINED, load_pretrained
from experiments.training.prepared_data import PreparedData, prepare
from mlp.arrays import Array
from mlp.network import Network


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A network that reads images of the size that a preparation makes.

    Attributes
    ----------
    id : names it in a control
    title : on the screen
    network, version : return the network as it is now, and what changes whenever it does
    scaler : for its samples
    preparation : from a drawing to a sample as recorded
    dataset : says what classes and inputs are called; without samples for a pretrained network
    config : of its training
    own : the reader's own data, if it has learned from them
    """

    id: str
    title: str
    network: Callable[[], Network]
    version: Callable[[], Hashable]
    scaler: Scaler
    preparation: Preparation
    dataset: Dataset
    config: RunConfig
    own: Dataset | None = None

    def prepared_data(self) -> PreparedData:
        """Return the samples that it has learned from, which takes a while where they are large.

        Raises
        ------
        DownloadError : if they have to be fetched, and cannot be
        """
        return prepare(self.config, self.own)


def pretrained_networks() -> list[TrainedNetwork]:
    """Return the networks that come with the app."""
    return [_pretrained(name) for name in PRETRAINED]


def _pretrained(name: str) -> TrainedNetwork:
    model = load_pretrained(name)
    preparation = PREPARATIONS[model.config.dataset]
    return TrainedNetwork(
        name,
        PRETRAINED[name].title,
        lambda: model.network,
        lambda: name,
        model.scaler,
        preparation,
        _without_samples(model, preparation),
        model.config,
    )


def _without_samples(model: SavedModel, preparation: Preparation) -> Dataset:
    """Return what there is to say of the samples of a model; they may not be on this machine."""
    return Dataset(
        name=model.config.dataset,
        title=preparation.title,
        X=np.empty((0, model.network.sizes[0]), np.float32),
        labels=np.empty(0, np.intp),
        class_names=model.class_names,
        image_shape=preparation.image_shape,
        maximum=preparation.maximum,
        unit="ink",
        source="",
        has_fixed_range=True,
    )


def networks_of_runs() -> list[TrainedNetwork]:
    """Return the networks of the runs of this tab that learn from images of a known size."""
    return [found for stored in session.runs() if (found := _of_run(stored))]


def _of_run(stored: StoredRun) -> TrainedNetwork | None:
    run = stored.run
    prepared = run.prepared_data()
    preparation = preparation_for(prepared.dataset.image_shape)
    if preparation is None:
        return None
    return TrainedNetwork(
        run.id,
        stored.name,
        lambda: shown_network(run) if run is session.shown_run() else run.network_at(),
        lambda: shown_version(run) if run is session.shown_run() else (run.id, run.step),
        prepared.scaler,
        preparation,
        prepared.dataset,
        run.config,
        run.own,
    )


def all_networks() -> list[TrainedNetwork]:
    """Return all networks that can read a drawing, the newest run first."""
    return [*reversed(networks_of_runs()), *pretrained_networks()]


def chosen_network() -> TrainedNetwork:
    """Return the network that the reader has chosen; else the newest run, or a pretrained one."""
    networks = all_networks()
    chosen = session.tab().drawing_network
    return next((network for network in networks if network.id == chosen), networks[0])


def choose_network() -> TrainedNetwork:
    """Draw a list of the networks; return the chosen one."""
    networks, chosen = all_networks(), chosen_network()
    session.set_value(session.DRAW_NETWORK, chosen.id)
    st.selectbox(
        "Network",
        [network.id for network in networks],
        key=session.DRAW_NETWORK,
        format_func={network.id: network.title for network in networks}.__getitem__,
        on_change=_take_network,
        label_visibility="collapsed",
        help="Who reads your drawing: a run of this tab, or a network that comes with the app and "
        "was trained on distorted images.",
    )
    return chosen


def _take_network() -> None:
    session.tab().drawing_network = session.value(session.DRAW_NETWORK)


def recorded_drawing(trained: TrainedNetwork) -> Array:
    """Return what is on the pad as a sample of the dataset of a network, (n_features,)."""
    return prepared_drawing(trained.preparation).recorded(trained.dataset.maximum)


def scaled_drawing(trained: TrainedNetwork) -> Array:
    """Return what is on the pad as a network gets it, (n_features,)."""
    scaled: Array = trained.scaler.transform(recorded_drawing(trained)[np.newaxis])[0]
    return scaled


def shown_drawing(trained: TrainedNetwork) -> ShownSample:
    """Return what is on the pad as a sample for the network view."""
    prepared = prepared_drawing(trained.preparation)
    about = "What it makes of a blank pad" if prepared.is_blank else ""
    recorded, x = recorded_drawing(trained), scaled_drawing(trained)
    return ShownSample(recorded, x, about, None, prepared.is_blank)
