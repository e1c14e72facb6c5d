"""The network that a page looks into: that of a run, after one of its epochs."""

from collections.abc import Hashable
from typing import NamedTuple

from dashboard.components.epoch_slider import past_epoch, shown_network, shown_version
from experiments.training.run import Run
from mlp.network import Network


class InspectedNetwork(NamedTuple):
    """The network of a run as the slider shows it.

    epoch : that of the slider; None for the newest
    network : a copy
    version : what changes whenever the network does
    """

    run: Run
    epoch: int | None
    network: Network
    version: Hashable


def inspected_network(run: Run) -> InspectedNetwork:
    """Return the network of a run after the epoch of the slider."""
    version = shown_version(run)  # before the network, which is then no older
    return InspectedNetwork(run, past_epoch(run), shown_network(run), version)
