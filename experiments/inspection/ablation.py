"""What a network can do without: hidden units are switched off, and it answers again.

A unit that is off passes 0 on, as if all weights that leave it were 0. The network itself stays
as it is. What one unit costs says little about several: two that do the same can each be spared,
but not both.

Source: ablation of single units in Morcos, Barrett, Rabinowitz and Botvinick, On the importance of
single directions for generalization, ICLR (2018).
"""

import copy
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Future
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from data.datasets import Labels
from experiments.background.background_task import BackgroundTask, Status
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import Share
from mlp.arrays import Array
from mlp.backprop import Workspace, forward
from mlp.evaluation import logits_of
from mlp.losses import Loss
from mlp.network import Network
from mlp.samples import Samples

MOST_SAMPLES, FEWER_SAMPLES = 2000, 500  # to measure on
MUCH_WORK = 2_000_000_000  # multiplications, about a second: from here on, fewer samples will do
MOST_NUMBERS = 2_000_000  # in one array of a chunk, 8 MB

FloatArray = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


class HiddenUnit(NamedTuple):
    """A unit of a hidden layer: the layer from 1 on, and the unit from 0 on."""

    layer: int
    unit: int


def hidden_units(network: Network) -> list[HiddenUnit]:
    """Return all hidden units, layer by layer."""
    layers = range(1, network.n_layers)
    return [HiddenUnit(layer, unit) for layer in layers for unit in range(network.sizes[layer])]


def without_units(network: Network, off: Collection[HiddenUnit]) -> Network:
    """Return a copy of a network in which some hidden units pass nothing on.

    Raises
    ------
    ValueError : if one of them is not a hidden unit of the network
    """
    copied = copy.copy(network)
    copied.parameters = network.parameters.copy()
    for layer, unit in off:
        if not (1 <= layer < network.n_layers and 0 <= unit < network.sizes[layer]):
            raise ValueError(
                f"Unit {unit} of layer {layer} is not a hidden unit of this network, which has "
                f"the layers {'-'.join(map(str, network.sizes))}, with units numbered from 0."
            )
        copied.weights[layer + 1][:, unit] = 0
    return copied


def enough_samples(network: Network) -> int:
    """Return how many samples to measure the units on: fewer where that takes long.

    Without a unit of layer l, all layers from l + 1 on are computed again.
    """
    sizes, work, above = network.sizes, 0, 0
    for l in range(network.n_layers - 1, 0, -1):
        work += sizes[l] * (sizes[l + 1] + above)
        above += sizes[l] * sizes[l + 1]  # multiplications of a sample above layer l
    return MOST_SAMPLES if work * MOST_SAMPLES < MUCH_WORK else FEWER_SAMPLES


