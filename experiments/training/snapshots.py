"""The parameters of a network after earlier epochs, so that a page can go back to them.

A snapshot is one copy of the flat vector. Their memory is limited: where it does not reach
for all epochs, every second snapshot is dropped, then every second of those left.
"""

from threading import Lock
from typing import NamedTuple

from mlp.arrays import Array

FEWEST = 3  # the untrained network, the newest, and one between


class Snapshot(NamedTuple):
    """The parameters after an epoch, and which snapshot it was, counted from 0."""

    number: int
    parameters: Array


class Snapshots:
    """Copies of the parameters of one network, by the step after which they were made.

    The first and the newest are always there. One thread may keep while others read.

    Parameters
    ----------
    budget : bytes; thinned out beyond it; may be changed

    Attributes
    ----------
    stride : of so many epochs, one is kept
    """

    def __init__(self, budget: float) -> None:
        self.budget, self.stride = budget, 1
        self._kept: dict[int, Snapshot] = {}
        self._newest, self._n_made = 0, 0
        self._lock = Lock()

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps after which a snapshot was made and kept, in rising order."""
        with self._lock:
            return tuple(sorted(self._kept))

    @property
    def n_bytes(self) -> int:
        """How much memory they take."""
        with self._lock:
            return self._n_bytes()

    def keep(self, step: int, parameters: Array) -> None:
        """Copy the parameters, (n_parameters,), as they are after a step.

        The newest snapshot before it goes, unless it is one of those that are kept.
        """
        copy = parameters.copy()
        copy.setflags(write=False)
        with self._lock:
            newest = self._kept.get(self._newest)
            if newest and step > self._newest and newest.number % self.stride:
                del self._kept[self._newest]
            self._kept[step] = Snapshot(self._n_made, copy)
            self._newest, self._n_made = step, self._n_made + 1
            while self._n_bytes() > self.budget and len(self._kept) > FEWEST:
                self._thin()

    def thin(self) -> bool:
        """Drop every second snapshot; say whether that was possible."""
        with self._lock:
            can_thin = len(self._kept) > FEWEST
            if can_thin:
                self._thin()
            return can_thin

    def nearest(self, step: int) -> int:
        """Return the kept step next to this one.

        Raises
        ------
        LookupError : if there are none yet
        """
        with self._lock:
            return self._nearest(step)

    def at(self, step: int) -> Array:
        """Return the parameters, (n_parameters,), read-only, of the kept step next to this one.

        Raises
        ------
        LookupError : if there are none yet
        """
        with self._lock:
            return self._kept[self._nearest(step)].parameters

    def _nearest(self, step: int) -> int:
        if not self._kept:
            raise LookupError("No snapshot was made yet: train a step first.")
        return min(self._kept, key=lambda kept: abs(kept - step))

    def _n_bytes(self) -> int:
        return len(self._kept) * self._kept[self._newest].parameters.nbytes if self._kept else 0

    def _thin(self) -> None:
        self.stride *= 2
        self._kept = {
            step: snapshot
            for step, snapshot in self._kept.items()
            if step == self._newest or snapshot.number % self.stride == 0
        }
