"""One step of training, with all the numbers that it passes through.

`trace_step` lets `mlp.training.TrainingLoop` make the step, on a copy of what a training knows,
and copies what is left in its `Workspace` and in its optimizer. So the numbers are those of
training itself. For one sample, in a network of two inputs, one hidden unit and one output, all
sigmoid, with mean squared error, worked out by hand:

    x = (1, 2), y = 1, W_1 = (0.1, 0.2), b_1 = 0, W_2 = (0.5), b_2 = 0.1, eta = 0.5
    z_1 = 0.1 * 1 + 0.2 * 2 + 0 = 0.5           a_1 = sigmoid(0.5) = 0.62246
    z_2 = 0.5 * 0.62246 + 0.1 = 0.41123         a_2 = sigmoid(0.41123) = 0.60138
    C = (0.60138 - 1)**2 = 0.15890
    delta_2 = 2 (a_2 - y) a_2 (1 - a_2) = 2 * -0.39862 * 0.60138 * 0.39862 = -0.19111
    dC/dW_2 = delta_2 a_1 = -0.19111 * 0.62246 = -0.11896        dC/db_2 = delta_2 = -0.19111
    delta_1 = delta_2 W_2 a_1 (1 - a_1) = -0.19111 * 0.5 * 0.62246 * 0.37754 = -0.02246
    dC/dW_1 = delta_1 x = (-0.02246, -0.04491)                   dC/db_1 = delta_1 = -0.02246
    W_2 becomes 0.5 + 0.5 * 0.11896 = 0.55948                    b_2: 0.1 + 0.5 * 0.19111 = 0.19556
    W_1 becomes (0.1 + 0.5 * 0.02246, 0.2 + 0.5 * 0.04491) = (0.11123, 0.22246)

Source of the notation: Nielsen, Neural Networks and Deep Learning (2015), chapter 2, with samples
as rows.
"""

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from data.split import Rows
from experiments.training.plan import make_augmentation, make_optimizer, make_schedule
from experiments.training.prepared_data import random_generators
from experiments.training.run import Run
from mlp.arrays import Array
from mlp.backprop import Dropout, Workspace, backward
from mlp.evaluation import count_correct
from mlp.losses import Objective, mean_shares
from mlp.network import Network, split_layers
from mlp.optimizers import Optimizer
from mlp.records import BatchRecord, EpochRecord
from mlp.samples import Samples
from mlp.training import TrainingLoop, TrainingState

MOST_SAMPLES = 512  # of a batch that is traced: a full batch may not fit into the memory


class StepStart(NamedTuple):
    """From where a step is made.

    state : what the training knows; `trace_step` works on a copy
    has_memory : whether optimizer, random generators and the place in the epoch are those of the
        run. Else the optimizer begins at zero, and the batch is drawn anew.
    """

    state: TrainingState
    has_memory: bool


