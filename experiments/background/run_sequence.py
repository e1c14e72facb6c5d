"""Runs one after another in the background, of which only a summary is kept."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from enum import Enum, auto
from functools import cached_property
from typing import Any, Generic, TypeVar

from data.datasets import Dataset
from experiments.background.background_task import BackgroundTask, Status, count_active
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import Share
from experiments.config import RunConfig
from experiments.training.run import Run
from experiments.training.slices import Extent

T = TypeVar("T")


class Stage(Enum):
    """What is done next with the run under way."""

    PREPARATION = auto()
    TRAINING = auto()
    EVALUATION = auto()
    SUMMARY = auto()


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
        self._stage = Stage.PREPARATION
        self._summarize, self._began_at = summarize, time.monotonic()

    def go(self) -> None:
        """Begin."""
        self._begin()

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

    def submit(self, executor: SliceExecutor, share: Share) -> Future[Any]:
        """Submit some training, or what comes before and after it."""
        match self._stage, self.run:
            case Stage.TRAINING, Run() as run:
                return executor.train(run, Extent(share.slice_seconds), None)
            case Stage.EVALUATION, Run() as run:
                return executor.evaluate(run)
            case Stage.SUMMARY, Run() as run:
                return executor.locally(self._summarize, run)
        return executor.locally(Run, self.configs[len(self.outcomes)], self.own)

    def take(self, outcome: Any) -> None:
        """Put what a slice gave back where it belongs."""
        match self._stage, self.run:
            case Stage.TRAINING, Run() as run:
                run.take(outcome)
                if outcome.is_over:
                    self._stage = Stage.EVALUATION if run.settle() else Stage.SUMMARY
            case Stage.EVALUATION, Run() as run:
                run.take_result(outcome)
                self._stage = Stage.SUMMARY
            case Stage.SUMMARY, _:
                self._add(outcome)
            case _:
                self.run, self._stage = outcome, Stage.TRAINING

    def _add(self, outcome: T) -> None:
        self.outcomes.append(outcome)
        self.run, self._stage = None, Stage.PREPARATION
        if len(self.outcomes) == len(self.configs):
            self._end(Status.FINISHED)

    def _ending_without_slice(self) -> Status | None:
        return Status.STOPPED if self._is_stopping else super()._ending_without_slice()

    def _end(self, ending: Status) -> None:
        self.run = None
        super()._end(ending)
