"""A run: from a config to a trained network, with a record of how it got there."""

import copy
import math
import time
from collections import deque
from collections.abc import Generator, Iterator
from typing import NamedTuple
from uuid import uuid4

from pydantic import ValidationError

from data.datasets import Dataset
from experiments.config import RunConfig, explain
from experiments.training.changes import Change
from experiments.training.plan import (
    make_network,
    make_objective,
    make_optimizer,
    make_schedule,
    plan_with,
)
from experiments.training.prepared_data import PreparedData, prepare, random_generators
from experiments.training.snapshot_recorder import SnapshotRecorder
from mlp.backprop import Dropout
from mlp.early_stopping import EarlyStopping
from mlp.evaluation import evaluate
from mlp.losses import Objective
from mlp.network import Network
from mlp.records import BatchRecord, Diverged, EarlyStopped, EpochRecord, Record, Score
from mlp.training import TrainingLoop, train


class CurrentEpoch(NamedTuple):
    """The epoch that is not over yet: how many are, and the losses of its batches so far."""

    epochs_done: int
    batch_losses: list[float]


class Result(NamedTuple):
    """What the network can do in the end; a part without samples has no score."""

    training: Score
    validation: Score | None
    test: Score | None


def evaluate_parts(network: Network, objective: Objective, prepared: PreparedData) -> Result:
    """Score a network on each part of the data that has samples."""
    return Result(
        evaluate(network, objective, prepared.training),
        evaluate(network, objective, prepared.validation) if prepared.validation else None,
        evaluate(network, objective, prepared.test) if prepared.test else None,
    )


