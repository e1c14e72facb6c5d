"""A paired training: the same network twice, once with a term of backpropagation broken.

Both begin with the same weights and learn from the same batches, so that the term is all that
tells them apart. The optimizer and the penalties are those of the settings; the learning rate
stays as it is, images are not distorted, and weights may be as long as they like.
"""

import math
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from experiments.background.background_task import BackgroundTask, Status
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import Share
from experiments.config import RunConfig
from experiments.inspection.broken_terms import Backpropagation, BrokenTerm
from experiments.training.plan import make_network, make_objective, make_optimizer
from experiments.training.prepared_data import PreparedData, random_generators
from mlp.backprop import Dropout, workspaces_for
from mlp.evaluation import evaluate
from mlp.losses import Objective
from mlp.optimizers import Optimizer
from mlp.records import Score
from mlp.samples import Samples, shuffled_batches
from mlp.training import DIVERGENCE_FACTOR

EPOCHS = 20
MOST_TRAINING, MOST_HELD_OUT = 1200, 600  # samples
MOST_UNITS = 128  # of a hidden layer
EPOCH_SECONDS = 0.15  # at least, so that there is something to watch


@dataclass
class LearningCurve:
    """How well one of the networks does on the held-out samples.

    Attributes
    ----------
    scores : after each epoch, from epoch 0, the untrained network
    """

    scores: list[Score] = field(default_factory=list)
    has_diverged: bool = False

    @property
    def is_over(self) -> bool:
        """Whether all epochs are made, or the network has diverged."""
        return self.has_diverged or len(self.scores) > EPOCHS


@dataclass
class NetworkInTraining:
    """A network in training: plain data, which another process can continue.

    Attributes
    ----------
    rng : shuffles the samples in each epoch
    limit : a loss above it counts as diverged
    """

    backpropagation: Backpropagation
    optimizer: Optimizer
    objective: Objective
    batch_size: int
    rng: np.random.Generator
    dropout: Dropout | None
    curve: LearningCurve = field(default_factory=LearningCurve)
    limit: float = math.inf

    def make_epoch(self, training: Samples, held_out: Samples) -> None:
        """Train for an epoch, and measure; at first, only measure the untrained network."""
        network = self.optimizer.network
        if self.curve.scores:
            self._learn(training)
        else:
            self.limit = DIVERGENCE_FACTOR * evaluate(network, self.objective, training).loss
        score = evaluate(network, self.objective, held_out)
        if not score.loss <= self.limit:  # NaN, too
            self.curve.has_diverged = True
        if not self.curve.has_diverged:
            self.curve.scores.append(score)

    @np.errstate(all="ignore")  # the loss says more
    def _learn(self, training: Samples) -> None:
        """Make a step with each batch; stop where the loss goes beyond all bounds."""
        network, n_samples = self.optimizer.network, len(training.X)
        workspaces = workspaces_for(network, n_samples, self.batch_size, self.dropout)
        order = self.rng.permutation(n_samples)
        for X, targets, _ in shuffled_batches(training, self.batch_size, order):
            workspace = workspaces[len(X)]
            step = self.backpropagation.loss_and_gradient
            if not sum(step(network, self.objective, X, targets, workspace)) <= self.limit:
                self.curve.has_diverged = True
                return
            self.optimizer.step(workspace.gradient)


def network_in_training(
    config: RunConfig, backpropagation: Backpropagation, samples: Samples
) -> NetworkInTraining:
    """Return a network at the start, with the weights and batches that its seed decides on."""
    _, weights_rng, batches_rng, dropout_rng = random_generators(config.seed)
    n_samples, n_inputs = samples.X.shape
    sizes = (n_inputs, *config.hidden_layers, samples.targets.shape[1])
    return NetworkInTraining(
        backpropagation,
        make_optimizer(config, make_network(config, sizes, weights_rng)),
        make_objective(config),
        n_samples if config.full_batch else min(config.batch_size, n_samples),
        batches_rng,
        Dropout(config.dropout, dropout_rng) if config.dropout else None,
    )


