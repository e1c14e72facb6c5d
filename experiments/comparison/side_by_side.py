"""Networks that train at the same time, to be watched side by side.

One such race says little: another seed, and the other network may win."""

from collections.abc import Callable, Sequence

from data.datasets import Dataset
from experiments.background.training_job import PROCESS_TURNS, Status, TrainingJob
from experiments.background.turns import TurnQueue
from experiments.config import RunConfig
from experiments.evaluation.decision_regions import DecisionRegions, regions_of
from experiments.evaluation.predictions import Predictions, predict_now
from experiments.training.run import Run

TELLING = (  # of several, the first of these speaks for all
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
    own : the samples where the configs say that they are one's own
    seconds_per_epoch, is_present, turns : see `TrainingJob`

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
        is_present: Callable[[], bool] = lambda: True,
        turns: TurnQueue = PROCESS_TURNS,
    ) -> None:
        self.networks, self.own = tuple(networks), own
        self.jobs = tuple(
            _Entrant(run, seconds_per_epoch=seconds_per_epoch, is_present=is_present, turns=turns)
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
        """What is under way, or how it ended; divergence is a matter of each network."""
        found = {job.status for job in self.jobs}
        return next((status for status in TELLING if status in found), Status.FINISHED)

    @property
    def arrived(self) -> list[int]:
        """The numbers of the networks that have a result."""
        return [i for i, run in enumerate(self.runs) if run.result]

    @property
    def part(self) -> str:
        """The held-out samples that all networks are asked about: the test part, if there is one.

        It is the same for all of them, so that their answers are about the same samples.
        """
        return "test" if self.runs[0].prepared_data().test else "validation"

    def set_presence(self, is_present: Callable[[], bool]) -> None:
        """Look to another page from now on: the one before was loaded anew."""
        for job in self.jobs:
            job.set_presence(is_present)

    def go(self) -> None:
        """Train on, all of them."""
        for job in self.jobs:
            job.go()

    def pause(self, patience_seconds: float = 0.2) -> None:
        """Let all stand still, and wait a moment for that."""
        for job in self.jobs:
            job.pause()
        for job in self.jobs:
            job.wait_until_paused(patience_seconds)

    def stop(self, patience_seconds: float = 0.5) -> None:
        """End all runs here, with results for what was reached; wait a moment for that."""
        for job in self.jobs:
            job.stop(patience_seconds=0)
        for job in self.jobs:
            job.join(patience_seconds)

    def discard(self) -> None:
        """End all runs without results: nobody will look at them again."""
        for job in self.jobs:
            job.discard()

    def join(self, timeout: float) -> bool:
        """Wait until all have ended; say whether they have."""
        return all(job.join(timeout) for job in self.jobs)

    def predictions(self, number: int) -> Predictions:
        """Return what a network says to the held-out samples, once it has a result."""
        if number not in self._predictions:
            self._predictions[number] = predict_now(self.runs[number], self.part)
        return self._predictions[number]

    def regions_of(self, number: int) -> "DecisionRegions":
        """Return what a network makes of the plane, once its run is over."""
        if number not in self._decision_regions:
            self._decision_regions[number] = regions_of(self.runs[number])
        return self._decision_regions[number]


class _Entrant(TrainingJob):
    """A job whose run lets go of what it takes to go on, once it is over: nobody asks for it."""

    def _end(self, ending: Status) -> None:
        super()._end(ending)
        self.run.release_memory()