class Run:
    """The training of one network, from random weights to a result.

    Parameters
    ----------
    config : decides all of it; the same config gives the same run, bit for bit, on the
        same machine with the same number of BLAS threads
    own : the user's own samples, if the config uses them
    keeps_snapshots : whether to keep snapshots and step diagnostics, for pages that look back

    Attributes
    ----------
    id : distinguishes it from all other runs, including deleted ones
    plan, network : the size of the run, and what it trains
    epoch, step : the current epoch, and how many steps the optimizer has made
    history : one record an epoch, from epoch 0, the untrained network
    current_epoch : the batches since the last whole epoch
    initial_config : that of the beginning; `config` has more epochs if some were added
    changes : what was changed during training, and when
    snapshots, step_diagnostics : of a run that keeps them
    diverged : set if the loss or a parameter overflowed or became NaN
    early_stopped : set if the run ended because it did not improve any more
    best_epoch : with early stopping, the epoch that the network went back to in the end
    result : set when the run has ended, unless it diverged
    n_results : how many times it was evaluated: more than once if epochs were added
    seconds : time spent computing, pauses excluded

    Raises
    ------
    ValueError : if the network or the batch is too large, or the data cannot be split so
    """

    def __init__(
        self, config: RunConfig, own: Dataset | None = None, *, keeps_snapshots: bool = False
    ) -> None:
        self.id = uuid4().hex
        self.config = self.initial_config = config
        self.own, self.keeps_snapshots = own, keeps_snapshots
        self.plan = plan_with(config, self.prepared_data())
        _, weights_rng, self._batches_rng, self._dropout_rng = random_generators(config.seed)
        self.network = make_network(config, self.plan.sizes, weights_rng)
        self.objective = make_objective(config)
        self.epoch = self.step = 0
        self.history: list[EpochRecord] = []
        self.current_epoch = CurrentEpoch(0, [])
        self.changes: list[Change] = []
        self._recorder = SnapshotRecorder(self.network, self.plan.steps_per_epoch)
        self.snapshots = self._recorder.snapshots
        self.step_diagnostics = self._recorder.step_diagnostics
        self.diverged: Diverged | None = None
        self.early_stopped: EarlyStopped | None = None
        self.best_epoch: int | None = None
        self.result: Result | None = None
        self.n_results = 0
        self.seconds = 0.0
        self._best: EarlyStopping | None = None
        self._loop: TrainingLoop | None = None
        self._source: Iterator[Record] | None = None
        self._requested_rates: deque[float] = deque()

    def prepared_data(self) -> PreparedData:
        """Return what the run learns from, shared by all runs that agree on it.

        The cache of prepared data is limited: what is not in it any more is loaded again.
        """
        return prepare(self.config, self.own)

    def network_at(self, step: int | None = None) -> Network:
        """Return a copy of the network as it was after a step, or as it is now.

        A step of which there is no snapshot gives the one next to it.

        Raises
        ------
        LookupError : if a step is asked for and there are no snapshots
        """
        network = copy.copy(self.network)
        network.parameters = (
            self.network.parameters.copy() if step is None else self.snapshots.at(step)
        )
        return network

    def records(self) -> Generator[Record]:
        """Train, and keep what each record says before passing it on.

        A run that has been stopped continues where it was, when called again.
        """
        if self._loop is None:
            self._loop = self._make_loop()
            self._source = self._with_early_stopping(self._loop)
        while (record := self._next_record()) is not None:
            self._keep(record)
            yield record

    def request_learning_rate(self, learning_rate: float) -> None:
        """Change the learning rate from the next step on; safe to call from any thread."""
        self._requested_rates.append(learning_rate)

    @property
    def learning_rate(self) -> float:
        """The learning rate that was requested last, before the schedule."""
        changed = [change.value for change in self.changes if change.setting == "learning_rate"]
        return [self.config.learning_rate, *changed, *self._requested_rates][-1]

    @property
    def can_continue(self) -> bool:
        """Whether a run that has ended can be given more epochs.

        Not if it has diverged, or went back to its best epoch, or has released its memory.
        """
        return bool(self._loop and self.step and not (self.diverged or self.config.early_stopping))

    def add_epochs(self, epochs: int) -> None:
        """Raise the number of epochs of a run that has ended; `records` then trains them.

        Parameters
        ----------
        epochs : so many more than are over

        Raises
        ------
        ValueError : if the run cannot continue, or if there would be too many epochs
        """
        if not (self._loop and self.can_continue):
            raise ValueError("This run cannot go on. Train starts a new one.")
        total = self.epochs_done + epochs
        try:
            self.config = RunConfig.model_validate(self.config.model_dump() | {"epochs": total})
        except ValidationError as error:
            raise ValueError(" ".join(explain(error))) from None
        self._loop.state.epochs = total
        self.changes.append(Change(self.step, "epochs", total))
        self.result = None

    def release_memory(self) -> None:
        """Release what it takes to continue: the memory of the optimizer, and of each layer."""
        self._loop, self._source, self._best = None, None, None
        self._recorder.release_memory()

    def complete(self) -> None:
        """Train to the end, and evaluate the network."""
        for _ in self.records():
            pass
        self.conclude()

    @property
    def epochs_done(self) -> int:
        """How many epochs are over."""
        return self.history[-1].epoch if self.history else 0

    @property
    def fraction_done(self) -> float:
        """How many of all steps are made, from 0 to 1."""
        return min(1.0, self.step / (self.config.epochs * self.plan.steps_per_epoch))

    @property
    def is_at_end(self) -> bool:
        """Whether there will be no other epoch: all are made, or patience has run out."""
        is_patient = self._best is None or not self._best.is_at_end
        return self.epochs_done == self.config.epochs or not is_patient

    @property
    def awaits_epoch_record(self) -> bool:
        """Whether the last batch of an epoch is done, but its record has not been taken."""
        is_at_end = self.step > 0 and self.step % self.plan.steps_per_epoch == 0
        return is_at_end and self.history[-1].step != self.step

    def conclude(self) -> None:
        """Evaluate the network on every part; the test part, here, for the first time.

        A run that has diverged, or has not made a step, has no result. One with early
        stopping is evaluated at its best epoch, also when it was stopped by hand.
        """
        if self.diverged is not None or self.step == 0:
            return
        if self._best is not None and self.epochs_done:
            self._best.restore()
            self.best_epoch = self._best.best_epoch
        if self.keeps_snapshots:  # it may be back at its best epoch, or between two epochs
            self.snapshots.keep(self._step_of_result(), self.network.parameters)
        result = evaluate_parts(self.network, self.objective, self.prepared_data())
        if all(math.isfinite(score.loss) for score in result if score):
            self.result = result
            self.n_results += 1
        else:  # stopped between a step too long and the batch that would have shown it
            rate = self._loop.state.optimizer.eta if self._loop else self.config.learning_rate
            self.diverged = Diverged(self.epoch, self.step, rate)

    def _step_of_result(self) -> int:
        return self.step if self.best_epoch is None else self.history[self.best_epoch].step

    def _make_loop(self) -> TrainingLoop:
        """Return the training loop that the config describes."""
        config, prepared = self.config, self.prepared_data()
        return train(
            make_optimizer(config, self.network),
            self.objective,
            prepared.training,
            epochs=config.epochs,
            batch_size=self.plan.batch_size,
            rng=self._batches_rng if config.shuffle else None,
            validation=prepared.validation,
            schedule=make_schedule(config),
            dropout=Dropout(config.dropout, self._dropout_rng) if config.dropout else None,
            max_norm=config.max_norm or None,
        )

    def _with_early_stopping(self, records: Iterator[Record]) -> Iterator[Record]:
        if not self.config.early_stopping:
            return records
        self._best = EarlyStopping(self.network, self.config.patience)
        return self._best.watch(records)

    def _change_rate(self, loop: TrainingLoop) -> None:
        """Set the requested learning rates, but not between a last batch and its epoch's record."""
        while self._requested_rates and self.history and not self.awaits_epoch_record:
            loop.state.optimizer.learning_rate = rate = self._requested_rates[0]
            self.changes.append(Change(self.step, "learning_rate", rate))
            self._requested_rates.popleft()

    def _next_record(self) -> Record | None:
        """Change the learning rate if requested, take the next record, and count the time."""
        if self._loop is None or self._source is None:
            return None
        self._change_rate(self._loop)
        start = time.perf_counter()
        try:
            return next(self._source, None)
        except Exception:
            self.release_memory()  # a training that has failed in the middle cannot continue
            raise
        finally:
            self.seconds += time.perf_counter() - start

    def _keep(self, record: Record) -> None:
        """Store what a record says in the attributes of the run."""
        self.epoch, self.step = record.epoch, record.step
        match record:
            case BatchRecord(loss=loss):
                self.current_epoch.batch_losses.append(loss)
            case EpochRecord(epoch=epoch):
                self.history.append(record)
                self.current_epoch = CurrentEpoch(epoch, [])  # readers keep the old one
            case Diverged():
                self.diverged = record
            case EarlyStopped():
                self.early_stopped = record
        if self.keeps_snapshots and self._loop:
            self._recorder.take(record, self._loop.last_gradient)