@dataclass(frozen=True, eq=False)
class StepTrace:
    """All that one step passes through; layer l has index l, as in `mlp.backprop.Workspace`.

    Attributes
    ----------
    network : before the step
    rows : (n_samples,), of the training part, or of whatever samples were given
    targets : (n_samples, n_L)
    shares : (n_samples,), how much each sample counts: 1 / n_samples without weights
    zs, activations, masks, passed_on, slopes, deltas : see `Workspace`; the first activation is
        the batch, and there are masks with dropout alone
    outputs : (n_samples, n_L), what the output function makes of the last zs
    losses : (n_samples,), of each sample
    loss, penalty : of the batch
    data_gradient : (n_parameters,), without that of the penalty
    penalty_gradient : (n_weights,), the biases have none
    gradient : (n_parameters,), the sum of both
    optimizer : after the step, with its network
    state_before : of the optimizer
    stepped : (n_parameters,), after the optimizer's step, before norms are limited
    max_norm : the longest that the incoming weights of a unit may be; None for no limit
    is_made : False if the loss was not a finite number, or far too large: there is no step then
    """

    network: Network
    objective: Objective
    rows: Rows
    targets: Array
    shares: Array
    zs: list[Array]
    activations: list[Array]
    masks: list[Array]
    passed_on: list[Array]
    slopes: list[Array]
    deltas: list[Array]
    outputs: Array
    losses: Array
    loss: float
    penalty: float
    data_gradient: Array
    penalty_gradient: Array
    gradient: Array
    optimizer: Optimizer
    state_before: Mapping[str, npt.NDArray[Any]]
    stepped: Array
    max_norm: float | None
    is_made: bool

    @property
    def n_samples(self) -> int:
        """How many samples the step learns from."""
        return len(self.targets)

    @property
    def n_bytes(self) -> int:
        """How much memory it takes, about."""
        by_layer = (self.zs, self.activations, self.masks, self.passed_on, self.slopes, self.deltas)
        samples = sum(array.nbytes for arrays in by_layer for array in arrays)
        n_vectors = 7 + 2 * len(self.state_before)  # parameters, gradients, scratch and memory
        return samples + n_vectors * self.gradient.nbytes

    def layers(self, vector: Array) -> tuple[list[Array], list[Array]]:
        """View a vector, (n_parameters,), as weights and biases by layer."""
        return split_layers(vector, self.network.sizes)


def start_of_step(run: Run, network: Network, epoch: int | None, *, is_still: bool) -> StepStart:
    """Return from where the next step of a run is made.

    Parameters
    ----------
    network : of the run, after the epoch
    epoch : None for the newest; only there, the memory of the optimizer is known
    is_still : whether nobody trains the run now
    """
    if epoch is None and is_still and run.can_continue:
        return StepStart(run.training().state, True)
    return StepStart(_state_from_zero(run, network, epoch), False)


def trace_step(state: TrainingState, training: Samples) -> StepTrace:
    """Return the trace of the next step of a training, which itself stays as it is.

    After the last epoch, this is the first step of one more. A batch of more than MOST_SAMPLES
    is cut to so many.

    Parameters
    ----------
    training : the samples of the training
    """
    state = copy.deepcopy(state)
    if state.n_seen == len(training.X):  # the record of the epoch is left out
        state.epochs_done, state.order, state.n_seen = state.epochs_done + 1, None, 0
    state.epochs = max(state.epochs, state.epochs_done + 1)
    state.batch_size = min(state.batch_size, MOST_SAMPLES)
    optimizer_before, start = copy.deepcopy(state.optimizer), state.n_seen
    loop = TrainingLoop(state, training, None)
    record = next(record for record in loop if not isinstance(record, EpochRecord))
    optimizer_before.rate_factor = state.optimizer.rate_factor
    n_samples = min(state.batch_size, len(training.X) - start)
    rows = np.arange(len(training.X)) if state.order is None else state.order
    return _trace_of(
        loop.workspaces[n_samples],
        training.each(lambda part: part[rows[start : start + n_samples]]),
        rows[start : start + n_samples],
        state,
        optimizer_before,
        is_made=isinstance(record, BatchRecord),
    )


def trace_sample(state: TrainingState, x: Array, label: int) -> StepTrace:
    """Return the trace of a step with one sample, as if it were the whole batch.

    Parameters
    ----------
    x : (n_0,), scaled as the network was trained
    label : the class that it is to be told, from 0
    """
    network = state.optimizer.network
    targets = (np.arange(network.sizes[-1]) == label).astype(x.dtype)
    alone = replace(
        state, batch_size=1, rng=None, order=None, n_seen=0, augment=None, has_diverged=False
    )
    return trace_step(alone, Samples(x[np.newaxis], targets[np.newaxis]))


