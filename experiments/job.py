"""A run in the background, so that the page stays free to listen.

The job pulls records from a run in short slices. Between two slices it looks whether
it is still wanted; while it is paused, it takes no turn at the processor.
"""

import logging
import math
import threading
import time
from enum import Enum, StrEnum

from experiments.run import Run
from experiments.slots import CHECK_SECONDS, Slots
from mlp.training import BatchRecord, EpochRecord, Record

log = logging.getLogger(__name__)

SLICE_SECONDS = 0.25
GRACE_SECONDS = 20.0  # a page that has lost its network for this long does not come back
SMALL_STEP = 3_000_000  # multiplications a step below which Python, not BLAS, is at work

PROCESS_SLOTS = Slots(capacity=2)  # a small net takes both: two of them would only share a lock


class Goal(Enum):
    """How far to go before standing still."""

    NOWHERE = 0
    ONE_BATCH = 1
    ONE_EPOCH = 2
    THE_END = 3


class Status(StrEnum):
    """What a job is doing, or how it ended."""

    RUNNING = "running"
    QUEUED = "queued"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"
    ABANDONED = "abandoned"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self not in (Status.RUNNING, Status.QUEUED, Status.PAUSED)


class TrainingJob:
    """Trains a run in a thread of its own, as far and as fast as told.

    Parameters
    ----------
    run : read its history and result at any time; nobody else may change it
    seconds_per_epoch : slow motion; an epoch that took less is waited for
    slots : shared by all jobs of the process
    grace_seconds : how long to go on for a page that has gone
    """

    def __init__(
        self,
        run: Run,
        *,
        seconds_per_epoch: float = 0.0,
        slots: Slots = PROCESS_SLOTS,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self.run = run
        self.seconds_per_epoch = seconds_per_epoch
        self.error: str | None = None
        self._slots, self._grace_seconds = slots, grace_seconds
        is_small = run.plan.n_parameters * run.plan.batch_size < SMALL_STEP
        self._places = slots.capacity if is_small else 1
        self._records = run.records()
        self._goal = Goal.NOWHERE
        self._in_slice = False
        self._stopping = False
        self._ending: Status | None = None
        self._left_at = math.inf  # when the page went away
        self._next_epoch_at = -math.inf
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="training", daemon=True)
        self._thread.start()

    # What a page may ask for ------------------------------------------------------

    def go(self, goal: Goal = Goal.THE_END) -> None:
        """Train until the goal is reached; then stand still."""
        with self._changed:
            self._goal = goal
            self._next_epoch_at = -math.inf
            self._changed.notify_all()
        self._slots.hurry()

    def pause(self, patience_seconds: float = 0.2) -> None:
        """Stand still after the current batch; wait a moment for that."""
        self.go(Goal.NOWHERE)
        self.wait_still(patience_seconds)

    def stop(self, patience_seconds: float = 0.5) -> None:
        """End the run here, with a result for what was reached; wait a moment for that."""
        self._stopping = True
        self.go(Goal.NOWHERE)
        self.join(patience_seconds)

    def set_pace(self, seconds_per_epoch: float) -> None:
        """Change the slow motion; 0 is full speed."""
        if seconds_per_epoch != self.seconds_per_epoch:
            self.seconds_per_epoch = seconds_per_epoch
            self.go(self._goal)  # do not sit out a wait that began at another pace

    def wait_still(self, timeout: float) -> bool:
        """Wait until the job stands still or is over; say whether it does."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not self._in_slice and self._goal is Goal.NOWHERE, timeout
            )

    def join(self, timeout: float) -> bool:
        """Wait until the thread has ended; say whether it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def leave(self) -> None:
        """Take note that the page has gone; only sets a flag, so it never blocks."""
        self._left_at = time.monotonic()

    def keep(self) -> None:
        """Take note that the page is there."""
        self._left_at = math.inf

    def dismiss(self) -> None:
        """End the run without a result: nobody will look at it again."""
        self._left_at = -math.inf
        self.go(Goal.NOWHERE)

    @property
    def status(self) -> Status:
        """What the job is doing, or how it ended."""
        if self._ending is not None:
            return self._ending
        if self._goal is Goal.NOWHERE and not self._stopping:
            return Status.PAUSED
        return Status.QUEUED if self.place else Status.RUNNING

    @property
    def place(self) -> int:
        """Place in the queue for the processor; 0 for a job that does not wait."""
        return self._slots.place(self)

    # What the thread does ---------------------------------------------------------

    def _work(self) -> None:
        try:
            while self._ending is None:
                self._wait_for_work()
                if self._is_abandoned():
                    self._end(Status.ABANDONED)
                    log.info("training abandoned: nobody is looking at it any more")
                    return
                with self._slots.turn(self, self._places, self._wants_turn) as entered:
                    if entered:
                        self._take_slice()
        except Exception as error:  # told to the page, which has no other way to know
            log.exception("training failed")
            self.error = str(error)
            self._end(Status.FAILED)

    def _wait_for_work(self) -> None:
        with self._changed:
            while not (self._has_work() or self._is_abandoned()):
                pause = self._next_epoch_at - time.monotonic()
                self._changed.wait(min(pause, CHECK_SECONDS) if pause > 0 else CHECK_SECONDS)

    def _has_work(self) -> bool:
        is_due = time.monotonic() >= self._next_epoch_at
        return self._stopping or (self._goal is not Goal.NOWHERE and is_due)

    def _wants_turn(self) -> bool:
        return self._has_work() and not self._is_abandoned()

    def _is_abandoned(self) -> bool:
        return time.monotonic() - self._left_at > self._grace_seconds

    def _take_slice(self) -> None:
        self._set_in_slice(True)
        try:
            deadline = time.monotonic() + SLICE_SECONDS
            while self._has_work() and not self._stopping and time.monotonic() < deadline:
                record = next(self._records, None)
                if record is None:
                    self._conclude(Status.DIVERGED if self.run.diverged else Status.FINISHED)
                    return
                self._after(record)
            if self._stopping:
                self._conclude(Status.STOPPED)
        finally:
            self._set_in_slice(False)

    def _after(self, record: Record) -> None:
        """Pause where the goal is reached; in slow motion, wait after an epoch."""
        reached = {Goal.ONE_BATCH: BatchRecord, Goal.ONE_EPOCH: EpochRecord}.get(self._goal)
        with self._changed:
            if reached and isinstance(record, reached) and record.epoch > 0:
                self._goal = Goal.NOWHERE
            elif isinstance(record, EpochRecord):
                earliest = max(self._next_epoch_at, time.monotonic() - self.seconds_per_epoch)
                self._next_epoch_at = earliest + self.seconds_per_epoch

    def _conclude(self, ending: Status) -> None:
        self.run.conclude()
        self._end(ending)

    def _end(self, ending: Status) -> None:
        with self._changed:
            self._ending, self._goal = ending, Goal.NOWHERE
            self._changed.notify_all()

    def _set_in_slice(self, in_slice: bool) -> None:
        with self._changed:
            self._in_slice = in_slice
            self._changed.notify_all()
