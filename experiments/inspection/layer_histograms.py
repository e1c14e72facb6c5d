"""What happens in each layer while a network learns: activations, gradients and weights.

The same few training samples go through the network as it was after each epoch, so that what
changes is the network alone. A gradient that gets smaller from layer to layer on its way down is
called vanishing: the first layers then hardly learn.

Sources: X. Glorot and Y. Bengio, Understanding the difficulty of training deep feedforward neural
networks, AISTATS 2010, which looks at the same histograms; S. Hochreiter, Untersuchungen zu
dynamischen neuronalen Netzen, TU München 1991, for the vanishing gradient.
"""

import math
from threading import Condition
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from cachetools import LRUCache, cached

from experiments.training.layer_diagnostics import UnitActivity, unit_activity
from experiments.training.run import Run
from mlp.arrays import Array
from mlp.backprop import Workspace, loss_and_gradient
from mlp.losses import Objective
from mlp.network import Network
from mlp.samples import Samples

BATCH_SIZE = 256  # enough for shares of a percent, and quick for the largest network
MOST_NUMBERS = 4096  # kept of one layer: more change no histogram that one can see
MOST_EPOCHS = 12  # at which one looks
N_BINS = 50
SMALLEST_SHARE = 0.002  # of the numbers on each side, which lie outside the histogram
SEED = 0
CACHE_BYTES = 40_000_000  # of all runs together
MOST_HISTOGRAMS = 500  # layers, 10 kB each, of all runs together

Kind: TypeAlias = Literal["activations", "gradients", "weights"]


class LayerValues(NamedTuple):
    """What the layers of a network hold for a batch; the first entry is of layer 1.

    activations : of the hidden layers, then the logits of the last; some of n_samples * n_l
        numbers of each, drawn at random
    gradients, weights : dC/dW_l and W_l, some of n_l * n_{l-1} numbers of each
    gradient_norms : |dC/dW_l|, the Euclidean norm
    error_sizes : the root of the mean square of n_samples * dC/dz_l: how large the error of one
        unit is for one sample, whatever the size of the layer
    activity : of the hidden layers
    """

    activations: list[Array]
    gradients: list[Array]
    weights: list[Array]
    gradient_norms: tuple[float, ...]
    error_sizes: tuple[float, ...]
    activity: list[UnitActivity]

    @property
    def n_bytes(self) -> int:
        """How much memory the numbers take."""
        return sum(each.nbytes for kind in self[:3] for each in kind)

    @property
    def gradient_ratio(self) -> float | None:
        """The norm of the gradient in layer 1, as a share of that in the last layer.

        None if one of them is 0 or no finite number, or if there is only one layer.
        """
        first, last = self.gradient_norms[0], self.gradient_norms[-1]
        is_fit = len(self.gradient_norms) > 1 and 0 < first < math.inf and 0 < last < math.inf
        return first / last if is_fit else None


@np.errstate(all="ignore")  # a network that has diverged is measured as it is
def layer_values(network: Network, objective: Objective, batch: Samples) -> LayerValues:
    """Return activations, gradients and weights of each layer for a batch.

    One pass forward and one backward, as in training, but without dropout: z_l = a_{l-1} W_l^T +
    b_l, then dC/dW_l = delta_l^T a_{l-1}, where C is the loss with its penalties.

    Parameters
    ----------
    batch : X, (n_samples, n_0), and targets, (n_samples, n_L)

    Raises
    ------
    ValueError : if there are no samples
    """
    activity = unit_activity(network, batch.X)
    workspace, last = Workspace(network, len(batch.X)), network.n_layers
    loss_and_gradient(network, objective, batch.X, batch.targets, workspace, batch.weights)
    outputs = [*workspace.activations[1:last], workspace.zs[last]]
    gradients, weights = workspace.weight_gradients[1:], network.weights[1:]
    return LayerValues(
        [_some(values) for values in outputs],
        [_some(values) for values in gradients],
        [_some(values) for values in weights],
        tuple(_norm(gradient) for gradient in gradients),
        tuple(_norm(d) * math.sqrt(len(d) / d.shape[1]) for d in workspace.deltas[1:]),
        activity,
    )


def _some(values: Array) -> Array:
    """Return at most MOST_NUMBERS of the numbers, always those of the same places."""
    flat = values.ravel()
    if len(flat) > MOST_NUMBERS:
        flat = flat[np.random.default_rng(SEED).integers(0, len(flat), MOST_NUMBERS)]
    copy: Array = flat.astype(np.float32)
    return copy


def _norm(values: Array) -> float:
    return float(np.sqrt(np.square(values, dtype=np.float64).sum()))