def small(config: RunConfig) -> RunConfig:
    """Return settings with hidden layers that are soon trained."""
    layers = tuple(min(units, MOST_UNITS) for units in config.hidden_layers)
    return config.model_copy(update={"hidden_layers": layers})


def thinned(samples: Samples, most: int) -> Samples:
    """Return evenly spaced samples, at most so many; all count the same."""
    stride = -(-len(samples.X) // most)
    return samples._replace(weights=None).each(lambda part: part[::stride])


def epoch_slice(learner: NetworkInTraining, samples: tuple[Samples, Samples]) -> NetworkInTraining:
    """Make an epoch; any process can."""
    learner.make_epoch(*samples)
    return learner


class PairedTraining(BackgroundTask):
    """Trains both networks an epoch at a time, in turns with all other tasks.

    Parameters
    ----------
    config : the settings; large layers are made smaller
    options : see `BackgroundTask`

    Attributes
    ----------
    curves : of the right network and of the broken one, as far as they are trained
    held_out : where they are measured: in the validation part, or in training if that is empty
    """

    def __init__(
        self, term: BrokenTerm, config: RunConfig, prepared: PreparedData, **options: Any
    ) -> None:
        super().__init__(f"paired training: {term.title}", **options)
        self.term, self.config = term, small(config)
        self.held_out = "validation" if prepared.validation else "training"
        training = thinned(prepared.training, MOST_TRAINING)
        held_out = thinned(prepared.validation or prepared.training, MOST_HELD_OUT)
        self._samples: tuple[Samples, Samples] | None = (training, held_out)
        self._networks = [
            network_in_training(self.config, backpropagation, training)
            for backpropagation in (Backpropagation(), term.backpropagation)
        ]
        self.curves = [learner.curve for learner in self._networks]
        self._due_at, self._turn = 0.0, 0

    def go(self) -> None:
        """Begin."""
        self._begin()

    @property
    def fraction(self) -> float:
        """How much is done, from 0 to 1."""
        n_scores = EPOCHS + 1
        done = sum(n_scores if each.is_over else len(each.scores) for each in self.curves)
        return done / (len(self.curves) * n_scores)

    def due_at(self) -> float:
        """Return when the next slice is wanted; see `BackgroundTask`."""
        return self._due_at

    def submit(self, executor: SliceExecutor, share: Share) -> Future[Any]:
        """Submit an epoch of the network that is behind."""
        self._due_at = time.monotonic() + EPOCH_SECONDS / len(self.curves)
        under_way = [i for i, curve in enumerate(self.curves) if not curve.is_over]
        self._turn = min(under_way, key=lambda i: len(self.curves[i].scores))
        return executor.call(epoch_slice, self._networks[self._turn], self._samples)

    def take(self, outcome: NetworkInTraining) -> None:
        """Keep the network that has made an epoch."""
        self._networks[self._turn], self.curves[self._turn] = outcome, outcome.curve
        if all(curve.is_over for curve in self.curves):
            self._end(Status.FINISHED)

    def _ending_without_slice(self) -> Status | None:
        return Status.STOPPED if self._is_stopping else super()._ending_without_slice()

    def _end(self, ending: Status) -> None:
        self._networks, self._samples = [], None  # only the curves are still needed
        super()._end(ending)


def result_sentence(training: PairedTraining) -> str:
    """Say how far both networks have come."""
    names = "as it should be", "with the term broken"
    results = [
        f"**{_result(curve)}** {name}"
        for name, curve in zip(names, training.curves, strict=True)
        if curve.scores
    ]
    return f"Right answers in the {training.held_out} part: {', '.join(results)}."


def _result(curve: LearningCurve) -> str:
    accuracy = f"{100 * curve.scores[-1].accuracy:.1f} %"
    return f"{accuracy}, then diverged," if curve.has_diverged else accuracy
