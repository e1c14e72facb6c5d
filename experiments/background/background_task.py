"""Work in the background, slice by slice, for a page that may close."""

import logging
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from enum import StrEnum
from typing import Any, NamedTuple

from experiments.background.executors import SliceExecutor
from experiments.background.limits import GRACE_SECONDS
from experiments.background.slice_scheduler import (
    CHECK_SECONDS,
    PROCESS_SCHEDULER,
    Share,
    SliceScheduler,
)

log = logging.getLogger(__name__)

QUEUE_PATIENCE_SECONDS = 1.0  # a shorter wait is not worth mentioning


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


class Page(NamedTuple):
    """The page that a task works for.

    reader : whose page it is; turns go round by reader
    is_present : says whether it is connected; called now and then, from another thread
    """

    reader: Hashable
    is_present: Callable[[], bool]


def _is_always_present() -> bool:
    return True


class PagePresence:
    """Whether a page is still there.

    Parameters
    ----------
    page : may be another one after a while
    grace_seconds : a page that was not seen for so long does not come back

    Attributes
    ----------
    seen_at : when a check last found it connected
    """

    def __init__(self, page: Page, grace_seconds: float) -> None:
        self.page, self.grace_seconds = page, grace_seconds
        self.seen_at = self._checked_at = time.monotonic()

    def is_gone(self) -> bool:
        """Ask now and then whether the page is connected; say whether it is away for too long."""
        now = time.monotonic()
        if now - self._checked_at < CHECK_SECONDS:
            return False
        self._checked_at = now
        if self.page.is_present():
            self.seen_at = now
        return now - self.seen_at > self.grace_seconds


def count_active(kind: "type[BackgroundTask]") -> int:
    """Return how many tasks of a kind are under way in this process."""
    tasks = PROCESS_SCHEDULER.tasks()
    return sum(task.status.is_active for task in tasks if isinstance(task, kind))


class BackgroundTask:
    """What all work in the background has in common; a subclass says what a slice is.

    Parameters
    ----------
    name : in the log
    page : that it works for; None for one that is always there
    work : what it is part of, if it is part of something; all tasks of a work count as one
    scheduler : shared by all tasks of the process
    grace_seconds : how long to go on for a page that is not connected
    ending : for a task that is over already: how it ended

    Attributes
    ----------
    problem : why it failed, in a sentence; empty if it did not
    """

    def __init__(
        self,
        name: str,
        *,
        page: Page | None = None,
        work: object = None,
        scheduler: SliceScheduler = PROCESS_SCHEDULER,
        grace_seconds: float = GRACE_SECONDS,
        ending: Status | None = None,
    ) -> None:
        self.name, self.work, self.problem = name, self if work is None else work, ""
        self._presence = PagePresence(page or Page(self, _is_always_present), grace_seconds)
        self._scheduler = scheduler
        self._changed = threading.Condition()  # guards all that follows
        self._ending = ending
        self._is_stopping = self._is_discarded = False

    @property
    def reader(self) -> Hashable:
        """Whose task it is."""
        return self._presence.page.reader

    @property
    def page(self) -> Page:
        """The page that it works for."""
        return self._presence.page

    @property
    def status(self) -> Status:
        """What the task is doing, or how it ended."""
        return self._ending or (Status.QUEUED if self.is_waiting else Status.RUNNING)

    @property
    def is_waiting(self) -> bool:
        """Whether it has waited for a while."""
        return self.waits_for_own_works or bool(self.place)

    @property
    def place(self) -> int:
        """Place in the queue for the processor; 0 for a task that has not waited for long."""
        has_waited = self._scheduler.waiting_seconds(self) > QUEUE_PATIENCE_SECONDS
        return self._scheduler.place(self) if has_waited else 0

    @property
    def waits_for_own_works(self) -> bool:
        """Whether it begins when another work of its reader is over."""
        return self._scheduler.is_held_back(self)

    def set_page(self, page: Page) -> None:
        """Work for another page from now on: the previous one was reloaded."""
        self._presence.page = page

    def stop(self, patience_seconds: float = 0.5) -> None:
        """Stop here, keep the result so far, and wait briefly for that."""
        self._is_stopping = True
        self._interrupt()
        self._wake()
        self.join(patience_seconds)

    def discard(self) -> None:
        """End without a result: it is no longer needed."""
        self._is_discarded = True
        self._interrupt()
        self._wake()

    def join(self, timeout: float) -> bool:
        """Wait until the task is over; say whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._ending is not None, timeout)

    def check(self) -> bool:
        """End if there is nobody to work for; say whether the task is over."""
        if self._ending is None and (ending := self._ending_without_slice()):
            self._end(ending)
        return self._ending is not None

    def fail(self, problem: str) -> None:
        """End, and say why."""
        self.problem = problem
        self._end(Status.FAILED)

    def due_at(self) -> float:
        """Return when the next slice is wanted, in monotonic time; infinity for no slice."""
        return 0.0

    def submit(self, executor: SliceExecutor, share: Share) -> Future[Any]:
        """Submit the next slice."""
        raise NotImplementedError

    def take(self, outcome: Any) -> None:
        """Take what the slice gave back."""
        raise NotImplementedError

    def lose(self) -> None:
        """Forget the slice under way: its worker was lost."""

    def _ending_without_slice(self) -> Status | None:
        return Status.ABANDONED if self._is_discarded or self._presence.is_gone() else None

    def _interrupt(self) -> None:
        """End the slice under way after the current step, where that is possible."""

    def _begin(self) -> None:
        self._scheduler.add(self)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
        self._scheduler.wake()

    def _end(self, ending: Status) -> None:
        if ending is Status.ABANDONED:
            log.info("%s abandoned: its page has gone", self.name)
            self._interrupt()
        with self._changed:
            self._ending = ending
            self._changed.notify_all()
