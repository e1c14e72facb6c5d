"""A slice of training is a function of its state, so that any process can make it.

A worker process gets what training knows and where the samples are, trains for a moment, and
gives back what training knows now and what there is to tell. It loads NumPy and this module's
imports alone.
"""

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

from experiments.training.frames import Frame, FrameRecorder
from experiments.training.lookahead import one_ahead
from experiments.training.shared_files import Parts
from experiments.training.snapshot_recorder import EpochSnapshot, SnapshotRecorder
from mlp.early_stopping import EarlyStopping
from mlp.evaluation import evaluate
from mlp.losses import Objective
from mlp.network import Network
from mlp.records import BatchRecord, EpochRecord, Record, Score
from mlp.samples import Samples
from mlp.training import TrainingLoop, TrainingState

LARGE_BATCH = 50_000  # numbers; to have a smaller one made ahead costs more than it saves


class SampleSource(Protocol):
    """Where the samples are; plain data, too."""

    def parts(self) -> Parts:
        """Return the samples."""


class Training(NamedTuple):
    """All that is known of a training between two records: plain data.

    state : of the training loop
    stopping : with early stopping, what it knows
    keeps_snapshots : whether to keep a snapshot of each epoch
    """

    state: TrainingState
    stopping: EarlyStopping | None
    keeps_snapshots: bool

    @property
    def network(self) -> Network:
        """The network that is trained."""
        return self.state.optimizer.network

    def loop(self, training: Samples, validation: Samples | None) -> TrainingLoop:
        """Return the loop that continues it."""
        is_large = self.state.batch_size * training.X.shape[1] >= LARGE_BATCH
        return TrainingLoop(self.state, training, validation, one_ahead if is_large else iter)

    def watched(self, loop: TrainingLoop) -> Iterator[Record]:
        """Return the records of the loop; with early stopping, until patience runs out."""
        return self.stopping.watch(loop) if self.stopping else loop


class Extent(NamedTuple):
    """How far a slice goes at most; a whole epoch comes with its record.

    seconds : of training
    epochs, batches : so many more; None for any number
    steps_per_frame : how many steps lie between two frames; 0 for no frames
    """

    seconds: float
    epochs: int | None = None
    batches: int | None = None
    steps_per_frame: int = 0


class SliceReport(NamedTuple):
    """What a slice of training gives back.

    records : of the epochs that ended in it, and of an early end
    batch_losses : of the epoch under way, those of this slice
    is_over : whether there are no more records
    seconds : that it took
    frames : of a slice that was asked for some; its last network is the last of them
    """

    training: Training
    records: list[Record]
    snapshots: list[EpochSnapshot]
    batch_losses: list[float]
    is_over: bool
    seconds: float
    frames: list[Frame]


class Result(NamedTuple):
    """What the network can do in the end; a part without samples has no score."""

    training: Score
    validation: Score | None
    test: Score | None


def never() -> bool:
    """Say that nobody wants the slice to end early."""
    return False


def train_slice(
    training: Training,
    source: SampleSource,
    extent: Extent,
    is_interrupted: Callable[[], bool] = never,
) -> SliceReport:
    """Train for a moment.

    Parameters
    ----------
    training : is changed in place where this process made it
    is_interrupted : asked after each step
    """
    start = time.perf_counter()
    samples = source.parts()
    loop = training.loop(samples.training, samples.validation)
    recorder = FrameRecorder(loop, extent.steps_per_frame) if extent.steps_per_frame else None
    frames = recorder.frames if recorder else []
    report = SliceReport(training, [], [], [], True, 0.0, frames)
    records = _records(training, loop, report, recorder)
    ends = _ends_slice(training, extent, time.perf_counter() + extent.seconds)
    is_over = not any(ends(record) or is_interrupted() for record in records)
    if recorder:
        recorder.take()
    return report._replace(is_over=is_over, seconds=time.perf_counter() - start)


def _records(
    training: Training, loop: TrainingLoop, report: SliceReport, frames: FrameRecorder | None
) -> Iterator[Record]:
    """Pass the records on after which a slice may end, and put down what all of them say."""
    recorder = SnapshotRecorder(loop) if training.keeps_snapshots else None
    for record in training.watched(loop):
        if isinstance(record, BatchRecord):
            report.batch_losses.append(record.loss)
            if frames:
                frames.take_if_due()
        else:
            report.records.append(record)
        if isinstance(record, EpochRecord):
            report.batch_losses.clear()
        if recorder and (snapshot := recorder.take(record)):
            report.snapshots.append(snapshot)
        if not loop.awaits_epoch_record:
            yield record


def _ends_slice(training: Training, extent: Extent, deadline: float) -> Callable[[Record], bool]:
    """Return a function that says whether a record is the last of a slice."""
    state = training.state
    last_epoch = None if extent.epochs is None else max(state.epochs_done, 0) + extent.epochs
    last_step = None if extent.batches is None else state.step + extent.batches

    def ends(record: Record) -> bool:
        if time.perf_counter() > deadline or state.step == last_step:
            return True
        return isinstance(record, EpochRecord) and record.epoch == last_epoch

    return ends


def evaluate_parts(network: Network, objective: Objective, source: SampleSource) -> Result:
    """Score a network on each part of the data that has samples."""
    training, *held_out = source.parts()
    return Result(
        evaluate(network, objective, training),
        *(evaluate(network, objective, part) if part else None for part in held_out),
    )