def _state_from_zero(run: Run, network: Network, epoch: int | None) -> TrainingState:
    """Return what a training would know that begins with a network of a run."""
    config, prepared = run.config, run.prepared_data()
    _, _, batches_rng, dropout_rng = random_generators(config.seed)
    epochs_done = run.epochs_done if epoch is None else epoch
    optimizer = make_optimizer(config, network)
    optimizer.learning_rate = _learning_rate(run, epochs_done)
    return TrainingState(
        optimizer,
        run.objective,
        config.epochs,
        run.plan.batch_size,
        batches_rng if config.shuffle else None,
        make_schedule(config),
        Dropout(config.dropout, dropout_rng) if config.dropout else None,
        config.max_norm or None,
        count_correct,
        make_augmentation(config, prepared),
        epochs_done=epochs_done,
        step=epochs_done * run.plan.steps_per_epoch,
    )


def _learning_rate(run: Run, epochs_done: int) -> float:
    """Return the learning rate that was set last until then."""
    step = epochs_done * run.plan.steps_per_epoch
    changed = [
        change.value
        for change in run.changes
        if change.setting == "learning_rate" and change.step <= step
    ]
    return [run.initial_config.learning_rate, *changed][-1]


@np.errstate(all="ignore")  # a network that has diverged is traced as it is
def _trace_of(
    workspace: Workspace,
    batch: Samples,
    rows: Rows,
    state: TrainingState,
    optimizer_before: Optimizer,
    *,
    is_made: bool,
) -> StepTrace:
    """Copy what a step has left, and find the parts that the step has put together."""
    network, objective, logits = optimizer_before.network, state.objective, workspace.zs[-1]
    after, limits = state.optimizer.network, is_made and state.max_norm is not None
    losses = objective.loss.fused(logits, batch.targets, network.output, np.empty_like(logits))
    shares = mean_shares(len(rows), logits.dtype, batch.weights)
    gradient, deltas = workspace.gradient.copy(), [delta.copy() for delta in workspace.deltas]
    has_penalty = bool(objective.l1 or objective.l2)
    penalty_gradient = np.zeros_like(network.all_weights)
    objective.add_penalty_gradient(network.all_weights, penalty_gradient)
    return StepTrace(
        network=network,
        objective=objective,
        rows=rows,
        targets=batch.targets,
        shares=shares,
        zs=workspace.zs,
        activations=[a.copy() for a in workspace.activations],
        masks=workspace.masks,
        passed_on=[a.copy() for a in workspace.passed_on],
        slopes=workspace.slopes,
        deltas=deltas,
        outputs=network.output.value(logits),
        losses=losses,
        loss=float(losses.dot(shares)),
        penalty=objective.penalty(network.all_weights),
        data_gradient=_data_gradient(workspace, after, network) if has_penalty else gradient,
        penalty_gradient=penalty_gradient,
        gradient=gradient,
        optimizer=state.optimizer,
        state_before={name: part.copy() for name, part in optimizer_before.state().items()},
        stepped=_stepped(optimizer_before, gradient) if limits else after.parameters,
        max_norm=state.max_norm,
        is_made=is_made,
    )


def _data_gradient(workspace: Workspace, after: Network, before: Network) -> Array:
    """Return the gradient of the loss alone: backward once more, with the weights before the step.

    The workspace has views of the parameters, which the step has changed in place.
    """
    kept = after.parameters.copy()
    after.parameters[...] = before.parameters
    backward(after, workspace)
    after.parameters[...] = kept
    return workspace.gradient.copy()


def _stepped(optimizer: Optimizer, gradient: Array) -> Array:
    """Return the parameters after the step of an optimizer, which is left as it is."""
    again = copy.deepcopy(optimizer)
    again.step(gradient)
    return again.network.parameters


@np.errstate(all="ignore")
def longest_terms(trace: StepTrace, sample: int) -> list[int]:
    """Return a unit of each layer to follow: the right class, and down from it what adds most.

    Parameters
    ----------
    sample : which row of the batch
    """
    units = [int(trace.targets[sample].argmax())]
    for l in range(trace.network.n_layers, 0, -1):
        terms = trace.passed_on[l - 1][sample] * trace.network.weights[l][units[0]]
        units.insert(0, int(np.nan_to_num(np.abs(terms), nan=0, posinf=math.inf).argmax()))
    return units
