"""Turns at the processor: first come, first served, and never more at once than it can take."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

CHECK_SECONDS = 0.5  # how often a waiting task checks whether it is still wanted


class TurnQueue:
    """A limit on concurrent work, with a first-in, first-out queue.

    A plain semaphore may let a thread that has just released it acquire it again ahead of
    those that wait; this one does not, so that many jobs in short turns all make progress.

    Parameters
    ----------
    capacity : places in all
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._taken = 0
        self._queue: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, who: object, places: int, is_wanted: Callable[[], bool]) -> Iterator[bool]:
        """Wait for a turn; give True with it, or False if it is no longer wanted.

        Parameters
        ----------
        who : stands in the queue
        places : how many of the places the turn takes
        is_wanted : asked now and then while waiting, and before the turn begins

        Raises
        ------
        ValueError : for more places than there are
        """
        if places > self.capacity:
            raise ValueError(f"A turn of {places} places does not fit into {self.capacity}.")
        entered = self._wait(who, places, is_wanted)
        try:
            yield entered
        finally:
            with self._changed:
                self._taken -= places * entered
                self._changed.notify_all()

    def place(self, who: object) -> int:
        """Return 1 for the first in the queue, 2 for the second; 0 for those not in it."""
        with self._changed:
            return self._queue.index(who) + 1 if who in self._queue else 0

    def wake_all(self) -> None:
        """Let all that wait check at once whether they still want a turn."""
        with self._changed:
            self._changed.notify_all()

    def _wait(self, who: object, places: int, is_wanted: Callable[[], bool]) -> bool:
        """Wait in the queue; return whether the turn has begun."""
        with self._changed:
            self._queue.append(who)
            try:
                while entered := is_wanted():
                    if self._queue[0] is who and self._taken + places <= self.capacity:
                        break
                    self._changed.wait(CHECK_SECONDS)
            finally:
                self._queue.remove(who)
                self._changed.notify_all()
            self._taken += places * entered
            return entered


PROCESS_TURNS = TurnQueue(capacity=2)  # a small net takes both: two would only share a lock