def fixed_batch(run: Run) -> Samples:
    """Return the training samples of a run that all its epochs are compared on."""
    training = run.prepared_data().training
    rows = np.random.default_rng(SEED).permutation(len(training.X))[:BATCH_SIZE]
    return training.each(lambda part: part[np.sort(rows)])


@cached(
    LRUCache(CACHE_BYTES, getsizeof=lambda values: values.n_bytes),
    key=lambda run, step: (run.id, run.snapshots.nearest(step)),
    condition=Condition(),  # simultaneous calls compute once
)
def layer_values_at(run: Run, step: int) -> LayerValues:
    """Return `layer_values` of a run after a step, or after the snapshot nearest to it.

    Raises
    ------
    LookupError : if there are no snapshots yet
    """
    return layer_values(run.network_at(step), run.objective, fixed_batch(run))


def compared_steps(run: Run, step: int) -> tuple[int, ...]:
    """Return the steps at which to look, in rising order: at most MOST_EPOCHS snapshots.

    Of the snapshots up to a step every second, fourth, eighth ... is taken, so that in a run that
    goes on most of them stay; the last one is among them.

    Raises
    ------
    LookupError : if there are no snapshots yet
    """
    last = run.snapshots.nearest(step)
    steps = [kept for kept in run.snapshots.steps if kept <= last]
    stride = 1
    while len(steps[:-1:stride]) >= MOST_EPOCHS:
        stride *= 2
    return (*steps[:-1:stride], last)


class Histogram(NamedTuple):
    """How often the numbers of a layer have which value, at each step.

    edges : (n_bins + 1,); for gradients those of log10 |g|
    shares : (n_steps, n_bins), of the numbers that are not 0; those in the bins
    zeros : (n_steps,), the share of the numbers that are exactly 0, which no bin counts
    not_finite : (n_steps,), the share of those that are infinite or not a number
    """

    edges: npt.NDArray[np.float64]
    shares: npt.NDArray[np.float64]
    zeros: npt.NDArray[np.float64]
    not_finite: npt.NDArray[np.float64]


def histograms(values: list[LayerValues], kind: Kind) -> list[Histogram]:
    """Return the histograms of each layer over some steps, with the same bins at every step.

    Gradients differ by powers of ten: for them the bins are those of log10 |g|, the same for all
    layers. Zeros are counted apart, as half of all relu units say 0, and as a pixel that is always
    blank gives a gradient of 0.

    Parameters
    ----------
    values : at each step, of one network
    """
    by_layer = zip(*(getattr(each, kind) for each in values), strict=True)
    layers = [[_prepared(numbers, kind) for numbers in steps] for steps in by_layer]
    if kind == "gradients":
        edges = _edges([numbers for steps in layers for numbers, _, _ in steps])
        return [_histogram(steps, edges) for steps in layers]
    return [_histogram(steps, _edges([numbers for numbers, _, _ in steps])) for steps in layers]


def _prepared(numbers: Array, kind: Kind) -> tuple[Array, float, float]:
    """Return the numbers that go into bins, and the shares of zeros and of those not finite."""
    is_finite = np.isfinite(numbers)
    counted = numbers[is_finite & (numbers != 0)]
    zeros, not_finite = float((numbers == 0).mean()), float(1 - is_finite.mean())
    return np.log10(np.abs(counted)) if kind == "gradients" else counted, zeros, not_finite


def _edges(steps: list[Array]) -> npt.NDArray[np.float64]:
    """Return bins that hold nearly all numbers of each step; from -1 to 1 if there are none."""
    share = [SMALLEST_SHARE, 1 - SMALLEST_SHARE]
    limits = np.array([np.quantile(numbers, share) for numbers in steps if len(numbers)])
    low, high = (limits[:, 0].min(), limits[:, 1].max()) if len(limits) else (-1.0, 1.0)
    margin = 0.05 * (high - low) or max(abs(low), 1.0) * 0.1
    return np.linspace(low - margin, high + margin, N_BINS + 1)


def _histogram(
    steps: list[tuple[Array, float, float]], edges: npt.NDArray[np.float64]
) -> Histogram:
    counts = [np.histogram(numbers, edges)[0] / (len(numbers) or 1) for numbers, _, _ in steps]
    zeros, not_finite = (np.array([step[i] for step in steps]) for i in (1, 2))
    return Histogram(edges, np.array(counts), zeros, not_finite)


@cached(
    LRUCache(MOST_HISTOGRAMS, getsizeof=len),
    key=lambda run, steps, kind: (run.id, steps, kind),
    condition=Condition(),
)
def histograms_at(run: Run, steps: tuple[int, ...], kind: Kind) -> list[Histogram]:
    """Return `histograms` of a run at some steps, of which there are snapshots."""
    return histograms([layer_values_at(run, step) for step in steps], kind)
