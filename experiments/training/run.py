"""A run: from a config to a trained network, with a record of how it got there."""

import copy
import math
import time
from collections import deque
from collections.abc import Generator, Iterator
from typing import NamedTuple
from uuid import uuid4

import numpy as np
from pydantic import ValidationError

from data.datasets import Dataset
from experiments.config import RunConfig, explain
from experiments.training.changes import Change
from experiments.training.edits import Edit, check_edit
from experiments.training.fine_tuning import FineTuning, FineTuningData, samples_to_learn
from experiments.training.frames import Frames, frame_of
from experiments.training.layer_diagnostics import StepDiagnostics
from experiments.training.plan import (
    make_augmentation,
    make_network,
    make_objective,
    make_optimizer,
    make_schedule,
    plan_with,
)
from experiments.training.prepared_data import PreparedData, prepare, random_generators
from experiments.training.slices import Result, SliceReport, Training, evaluate_parts
from experiments.training.snapshot_recorder import EpochSnapshot, SnapshotRecorder
from experiments.training.snapshots import Snapshots
from mlp.backprop import Dropout
from mlp.early_stopping import EarlyStopping
from mlp.network import Network
from mlp.records import BatchRecord, Diverged, EarlyStopped, EpochRecord, Record
from mlp.training import FrozenParameters, train

SNAPSHOT_BYTES = 24_000_000  # of one run: 600 epochs of 784-32-10


class CurrentEpoch(NamedTuple):
    """The epoch that is not over yet: how many are, and the losses of its batches so far."""

    epochs_done: int
    batch_losses: list[float]


