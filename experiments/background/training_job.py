"""A run in the background, so that the page stays free to listen.

The job pulls records from a run in short slices. Between two slices it looks whether
it is still wanted; while it is paused, it takes no turn at the processor.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from enum import Enum, StrEnum
from weakref import WeakSet

from experiments.background.turns import CHECK_SECONDS, TurnQueue
from experiments.training.run import Run
from mlp.records import BatchRecord, EpochRecord, Record

log = logging.getLogger(__name__)

SLICE_SECONDS = 0.25
GRACE_SECONDS = 20.0  # a page that has lost its network for this long does not come back
QUEUE_PATIENCE_SECONDS = 1.0  # a turn that comes sooner was not worth a word

PROCESS_TURNS = TurnQueue(capacity=2)  # a small net takes both: two of them would only share a lock
PROCESS_JOBS: "WeakSet[TrainingJob]" = WeakSet()
PROCESS_JOBS_LOCK = threading.Lock()


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
    def is_moving(self) -> bool:
        """Whether it is on its way, so that there is something to watch."""
        return self in (Status.RUNNING, Status.QUEUED)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return not (self.is_moving or self is Status.PAUSED)


class PagePresence:
    """A page that watches, and may go away.

    Parameters
    ----------
    is_present : says whether the page is connected; may be another page's after a while
    grace_seconds : a page that was not seen for so long does not come back

    Attributes
    ----------
    seen_at : when it was last asked and there
    """

    def __init__(self, is_present: Callable[[], bool], grace_seconds: float) -> None:
        self.is_present, self.grace_seconds = is_present, grace_seconds
        self.seen_at = time.monotonic()

    def is_gone(self) -> bool:
        """Look whether it is there, and say whether it has been away for too long."""
        if self.is_present():
            self.seen_at = time.monotonic()
        return time.monotonic() - self.seen_at > self.grace_seconds


def count_moving_jobs() -> int:
    """Return how many jobs of this process are on their way."""
    with PROCESS_JOBS_LOCK:
        jobs = tuple(PROCESS_JOBS)
    return sum(job.status.is_moving for job in jobs)


class TrainingJob:
    """Trains a run in a thread of its own, as far and as fast as told.

    Parameters
    ----------
    run : read its history and result at any time; nobody else may change it
    seconds_per_epoch : slow motion; an epoch that took less is waited for
    is_present : says whether the page is connected; asked now and then by the thread
    turns : shared by all jobs of the process
    grace_seconds : how long to go on for a page that is not
    ending : for a run that is over already: how it ended
    """

    def __init__(
        self,
        run: Run,
        *,
        seconds_per_epoch: float = 0.0,
        is_present: Callable[[], bool] = lambda: True,
        turns: TurnQueue = PROCESS_TURNS,
        grace_seconds: float = GRACE_SECONDS,
        ending: Status | None = None,
    ) -> None:
        self.run = run
        self.seconds_per_epoch = seconds_per_epoch
        self._presence, self._turns = PagePresence(is_present, grace_seconds), turns
        self._places = turns.capacity if run.plan.is_small else 1
        self._records = run.records()
        self._changed = threading.Condition()  # guards all that follows
        self._goal = Goal.NOWHERE
        self._in_slice = False
        self._is_stopping = False
        self._is_discarded = False
        self._ending = ending
        self._next_epoch_at = time.monotonic()
        self._queued_at = math.inf
        self._went_at, self._went_from_step = time.monotonic(), 0
        self._thread = threading.Thread(target=self._work, name="training", daemon=True)
        with PROCESS_JOBS_LOCK:
            PROCESS_JOBS.add(self)

    # What a page may ask for ------------------------------------------------------

    def go(self, goal: Goal = Goal.THE_END) -> None:
        """Train until the goal is reached; then stand still.

        The first call starts the thread, so that a job nobody has sent off leaves no trace.
        """
        with self._changed:
            if self._ending is None:
                self._goal = goal
                self._set_off()
            if self._thread.ident is None:
                self._thread.start()
        self._wake()

    def pause(self) -> None:
        """Stand still after the current batch."""
        self.go(Goal.NOWHERE)

    def wait_until_paused(self, patience_seconds: float) -> bool:
        """Wait a moment for the goal to be reached; say whether it is."""
        with self._changed:
            return self._changed.wait_for(self._is_paused, patience_seconds)

    def stop(self, patience_seconds: float = 0.5) -> None:
        """End the run here, with a result for what was reached; wait a moment for that."""
        self._is_stopping = True
        self._wake()
        self.join(patience_seconds)

    def set_pace(self, seconds_per_epoch: float) -> None:
        """Change the slow motion; 0 is full speed."""
        with self._changed:
            if seconds_per_epoch == self.seconds_per_epoch:
                return
            self.seconds_per_epoch = seconds_per_epoch
            self._set_off()  # a wait at another pace is over
        self._wake()

    def set_presence(self, is_present: Callable[[], bool]) -> None:
        """Look to another page from now on: the one before was loaded anew."""
        self._presence.is_present = is_present

    def discard(self) -> None:
        """End the run without a result: nobody will look at it again."""
        self._is_discarded = True
        self._wake()

    def join(self, timeout: float) -> bool:
        """Wait until the thread has ended; say whether it has."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

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
    def place(self) -> int:
        """Place in the queue for the processor; 0 for a job that has not waited for long."""
        has_waited = time.monotonic() - self._queued_at > QUEUE_PATIENCE_SECONDS
        return self._turns.place(self) if has_waited else 0

    @property
    def steps_per_second(self) -> float:
        """How fast it goes, waiting and slow motion included; 0 if that is not known yet."""
        steps = self.run.step - self._went_from_step
        return steps / (time.monotonic() - self._went_at) if steps else 0.0

    # What the thread does ---------------------------------------------------------

    def _work(self) -> None:
        try:
            while self._ending is None:
                self._wait_for_work()
                if self._is_abandoned():
                    log.info("training abandoned: nobody is looking at it any more")
                    self._end(Status.ABANDONED)
                    return
                self._queued_at = time.monotonic()
                with self._turns.turn(self, self._places, self._is_wanted) as entered:
                    self._queued_at = math.inf
                    if entered:
                        self._take_slice()
        except Exception:  # a thread has nobody above it; the page reads the status
            log.exception("training failed")
            self._end(Status.FAILED)

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

    def _is_abandoned(self) -> bool:
        is_gone = self._presence.is_gone()
        return self._is_discarded or is_gone

    def _is_wanted(self) -> bool:
        return self._has_work() and not self._is_abandoned()

    def _is_paused(self) -> bool:
        return self._goal is Goal.NOWHERE and not (self._in_slice or self.run.awaits_epoch_record)

    def _take_slice(self) -> None:
        self._set_in_slice(True)
        try:
            deadline = time.monotonic() + SLICE_SECONDS
            while self._goes_on() and time.monotonic() < deadline:
                record = next(self._records, None)
                if record is None:
                    self._conclude(Status.FINISHED)
                    return
                self._after(record)
            if self._is_stopping and not self.run.awaits_epoch_record:
                self._conclude(Status.STOPPED)
        finally:
            self._set_in_slice(False)

    def _goes_on(self) -> bool:
        """Say whether to take another record; that of an epoch comes with its last batch."""
        may_go_on = self._has_work() and not (self._is_stopping or self._is_discarded)
        return self.run.awaits_epoch_record or may_go_on

    def _after(self, record: Record) -> None:
        """Pause where the goal is reached; in slow motion, wait after an epoch."""
        with self._changed:
            match self._goal, record:
                case _, EpochRecord() if self.run.is_at_end:
                    self._goal = Goal.THE_END  # whoever asked for the last epoch gets the result
                case (Goal.ONE_BATCH, BatchRecord()):
                    self._goal = Goal.NOWHERE
                case Goal.ONE_EPOCH, EpochRecord(epoch=epoch) if epoch > 0:
                    self._goal = Goal.NOWHERE
                case Goal.THE_END, EpochRecord():
                    # A slow epoch makes the next ones no quicker: time is not made up for.
                    began = max(self._next_epoch_at, time.monotonic() - self.seconds_per_epoch)
                    self._next_epoch_at = began + self.seconds_per_epoch

    def _set_off(self) -> None:
        """Begin to count the time anew."""
        self._next_epoch_at = self._went_at = time.monotonic()
        self._went_from_step = self.run.step

    def _conclude(self, ending: Status) -> None:
        self.run.conclude()
        self._end(Status.DIVERGED if self.run.diverged else ending)

    def _end(self, ending: Status) -> None:
        self._records.close()
        with self._changed:
            self._ending, self._goal = ending, Goal.NOWHERE
            self._changed.notify_all()

    def _set_in_slice(self, in_slice: bool) -> None:
        with self._changed:
            self._in_slice = in_slice
            self._changed.notify_all()

    def _wake(self) -> None:
        """Let the thread look at once at what is wanted, wherever it waits."""
        with self._changed:
            self._changed.notify_all()
        self._turns.wake_all()
