"""Runs one after another in the background, of which only a summary is kept."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import cached_property
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from data.datasets import Dataset
from experiments.background.training_job import (
    GRACE_SECONDS,
    PROCESS_TURNS,
    SLICE_SECONDS,
    PagePresence,
    Status,
)
from experiments.background.turns import TurnQueue
from experiments.config import RunConfig
from experiments.training.run import Run
from mlp.records import Record

log = logging.getLogger(__name__)


T = TypeVar("T")


PROCESS_SEQUENCES: "WeakSet[RunSequence[Any]]" = WeakSet()


PROCESS_SEQUENCES_LOCK = threading.Lock()


def count_moving_sequences() -> int:
    """Return how many relays of this process are on their way."""
    with PROCESS_SEQUENCES_LOCK:
        sequences = tuple(PROCESS_SEQUENCES)
    return sum(sequence.status.is_moving for sequence in sequences)


class RunSequence(Generic[T]):
    """Makes runs one after another in a thread of its own, in turns with all other jobs.

    Parameters
    ----------
    configs : one a run
    sum_up : says what to keep of a run; the network is thrown away
    own : the samples where the configs say that they are one's own
    is_present : says whether the page is connected; asked now and then by the thread
    turns : shared by all jobs of the process
    grace_seconds : how long to go on for a page that is not

    Attributes
    ----------
    outcomes : what `sum_up` has made of the runs that are over, in the order of the configs
    run : the one under way
    """

    def __init__(
        self,
        configs: Sequence[RunConfig],
        sum_up: Callable[[Run], T],
        own: Dataset | None = None,
        *,
        is_present: Callable[[], bool] = lambda: True,
        turns: TurnQueue = PROCESS_TURNS,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self.configs, self.own, self.outcomes = tuple(configs), own, list[T]()
        self.run: Run | None = None
        self.status = Status.RUNNING
        self._sum_up, self._turns = sum_up, turns
        self._presence, self._began_at = PagePresence(is_present, grace_seconds), time.monotonic()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._work, name="relay", daemon=True)
        with PROCESS_SEQUENCES_LOCK:
            PROCESS_SEQUENCES.add(self)

    def go(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, patience_seconds: float = 0.5) -> None:
        """End here, with what was reached; wait a moment for that."""
        self._is_stopping = True
        self._turns.wake_all()
        self.join(patience_seconds)

    def set_presence(self, is_present: Callable[[], bool]) -> None:
        """Look to another page from now on: the one before was loaded anew."""
        self._presence.is_present = is_present

    def join(self, timeout: float) -> bool:
        """Wait until the thread has ended; say whether it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @cached_property
    def networks(self) -> tuple[RunConfig, ...]:
        """The configs without their repetition: those that have the first seed."""
        return tuple(config for config in self.configs if config.seed == self.configs[0].seed)

    @property
    def n_seeds(self) -> int:
        """With how many seeds each network is to be trained."""
        return len(self.configs) // len(self.networks)

    @property
    def fraction(self) -> float:
        """How much is done, from 0 to 1; a run under way counts as far as it has come."""
        run = self.run
        steps = run.step / (run.config.epochs * run.plan.steps_per_epoch) if run else 0.0
        return min(1.0, (len(self.outcomes) + steps) / len(self.configs))

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None if nothing can be said yet."""
        fraction = self.fraction
        return (time.monotonic() - self._began_at) * (1 / fraction - 1) if fraction else None

    def _work(self) -> None:
        try:
            for config in self.configs:
                run = self.run = Run(config, self.own)
                if not self._is_trained(run):
                    self.status = Status.STOPPED if self._is_stopping else Status.ABANDONED
                    return
                outcome, self.run = self._sum_up(run), None
                self.outcomes.append(outcome)
            self.status = Status.FINISHED
        except Exception:  # a thread has nobody above it; the page reads the status
            log.exception("relay failed")
            self.status = Status.FAILED
        finally:
            self.run = None

    def _is_trained(self, run: Run) -> bool:
        """Train to the end; say whether it was reached."""
        places = self._turns.capacity if run.plan.is_small else 1
        with closing(run.records()) as records:
            while True:
                with self._turns.turn(self, places, self._is_wanted) as entered:
                    if not entered:
                        return False
                    if _is_exhausted(records):
                        run.conclude()
                        return True

    def _is_wanted(self) -> bool:
        return not (self._is_stopping or self._presence.is_gone())


def _is_exhausted(records: Iterator[Record]) -> bool:
    """Take records for one slice of time; say whether there are no more."""
    deadline = time.monotonic() + SLICE_SECONDS
    return all(time.monotonic() < deadline for _ in records)
