"""The training of a run in the background, so that the page stays responsive.

A job trains in short slices. While it is paused, it asks for none.
"""

import math
import time
from collections.abc import Sequence
from concurrent.futures import Future
from enum import Enum
from typing import Any

from experiments.background.background_task import BackgroundTask, Status, count_active
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import Share
from experiments.background.stop_flags import StopFlag
from experiments.training.run import Run
from experiments.training.slices import Extent, Result, SliceReport
from mlp.records import EpochRecord

SMOOTH_SECONDS = 0.05  # in slow motion, shorter epochs come several at a time
HANDING_BYTES = 12  # of a parameter, with the state of Adam
HANDING_BYTES_PER_SECOND = 50e6  # a large network takes longer slices, since it travels longer
LONGEST_SLICE_SECONDS = 1.0


class Goal(Enum):
    """How far to go before pausing."""

    NOWHERE = 0
    ONE_BATCH = 1
    ONE_EPOCH = 2
    THE_END = 3


def count_active_jobs() -> int:
    """Return how many jobs are under way in this process."""
    return count_active(TrainingJob)


class TrainingJob(BackgroundTask):
    """Trains a run as far and as fast as told.

    Parameters
    ----------
    run : read its history and result at any time; nobody else may change it
    seconds_per_epoch : slow motion; a quicker epoch is followed by a wait
    options : see `BackgroundTask`
    """

    def __init__(self, run: Run, *, seconds_per_epoch: float = 0.0, **options: Any) -> None:
        super().__init__("training", **options)
        self.run, self.seconds_per_epoch = run, seconds_per_epoch
        self._goal, self._n_orders, self._order = Goal.NOWHERE, 0, 0
        self._in_slice = self._is_trained = self._is_settled = False
        self._flag: StopFlag | None = None
        self._next_epoch_at = self._counted_since = time.monotonic()
        self._counted_from_step = run.step

    def go(self, goal: Goal = Goal.THE_END) -> None:
        """Train until the goal is reached; then pause."""
        with self._changed:
            if self._ending is None:
                self._goal = goal
                self._n_orders += 1
                self._restart_clock()
                self._begin()
        self._wake()

    def pause(self) -> None:
        """Pause after the current batch."""
        self.go(Goal.NOWHERE)
        self._interrupt()

    def wait_until_paused(self, patience_seconds: float) -> bool:
        """Wait briefly for the goal to be reached; say whether it is."""
        with self._changed:
            return self._changed.wait_for(self._is_paused, patience_seconds)

    def set_pace(self, seconds_per_epoch: float) -> None:
        """Change the slow motion; 0 is full speed."""
        with self._changed:
            if seconds_per_epoch == self.seconds_per_epoch:
                return
            self.seconds_per_epoch = seconds_per_epoch
            self._restart_clock()  # a wait at another pace is over
        self._wake()

    @property
    def status(self) -> Status:
        """What the job is doing, or how it ended."""
        is_waiting = self.is_waiting
        with self._changed:
            if self._ending is not None:
                return self._ending
            if self._is_paused() and not self._is_stopping:
                return Status.PAUSED
            return Status.QUEUED if is_waiting else Status.RUNNING

    @property
    def steps_per_second(self) -> float:
        """How fast it goes, waiting and slow motion included; 0 if that is not known yet."""
        steps = self.run.step - self._counted_from_step
        return steps / (time.monotonic() - self._counted_since) if steps else 0.0

    def due_at(self) -> float:
        """Return when the next slice is wanted; see `BackgroundTask`."""
        with self._changed:
            if self._concludes:
                return 0.0
            return math.inf if self._goal is Goal.NOWHERE else self._next_epoch_at

    def submit(self, executor: SliceExecutor, share: Share) -> Future[Any]:
        """Submit some training, or the evaluation at the end."""
        with self._changed:
            self._in_slice, self._order = True, self._n_orders
            if self._concludes:
                return executor.evaluate(self.run)
            self._flag = executor.new_flag()
            return executor.train(self.run, self._extent(share), self._flag)

    def take(self, outcome: SliceReport | Result) -> None:
        """Put what a slice gave back into the run."""
        match outcome:
            case SliceReport():
                self.run.take(outcome)
                self._after(outcome)
            case Result():
                self.run.take_result(outcome)
                self._conclude()

    def lose(self) -> None:
        """Forget the slice under way; it is made again from the state before it."""
        with self._changed:
            self._in_slice = False
            self._changed.notify_all()

    @property
    def _concludes(self) -> bool:
        """Whether nothing is left but to evaluate the network."""
        return self._is_stopping or self._is_trained

    def _is_paused(self) -> bool:
        return self._goal is Goal.NOWHERE and not (self._in_slice or self._is_trained)

    def _extent(self, share: Share) -> Extent:
        """Return how far the next slice goes."""
        travel = self.run.plan.n_parameters * HANDING_BYTES / HANDING_BYTES_PER_SECOND
        seconds = min(share.slice_seconds + 2 * travel, LONGEST_SLICE_SECONDS)
        if self._goal is Goal.ONE_BATCH:
            return Extent(seconds, batches=1)
        if self._goal is Goal.ONE_EPOCH:
            return Extent(seconds, epochs=1)
        if self.seconds_per_epoch:
            chunk = max(SMOOTH_SECONDS, share.interval)
            return Extent(seconds, epochs=max(1, int(chunk / self.seconds_per_epoch)))
        return Extent(seconds)

    def _after(self, report: SliceReport) -> None:
        """Pause where the goal is reached; in slow motion, wait after an epoch."""
        epochs = [record.epoch for record in report.records if isinstance(record, EpochRecord)]
        with self._changed:
            self._in_slice, self._is_trained = False, report.is_over
            if self.run.is_at_end:
                self._goal = Goal.THE_END  # the last epoch always leads to the result
                self._next_epoch_at = 0.0
            elif self._order == self._n_orders and self._is_reached(epochs):
                self._goal = Goal.NOWHERE
            elif self._goal is Goal.THE_END:
                # A slow epoch makes the next ones no quicker: time is not made up for.
                pause = self._pause_after(report, len(epochs))
                self._next_epoch_at = max(self._next_epoch_at, time.monotonic() - pause) + pause
            self._changed.notify_all()
        if report.is_over:
            self._settle()

    def _pause_after(self, report: SliceReport, n_epochs: int) -> float:
        """Return the least time from the beginning of a slice to that of the next, in seconds."""
        return n_epochs * self.seconds_per_epoch

    def _is_reached(self, epochs: Sequence[int]) -> bool:
        """Say whether the goal is reached, now that these epochs are over."""
        if self._goal is Goal.ONE_BATCH:
            return self.run.step > 0
        return self._goal is Goal.ONE_EPOCH and max(epochs, default=0) > 0

    def _restart_clock(self) -> None:
        """Count time and steps from now on."""
        self._next_epoch_at = self._counted_since = time.monotonic()
        self._counted_from_step = self.run.step

    def _ending_without_slice(self) -> Status | None:
        if self._is_stopping and not self._in_slice and not self._is_discarded:
            self._settle()
            if self._ending:
                return self._ending
        return super()._ending_without_slice()

    def _settle(self) -> None:
        """Prepare the evaluation, or conclude where there is nothing to evaluate."""
        if not self._is_settled:
            self._is_settled = True
            if not self.run.settle():
                self._conclude()

    def _conclude(self) -> None:
        ending = Status.STOPPED if self._is_stopping and not self._is_trained else Status.FINISHED
        self._end(Status.DIVERGED if self.run.diverged else ending)

    def _interrupt(self) -> None:
        if flag := self._flag:
            flag.set()

    def _end(self, ending: Status) -> None:
        with self._changed:
            self._goal, self._in_slice = Goal.NOWHERE, False
            super()._end(ending)
