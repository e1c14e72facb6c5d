"""The training of a run in the background, so that the page stays responsive.

A job takes records from a run in short slices. While it is paused, it takes no turn at the
processor.
"""

import time
from enum import Enum
from typing import Any

from experiments.background.background_task import (
    SLICE_SECONDS,
    BackgroundTask,
    Status,
    count_active,
)
from experiments.background.turns import CHECK_SECONDS
from experiments.training.run import Run
from mlp.records import BatchRecord, EpochRecord, Record


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
    """Trains a run in a thread of its own, as far and as fast as told.

    Parameters
    ----------
    run : read its history and result at any time; nobody else may change it
    seconds_per_epoch : slow motion; a quicker epoch is followed by a wait
    options : see `BackgroundTask`
    """

    def __init__(self, run: Run, *, seconds_per_epoch: float = 0.0, **options: Any) -> None:
        super().__init__("training", **options)
        self.run, self.seconds_per_epoch = run, seconds_per_epoch
        self._records = run.records()
        self._goal = Goal.NOWHERE
        self._in_slice = False
        self._next_epoch_at = self._counted_since = time.monotonic()
        self._counted_from_step = 0

    def go(self, goal: Goal = Goal.THE_END) -> None:
        """Train until the goal is reached; then pause.

        The first call starts the thread: a job that never begins has none.
        """
        with self._changed:
            if self._ending is None:
                self._goal = goal
                self._restart_clock()
            if self._thread.ident is None:
                self._thread.start()
        self._wake()

    def pause(self) -> None:
        """Pause after the current batch."""
        self.go(Goal.NOWHERE)

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
        place = self.place
        with self._changed:
            if self._ending is not None:
                return self._ending
            if self._is_paused() and not self._is_stopping:
                return Status.PAUSED
            return Status.QUEUED if place else Status.RUNNING

    @property
    def steps_per_second(self) -> float:
        """How fast it goes, waiting and slow motion included; 0 if that is not known yet."""
        steps = self.run.step - self._counted_from_step
        return steps / (time.monotonic() - self._counted_since) if steps else 0.0

    def _wait_for_work(self) -> None:
        with self._changed:
            while not (self._has_work() or self._is_abandoned()):
                is_paced = self._goal is not Goal.NOWHERE
                wait = self._next_epoch_at - time.monotonic() if is_paced else CHECK_SECONDS
                self._changed.wait(min(max(wait, 0.0), CHECK_SECONDS))

    def _has_work(self) -> bool:
        is_due = time.monotonic() >= self._next_epoch_at
        is_under_way = self._goal is not Goal.NOWHERE and is_due
        return self._is_stopping or self.run.awaits_epoch_record or is_under_way

    def _is_paused(self) -> bool:
        return self._goal is Goal.NOWHERE and not (self._in_slice or self.run.awaits_epoch_record)

    def _take_slice(self) -> None:
        """Take records for SLICE_SECONDS at most; conclude the run at its end."""
        self._set_in_slice(True)
        try:
            deadline = time.monotonic() + SLICE_SECONDS
            while self._continues() and time.monotonic() < deadline:
                record = next(self._records, None)
                if record is None:
                    self._conclude(Status.FINISHED)
                    return
                self._after(record)
            if self._is_stopping and not self.run.awaits_epoch_record:
                self._conclude(Status.STOPPED)
        finally:
            self._set_in_slice(False)

    def _continues(self) -> bool:
        """Say whether to take another record; that of an epoch comes with its last batch."""
        may_go_on = self._has_work() and not (self._is_stopping or self._is_discarded)
        return self.run.awaits_epoch_record or may_go_on

    def _after(self, record: Record) -> None:
        """Pause where the goal is reached; in slow motion, wait after an epoch."""
        with self._changed:
            match self._goal, record:
                case _, EpochRecord() if self.run.is_at_end:
                    self._goal = Goal.THE_END  # the last epoch always leads to the result
                case (Goal.ONE_BATCH, BatchRecord()):
                    self._goal = Goal.NOWHERE
                case Goal.ONE_EPOCH, EpochRecord(epoch=epoch) if epoch > 0:
                    self._goal = Goal.NOWHERE
                case Goal.THE_END, EpochRecord():
                    # A slow epoch makes the next ones no quicker: time is not made up for.
                    began = max(self._next_epoch_at, time.monotonic() - self.seconds_per_epoch)
                    self._next_epoch_at = began + self.seconds_per_epoch

    def _restart_clock(self) -> None:
        """Count time and steps from now on."""
        self._next_epoch_at = self._counted_since = time.monotonic()
        self._counted_from_step = self.run.step

    def _conclude(self, ending: Status) -> None:
        self.run.conclude()
        self._end(Status.DIVERGED if self.run.diverged else ending)

    def _end(self, ending: Status) -> None:
        self._records.close()
        with self._changed:
            self._goal = Goal.NOWHERE
            super()._end(ending)

    def _places(self) -> int:
        return self._turns.capacity if self.run.plan.is_small else 1

    def _set_in_slice(self, in_slice: bool) -> None:
        with self._changed:
            self._in_slice = in_slice
            self._changed.notify_all()