def some_of(samples: Samples, most: int) -> Samples:
    """Return every second sample, or every third, and so on, so that there are at most so many."""
    stride = -(-len(samples.X) // most) or 1
    return samples.each(lambda part: part[::stride])


class SwitchedOff(NamedTuple):
    """What it does to the answers when some units are switched off.

    labels : (n_samples,), the true classes
    right_before, right_after : (n_samples,), whether the answers are right with all units, and
        without those that are off
    """

    labels: Labels
    right_before: Mask
    right_after: Mask

    @property
    def accuracies(self) -> tuple[float, float]:
        """The share of all answers that is right before and after."""
        return float(self.right_before.mean()), float(self.right_after.mean())

    def shares_by_class(self, n_classes: int) -> tuple[FloatArray, FloatArray]:
        """Return the share of each class that is right before and after, (n_classes,) each.

        NaN for a class without samples.
        """
        counts = np.bincount(self.labels, minlength=n_classes)
        with np.errstate(invalid="ignore"):
            before, after = (
                np.bincount(self.labels, right, n_classes) / counts
                for right in (self.right_before, self.right_after)
            )
        return before, after


@np.errstate(all="ignore")
def switch_off(network: Network, off: Collection[HiddenUnit], samples: Samples) -> SwitchedOff:
    """Let a network answer with all units, and without some.

    Raises
    ------
    ValueError : if one of them is not a hidden unit of the network
    """
    labels = samples.targets.argmax(axis=1)
    before, after = (
        logits_of(each, samples.X).argmax(axis=1) == labels
        for each in (network, without_units(network, off))
    )
    return SwitchedOff(labels, before, after)


class Scores(NamedTuple):
    """Accuracy, 0 to 1, and mean loss, (n_off,) each: with one unit after another switched off."""

    accuracies: FloatArray
    losses: FloatArray


def logits_without_each(
    network: Network, workspace: Workspace, layer: int, units: slice
) -> npt.NDArray[np.floating[Any]]:
    """Return the logits without each of some units alone, (n_off, n_samples, n_L).

    The layer above adds up all units, so that the share of one can be taken away afterward:

        z_{l+1} without u  =  z_{l+1} - a_u W_{l+1}[:, u]

    From there, the forward pass goes on as usual, for all units at once.

    Parameters
    ----------
    workspace : after a forward pass of the samples through the network
    layer, units : of a hidden layer
    """
    weights, biases = network.weights, network.biases
    a = workspace.activations[layer][:, units].T[:, :, np.newaxis]  # (n_off, n_samples, 1)
    leaving = weights[layer + 1][:, units].T[:, np.newaxis]  # (n_off, 1, n_{l+1})
    z: npt.NDArray[np.floating[Any]] = workspace.zs[layer + 1] - a * leaving
    for above in range(layer + 2, network.n_layers + 1):
        z = network.activation.value(z) @ weights[above].T + biases[above]
    return z


def _chunks(network: Network, n_samples: int, first: int) -> Iterator[tuple[int, slice]]:
    """Yield layers and some of their units, few enough for the memory, from a unit on.

    Parameters
    ----------
    first : counted through all hidden layers, from 0
    """
    start = 0
    for layer in range(1, network.n_layers):
        n_units, widest = network.sizes[layer], max(network.sizes[layer + 1 :])
        n_at_once = max(1, MOST_NUMBERS // (n_samples * widest))
        for unit in range(max(0, first - start), n_units, n_at_once):
            yield layer, slice(unit, min(unit + n_at_once, n_units))
        start += n_units


@np.errstate(all="ignore")
def scores_without_each(
    network: Network, loss: Loss, samples: Samples, *, first: int = 0, seconds: float = np.inf
) -> Scores:
    """Return the scores without each hidden unit alone, from one unit on.

    Parameters
    ----------
    loss : that the network was trained with, without penalties
    samples : held out, so that the answer is not about what was memorized
    first : counted through all hidden layers, from 0
    seconds : end after so long; at least some units are done

    Raises
    ------
    ValueError : if there are no samples
    """
    if not len(samples.X):
        raise ValueError("What a unit is worth is measured on samples: give at least one.")
    deadline = time.monotonic() + seconds
    workspace = Workspace(network, len(samples.X))
    forward(network, samples.X, workspace)
    accuracies, losses = [np.empty(0)], [np.empty(0)]
    for layer, units in _chunks(network, len(samples.X), first):
        logits = logits_without_each(network, workspace, layer, units)
        scores = _scores(network, loss, logits, samples.targets)
        accuracies.append(scores.accuracies)
        losses.append(scores.losses)
        if time.monotonic() > deadline:
            break
    return Scores(np.concatenate(accuracies), np.concatenate(losses))


def _scores(
    network: Network, loss: Loss, logits: npt.NDArray[np.floating[Any]], targets: Array
) -> Scores:
    """Score several sets of logits for the same samples, (n_sets, n_samples, n_L)."""
    right = logits.argmax(axis=2) == targets.argmax(axis=1)
    slopes = np.empty_like(targets)
    losses = [float(loss.fused(each, targets, network.output, slopes).mean()) for each in logits]
    return Scores(right.mean(axis=1), np.array(losses))


@np.errstate(all="ignore")
def scores_with_all(network: Network, loss: Loss, samples: Samples) -> Scores:
    """Return the scores of a network as it is, (1,) each, measured in the same way."""
    workspace = Workspace(network, len(samples.X))
    logits = forward(network, samples.X, workspace)
    return _scores(network, loss, logits[np.newaxis], samples.targets)


class UnitRanking:
    """What the loss of each hidden unit costs, a slice at a time.

    Parameters
    ----------
    network : that nobody changes meanwhile
    loss, samples : see `scores_without_each`

    Attributes
    ----------
    units : all hidden units
    accuracy, loss_of_all : with all units
    accuracy_lost : (n_done,), by how much the accuracy falls without each, 0 to 1
    loss_added : (n_done,), by how much the loss rises
    """

    def __init__(self, network: Network, loss: Loss, samples: Samples) -> None:
        self.network, self.loss, self.samples = network, loss, samples
        self.units = hidden_units(network)
        scores = scores_with_all(network, loss, samples)
        self.accuracy, self.loss_of_all = float(scores.accuracies[0]), float(scores.losses[0])
        self.accuracy_lost, self.loss_added = np.empty(0), np.empty(0)
        self.task: _Ranking | None = None
        self._lock = threading.Lock()

    @property
    def n_done(self) -> int:
        """How many units are measured."""
        return len(self.accuracy_lost)

    @property
    def is_over(self) -> bool:
        """Whether all units are measured."""
        return self.n_done == len(self.units)

    @property
    def is_running(self) -> bool:
        """Whether it goes on in the background."""
        return self.task is not None and self.task.status.is_active

    @property
    def order(self) -> npt.NDArray[np.intp]:
        """The units measured, the most costly first: by accuracy, and by loss where that ties."""
        lost = self.accuracy_lost  # first, as another thread makes it longer after `loss_added`
        added = np.nan_to_num(self.loss_added[: len(lost)], nan=np.inf)
        return np.lexsort((-added, -np.round(lost, 9)))

    def advance(self, seconds: float) -> None:
        """Measure some more units here."""
        if not self.is_over:
            at = self.n_done
            self.keep(at, scores_without_each(*self._what, first=at, seconds=seconds))

    def go(self, **options: Any) -> None:
        """Measure the rest in the background.

        Parameters
        ----------
        options : see `BackgroundTask`
        """
        with self._lock:
            if not self.is_over and not self.is_running:
                self.task = _Ranking(self, **options)
                self.task.go()

    def stop(self) -> None:
        """End what goes on in the background; what is measured stays."""
        if self.task:
            self.task.stop()

    def discard(self) -> None:
        """End what goes on in the background without waiting for it: nobody looks any more."""
        if self.task:
            self.task.discard()

    def keep(self, first: int, scores: Scores) -> None:
        """Add the scores of the units from the first on, unless somebody else has."""
        with self._lock:
            if first == self.n_done:
                lost, added = self.accuracy - scores.accuracies, scores.losses - self.loss_of_all
                # a reader in another thread finds as many losses as accuracies, or more
                self.loss_added = np.concatenate([self.loss_added, added])
                self.accuracy_lost = np.concatenate([self.accuracy_lost, lost])

    @property
    def _what(self) -> tuple[Network, Loss, Samples]:
        return self.network, self.loss, self.samples


def _slice(
    network: Network, loss: Loss, samples: Samples, first: int, seconds: float
) -> tuple[int, Scores]:
    scores = scores_without_each(network, loss, samples, first=first, seconds=seconds)
    return first, scores


class _Ranking(BackgroundTask):
    """Measures the units of a ranking, in turns with all other tasks."""

    def __init__(self, ranking: UnitRanking, **options: Any) -> None:
        super().__init__("ranking of units", **options)
        self.ranking = ranking

    def go(self) -> None:
        """Begin."""
        self._begin()

    def submit(self, executor: SliceExecutor, share: Share) -> Future[Any]:
        """Submit the next units."""
        it = self.ranking
        return executor.call(
            _slice, it.network, it.loss, it.samples, it.n_done, share.slice_seconds
        )

    def take(self, outcome: tuple[int, Scores]) -> None:
        """Put the scores where the page sees them."""
        self.ranking.keep(*outcome)
        if self.ranking.is_over:
            self._end(Status.FINISHED)

    def _ending_without_slice(self) -> Status | None:
        return Status.STOPPED if self._is_stopping else super()._ending_without_slice()