class Run:
    """The training of one network, from random weights, or those of another run, to a result.

    Parameters
    ----------
    config : decides all of it; the same config gives the same run, bit for bit, on the
        same machine with the same number of BLAS threads
    own : the user's own samples, if the config uses them
    keeps_snapshots : whether to keep snapshots and step diagnostics, for pages that look back
    fine_tuning : of a network that has been trained before; None to begin with random weights

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
    frames : of a run that is played like a film
    frozen : the places of parameters that training leaves as they are
    is_edited : whether parameters were set or frozen by hand; no config describes that
    diverged : set if the loss or a parameter overflowed or became NaN
    early_stopped : set if the run ended because it did not improve any more
    best_epoch : with early stopping, the epoch that the network went back to in the end
    result : set when the run has ended, unless it diverged
    n_results : how many times it was evaluated: more than once if epochs were added
    n_new_samples : how many samples it was fine-tuned with; they are not in its data
    seconds : time spent computing, pauses excluded

    Raises
    ------
    ValueError : if the network or the batch is too large, or the data cannot be split so
    """

    def __init__(
        self,
        config: RunConfig,
        own: Dataset | None = None,
        *,
        keeps_snapshots: bool = False,
        fine_tuning: FineTuning | None = None,
    ) -> None:
        self.id = uuid4().hex
        self.config = self.initial_config = config
        self.own, self.keeps_snapshots, self.fine_tuning = own, keeps_snapshots, fine_tuning
        n_training = len(self.samples().parts().training.X)
        self.plan = plan_with(config, self.prepared_data(), n_training)
        _, weights_rng, self._batches_rng, self._dropout_rng = random_generators(config.seed)
        self.network = make_network(config, self.plan.sizes, weights_rng)
        self.objective = make_objective(config)
        self.epoch = self.step = 0
        self.history: list[EpochRecord] = []
        self.current_epoch = CurrentEpoch(0, [])
        self.changes: list[Change] = []
        self.snapshots = Snapshots(SNAPSHOT_BYTES)
        self.step_diagnostics: list[StepDiagnostics] = []
        self.frames = Frames()
        self.frozen: frozenset[int] = frozenset()
        self.is_edited = False
        self.diverged: Diverged | None = None
        self.early_stopped: EarlyStopped | None = None
        self.best_epoch: int | None = None
        self.result: Result | None = None
        self.n_results = self.n_new_samples = 0
        if fine_tuning:
            self.n_new_samples = len(fine_tuning.X)
            self.network.parameters[...] = fine_tuning.start
            self.n_results = fine_tuning.n_results
        self.seconds = 0.0
        self._training: Training | None = None
        self._records: Iterator[Record] | None = None
        self._requested_rates: deque[float] = deque()
        self._requested_edits: deque[Edit] = deque()

    def prepared_data(self) -> PreparedData:
        """Return the data of the run, shared by all runs that agree on them.

        The cache of prepared data is limited: what is not in it any more is loaded again.
        """
        return prepare(self.config, self.own)

    def samples(self) -> PreparedData | FineTuningData:
        """Return what the run learns from, and is evaluated on."""
        return samples_to_learn(self.config, self.own, self.fine_tuning)

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
        """Train here, and keep what each record says before passing it on.

        A run that has been stopped continues where it was, when called again.
        """
        if self._records is None:
            self._records = self._train(self.training())
        while (record := self._next_record()) is not None:
            yield record

    def training(self) -> Training:
        """Return what the training knows now: another process can continue with it.

        What that process reports is for `take`. The learning rate and the parameters that were
        requested last are set first.
        """
        if self._training is None:
            self._training = self._begin()
        self._change_rate(self._training)
        self._edit_parameters(self._training)
        return self._training

    def request_edit(self, edit: Edit) -> None:
        """Set or freeze parameters before the next step; safe to call from any thread.

        Raises
        ------
        ValueError : for a place that the network does not have, or a value out of range
        """
        check_edit(edit, self.plan.n_parameters)
        self._requested_edits.append(edit)

    @property
    def has_requested_edits(self) -> bool:
        """Whether parameters are still to be set or frozen."""
        return bool(self._requested_edits)

    def take_frame(self) -> None:
        """Take a frame of the network as it is now."""
        training, validation, _ = self.samples().parts()
        frame = frame_of(self.network, self.objective, self.step, training, validation)
        self.frames.add(frame)

    def take(self, report: SliceReport) -> None:
        """Keep what a slice of the training, made in another process, has reported."""
        self._training, self.network, self._records = report.training, report.training.network, None
        self.seconds += report.seconds
        for snapshot in report.snapshots:
            self._keep_snapshot(snapshot)
        for record in report.records:
            self._keep(record)
        for frame in report.frames:
            self.frames.add(frame)
        self.current_epoch.batch_losses.extend(report.batch_losses)
        state = report.training.state
        self.step = state.step
        self.epoch = state.epochs_done + (state.n_seen > 0)

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
        is_final = self.diverged or self.config.early_stopping
        return bool(self._training and self.step and not is_final)

    def add_epochs(self, epochs: int) -> None:
        """Raise the number of epochs of a run that has ended; `records` then trains them.

        Parameters
        ----------
        epochs : so many more than are over

        Raises
        ------
        ValueError : if the run cannot continue, or if there would be too many epochs
        """
        if not (self._training and self.can_continue):
            raise ValueError("This run cannot go on. Train starts a new one.")
        total = self.epochs_done + epochs
        try:
            self.config = RunConfig.model_validate(self.config.model_dump() | {"epochs": total})
        except ValidationError as error:
            raise ValueError(" ".join(explain(error))) from None
        self._training.state.epochs = total
        self.changes.append(Change(self.step, "epochs", total))
        self.result = None

    def release_memory(self) -> None:
        """Release what it takes to continue: the optimizer state, and the arrays of each layer."""
        self._training = self._records = None

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
        stopping = self._training and self._training.stopping
        is_impatient = stopping is not None and stopping.is_at_end
        return self.epochs_done == self.config.epochs or is_impatient

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
        if self.settle():
            self.take_result(evaluate_parts(self.network, self.objective, self.samples()))

    def settle(self) -> bool:
        """Put the network into its final state; say whether it is to be evaluated then."""
        if self.diverged is not None or self.step == 0:
            return False
        stopping = self._training and self._training.stopping
        if stopping and self.epochs_done:
            stopping.restore()
            self.best_epoch = stopping.best_epoch
        if self.keeps_snapshots:  # it may be back at its best epoch, or between two epochs
            self.snapshots.keep(self._step_of_result(), self.network.parameters)
        return True

    def take_result(self, result: Result) -> None:
        """Keep the scores of the network at the end."""
        if all(math.isfinite(score.loss) for score in result if score):
            self.result = result
            self.n_results += 1
        else:  # stopped between a step too long and the batch that would have shown it
            optimizer = self._training and self._training.state.optimizer
            rate = optimizer.eta if optimizer else self.config.learning_rate
            self.diverged = Diverged(self.epoch, self.step, rate)

    def _step_of_result(self) -> int:
        return self.step if self.best_epoch is None else self.history[self.best_epoch].step

    def _begin(self) -> Training:
        """Return the training that the config describes, before its first record."""
        config, parts = self.config, self.samples().parts()
        loop = train(
            make_optimizer(config, self.network),
            self.objective,
            parts.training,
            epochs=config.epochs,
            batch_size=self.plan.batch_size,
            rng=self._batches_rng if config.shuffle else None,
            validation=parts.validation,
            schedule=make_schedule(config),
            dropout=Dropout(config.dropout, self._dropout_rng) if config.dropout else None,
            max_norm=config.max_norm or None,
            augment=make_augmentation(config, self.prepared_data()),
        )
        stopping = EarlyStopping(self.network, config.patience) if config.early_stopping else None
        return Training(loop.state, stopping, self.keeps_snapshots)

    def _train(self, training: Training) -> Iterator[Record]:
        """Continue a training here; keep what each record says."""
        parts = self.samples().parts()
        loop = training.loop(parts.training, parts.validation)
        recorder = SnapshotRecorder(loop) if self.keeps_snapshots else None
        for record in training.watched(loop):
            self._keep(record)
            if recorder and (snapshot := recorder.take(record)):
                self._keep_snapshot(snapshot)
            yield record

    def _change_rate(self, training: Training) -> None:
        """Set the requested learning rates, but not between a last batch and its epoch's record."""
        while self._requested_rates and self.history and not self.awaits_epoch_record:
            training.state.optimizer.learning_rate = rate = self._requested_rates[0]
            self.changes.append(Change(self.step, "learning_rate", rate))
            self._requested_rates.popleft()

    def _edit_parameters(self, training: Training) -> None:
        """Set and freeze the parameters that were requested to be."""
        while self._requested_edits:
            edit = self._requested_edits.popleft()
            for place, value in edit.values.items():
                self.network.parameters[place] = value
            self.frozen, self.is_edited = edit.frozen, True
            self.result = None  # it was that of another network
            places = np.array(sorted(edit.frozen), np.intp)
            values = self.network.parameters[places]
            training.state.frozen = FrozenParameters(places, values) if len(places) else None

    def _next_record(self) -> Record | None:
        """Change the learning rate if requested, take the next record, and count the time."""
        if self._training is None or self._records is None:
            return None
        self._change_rate(self._training)
        start = time.perf_counter()
        try:
            record = next(self._records, None)
            self._records = self._records if record else None
            return record
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

    def _keep_snapshot(self, snapshot: EpochSnapshot) -> None:
        self.snapshots.keep(snapshot.step, snapshot.parameters)
        if snapshot.diagnostics:
            self.step_diagnostics.append(snapshot.diagnostics)
