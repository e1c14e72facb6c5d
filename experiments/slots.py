"""Turns at the processor: first come, first served, and never more than it can take."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CHECK_SECONDS = 0.5  # how soon one who waits notices that there is no need to


class Slots:
    """A counter with places, and a queue in front of it.

    A plain semaphore lets whoever has just left walk in again ahead of those who wait;
    this one does not, so that many jobs in short turns all make progress.

    Parameters
    ----------
    capacity : places in all
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._taken = 0  # places
        self._inside = 0  # turns
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, who: object, places: int, is_wanted: Callable[[], bool]) -> Iterator[bool]:
        """Wait for a turn; give True with it, or False if it is no longer wanted.

        Parameters
        ----------
        who : stands in the queue
        places : how many of the places the turn takes
        is_wanted : asked now and then while waiting
        """
        with self._changed:
            self._queue.append(who)
            while is_wanted() and not self._can_enter(who, places):
                self._changed.wait(CHECK_SECONDS)
            entered = self._can_enter(who, places)
            self._queue.remove(who)
            self._taken += places * entered
            self._inside += entered
            self._changed.notify_all()
        try:
            yield entered
        finally:
            with self._changed:
                self._taken -= places * entered
                self._inside -= entered
                self._changed.notify_all()

    def place(self, who: object) -> int:
        """Return 1 for the first in the queue, 2 for the second; 0 for those not in it."""
        with self._changed:
            return self._queue.index(who) + 1 if who in self._queue else 0

    @property
    def jobs(self) -> int:
        """How many have a turn or wait for one."""
        with self._changed:
            return self._inside + len(self._queue)

    def hurry(self) -> None:
        """Let those who wait ask at once whether they still want to."""
        with self._changed:
            self._changed.notify_all()

    def _can_enter(self, who: object, places: int) -> bool:
        return self._queue[0] is who and self._taken + places <= self.capacity
