"""Runs one after another in the background, of which only a summary is kept."""

import time
from collections.abc import Callable, Generator, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from data.datasets import Dataset
from experiments.background.background_task import (
    SLICE_SECONDS,
    BackgroundTask,
    Status,
    count_active,
)
from experiments.config import RunConfig
from experiments.training.run import Run
from mlp.records import Record

T = TypeVar("T")


def count_active_sequences() -> int:
    """Return how many sequences are under way in this process."""
    return count_active(RunSequence)


class RunSequence(BackgroundTask, Generic[T]):
    """Makes runs one after another, in turns with all other tasks.

    Parameters
    ----------
    configs : one for each run
    summarize : returns what to keep of a run; the network is not kept
    own : the user's own samples, if the configs use them
    options : see `BackgroundTask`

    Attributes
    ----------
    outcomes : what `summarize` returned for the runs that are over, in the order of the configs
    run : the one under way
    """

    def __init__(
        self,
        configs: Sequence[RunConfig],
        summarize: Callable[[Run], T],
        own: Dataset | None = None,
        **options: Any,
    ) -> None:
        super().__init__("sequence of runs", **options)
        self.configs, self.own, self.outcomes = tuple(configs), own, list[T]()
        self.run: Run | None = None
        self._records: Generator[Record] | None = None
        self._summarize, self._began_at = summarize, time.monotonic()

    def go(self) -> None:
        """Begin."""
        self._thread.start()

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
        under_way = run.fraction_done if run else 0.0
        return min(1.0, (len(self.outcomes) + under_way) / len(self.configs))

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at the pace so far; None if nothing can be said yet."""
        fraction = self.fraction
        return (time.monotonic() - self._began_at) * (1 / fraction - 1) if fraction else None

    def _wait_for_work(self) -> None:
        """Prepare the next run, outside of the turn."""
        if self.run is None:
            self.run = Run(self.configs[len(self.outcomes)], self.own)
            self._records = self.run.records()

    def _ending_without_turn(self) -> Status | None:
        return Status.STOPPED if self._is_stopping else super()._ending_without_turn()

    def _has_work(self) -> bool:
        return not self._is_stopping

    def _places(self) -> int:
        return self._turns.capacity if self.run and self.run.plan.is_small else 1

    def _take_slice(self) -> None:
        deadline = time.monotonic() + SLICE_SECONDS
        is_trained = all(time.monotonic() < deadline for _ in self._records or ())
        if is_trained and self.run:
            self.run.conclude()
            outcome, self.run = self._summarize(self.run), None
            self.outcomes.append(outcome)
            if len(self.outcomes) == len(self.configs):
                self._end(Status.FINISHED)

    def _end(self, ending: Status) -> None:
        self.run = self._records = None
        super()._end(ending)
