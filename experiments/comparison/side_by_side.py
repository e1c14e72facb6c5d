"""Networks that train at the same time, to be watched side by side.

One run of each says little: with another seed, the other network may be better.
"""

from collections.abc import Sequence
from typing import Any

from data.datasets import Dataset
from experiments.background.background_task import Page, Status
from experiments.background.training_job import TrainingJob
from experiments.config import RunConfig
from experiments.evaluation.decision_regions import DecisionRegions, regions_of
from experiments.evaluation.predictions import Predictions, predict_now
from experiments.training.run import Run

STATUS_PRECEDENCE = (  # of several jobs, the first status found here is that of all
    Status.RUNNING,
    Status.QUEUED,
    Status.PAUSED,
    Status.FAILED,
    Status.ABANDONED,
    Status.STOPPED,
)


class SideBySide:
    """Networks that train at the same time, each from the same seed on the same samples.

    Parameters
    ----------
    networks : their configs; see `compared_networks`
    own : the reader's own samples, for configs with that dataset
    seconds_per_epoch, options : see `TrainingJob`; all jobs together are one work

    Raises
    ------
    ValueError : if a config asks for more than the data or a server can give
    """

    def __init__(
        self,
        networks: Sequence[RunConfig],
        own: Dataset | None = None,
        *,
        seconds_per_epoch: float = 0.0,
        **options: Any,
    ) -> None:
        self.networks, self.own = tuple(networks), own
        self.jobs = tuple(
            _FinalJob(run, seconds_per_epoch=seconds_per_epoch, work=self, **options)
            for run in [Run(config, own) for config in networks]
        )
        self._predictions: dict[int, Predictions] = {}
        self._decision_regions: dict[int, DecisionRegions] = {}

    @property
    def runs(self) -> list[Run]:
        """The runs, in the order of the networks."""
        return [job.run for job in self.jobs]

    @property
    def status(self) -> Status:
        """What is under way, or how it ended; divergence concerns each network alone."""
        found = {job.status for job in self.jobs}
        return next((status for status in STATUS_PRECEDENCE if status in found), Status.FINISHED)

    @property
    def problem(self) -> str:
        """Why one of them has failed, in a sentence; empty if none has."""
        return next(filter(None, (job.problem for job in self.jobs)), "")

    @property
    def finished(self) -> list[int]:
        """The numbers of the networks that have a result."""
        return [i for i, run in enumerate(self.runs) if run.result]

    @property
    def part(self) -> str:
        """The held-out part that all networks predict: test, or validation if there is none."""
        return "test" if self.runs[0].prepared_data().test else "validation"

    def set_page(self, page: Page) -> None:
        """Work for another page from now on: the previous one was reloaded."""
        for job in self.jobs:
            job.set_page(page)

    def go(self) -> None:
        """Begin or resume the training of all networks."""
        for job in self.jobs:
            job.go()

    def pause(self, patience_seconds: float = 0.2) -> None:
        """Pause all networks, and wait briefly until they have."""
        for job in self.jobs:
            job.pause()
        for job in self.jobs:
            job.wait_until_paused(patience_seconds)

    def stop(self, patience_seconds: float = 0.5) -> None:
        """End all runs here, with the results so far; wait briefly until they have ended."""
        for job in self.jobs:
            job.stop(patience_seconds=0)
        for job in self.jobs:
            job.join(patience_seconds)

    def discard(self) -> None:
        """End all runs without results: they are needed no more."""
        for job in self.jobs:
            job.discard()

    def join(self, timeout: float) -> bool:
        """Wait until all have ended; say whether they have."""
        return all(job.join(timeout) for job in self.jobs)

    def predictions(self, number: int) -> Predictions:
        """Return what a network predicts for the held-out samples, once it has a result."""
        if number not in self._predictions:
            self._predictions[number] = predict_now(self.runs[number], self.part)
        return self._predictions[number]

    def regions_of(self, number: int) -> DecisionRegions:
        """Return the decision regions of a network, once its run is over."""
        if number not in self._decision_regions:
            self._decision_regions[number] = regions_of(self.runs[number])
        return self._decision_regions[number]


class _FinalJob(TrainingJob):
    """A job that frees the memory for resuming once its run is over: these are not resumed."""

    def _end(self, ending: Status) -> None:
        super()._end(ending)
        self.run.release_memory()
