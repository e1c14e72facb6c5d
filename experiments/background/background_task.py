"""Work in the background: in a thread of its own, in turns, for a page that may close.

A task works in short slices, and waits for its turn before each. Between two slices it
checks whether it is still wanted; it ends by itself when its page has gone for too long.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from weakref import WeakSet

from experiments.background.turns import PROCESS_TURNS, TurnQueue

log = logging.getLogger(__name__)

SLICE_SECONDS = 0.25
GRACE_SECONDS = 20.0  # a page that has lost its network for this long does not come back
QUEUE_PATIENCE_SECONDS = 1.0  # a shorter wait is not worth mentioning

PROCESS_TASKS: "WeakSet[BackgroundTask]" = WeakSet()
PROCESS_TASKS_LOCK = threading.Lock()


class Status(StrEnum):
    """What a task is doing, or how it ended."""

    RUNNING = "running"
    QUEUED = "queued"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"
    ABANDONED = "abandoned"

    @property
    def is_active(self) -> bool:
        """Whether it is under way, so that there is something to watch."""
        return self in (Status.RUNNING, Status.QUEUED)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return not (self.is_active or self is Status.PAUSED)


class PagePresence:
    """Whether the page that a task works for is still there.

    Parameters
    ----------
    is_present : says whether the page is connected; may be another page's after a while
    grace_seconds : a page that was not seen for so long does not come back

    Attributes
    ----------
    seen_at : when a check last found it connected
    """

    def __init__(self, is_present: Callable[[], bool], grace_seconds: float) -> None:
        self.is_present, self.grace_seconds = is_present, grace_seconds
        self.seen_at = time.monotonic()

    def is_gone(self) -> bool:
        """Ask whether the page is connected, and say whether it has been away for too long."""
        if self.is_present():
            self.seen_at = time.monotonic()
        return time.monotonic() - self.seen_at > self.grace_seconds


def count_active(kind: "type[BackgroundTask]") -> int:
    """Return how many tasks of a kind are under way in this process."""
    with PROCESS_TASKS_LOCK:
        tasks = tuple(PROCESS_TASKS)
    return sum(task.status.is_active for task in tasks if isinstance(task, kind))


class BackgroundTask:
    """What all work in the background has in common; a subclass says what a slice is.

    Parameters
    ----------
    name : of the thread, and in the log
    is_present : says whether the page is connected; the thread asks it now and then
    turns : shared by all tasks of the process
    grace_seconds : how long to go on for a page that is not connected
    ending : for a task that is over already: how it ended
    """

    def __init__(
        self,
        name: str,
        *,
        is_present: Callable[[], bool] = lambda: True,
        turns: TurnQueue = PROCESS_TURNS,
        grace_seconds: float = GRACE_SECONDS,
        ending: Status | None = None,
    ) -> None:
        self._presence, self._turns = PagePresence(is_present, grace_seconds), turns
        self._changed = threading.Condition()  # guards all that follows
        self._ending = ending
        self._is_stopping = self._is_discarded = False
        self._queued_at = math.inf
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        with PROCESS_TASKS_LOCK:
            PROCESS_TASKS.add(self)

    @property
    def status(self) -> Status:
        """What the task is doing, or how it ended."""
        return self._ending or (Status.QUEUED if self.place else Status.RUNNING)

    @property
    def place(self) -> int:
        """Place in the queue for the processor; 0 for a task that has not waited for long."""
        has_waited = time.monotonic() - self._queued_at > QUEUE_PATIENCE_SECONDS
        return self._turns.place(self) if has_waited else 0

    def set_presence(self, is_present: Callable[[], bool]) -> None:
        """Use the presence of another page from now on: the previous one was reloaded."""
        self._presence.is_present = is_present

    def stop(self, patience_seconds: float = 0.5) -> None:
        """Stop here, keep the result so far, and wait briefly for the thread to end."""
        self._is_stopping = True
        self._wake()
        self.join(patience_seconds)

    def discard(self) -> None:
        """End without a result: it is no longer needed."""
        self._is_discarded = True
        self._wake()

    def join(self, timeout: float) -> bool:
        """Wait until the thread has ended; say whether it has."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        """Take a turn for each slice until the task has ended."""
        try:
            while self._ending is None:
                self._wait_for_work()
                if ending := self._ending_without_turn():
                    self._end(ending)
                else:
                    self._take_turn()
        except Exception:  # a thread has no caller; the page reads the status
            log.exception("%s failed", self._thread.name)
            self._end(Status.FAILED)

    def _take_turn(self) -> None:
        self._queued_at = time.monotonic()
        with self._turns.turn(self, self._places(), self._is_wanted) as entered:
            self._queued_at = math.inf
            if entered:
                self._take_slice()

    def _ending_without_turn(self) -> Status | None:
        return Status.ABANDONED if self._is_abandoned() else None

    def _is_abandoned(self) -> bool:
        is_gone = self._presence.is_gone()
        return self._is_discarded or is_gone

    def _is_wanted(self) -> bool:
        return self._has_work() and not self._is_abandoned()

    def _end(self, ending: Status) -> None:
        if ending is Status.ABANDONED:
            log.info("%s abandoned: its page has gone", self._thread.name)
        with self._changed:
            self._ending = ending
            self._changed.notify_all()

    def _wake(self) -> None:
        """Let the thread check at once what is wanted, wherever it waits."""
        with self._changed:
            self._changed.notify_all()
        self._turns.wake_all()

    def _wait_for_work(self) -> None:
        """Wait until there is something to do, or nobody to do it for."""

    def _has_work(self) -> bool:
        """Say whether the next turn is needed."""
        return True

    def _places(self) -> int:
        """Return how many places the next turn takes."""
        raise NotImplementedError

    def _take_slice(self) -> None:
        """Work for SLICE_SECONDS at most."""
        raise NotImplementedError
