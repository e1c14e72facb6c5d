"""How much damage networks stand, measured in the background."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple

from data.datasets import Dataset
from data.scaling import Scaler
from experiments.background.background_task import BackgroundTask, Status
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import Share
from experiments.config import DATA_SETTINGS, RunConfig, defaults_for
from experiments.evaluation.attack import ScaledNetwork
from experiments.evaluation.robustness import (
    BLOCK,
    DAMAGES,
    Curve,
    HeldOutImages,
    count_right,
    empty_curve,
    held_out_images,
)
from experiments.training.plan import make_objective
from experiments.training.prepared_data import PreparedData
from experiments.training.run import Run
from experiments.training.slices import Extent, SliceReport
from mlp.network import Network


class Candidate(NamedTuple):
    """A network to measure, or to train and then measure.

    name : on the screen
    config : of its training
    prepare : returns what it has learned from, which may take a while
    network : None for one that is not trained yet
    own : the user's own samples, if it learns from them
    """

    name: str
    config: RunConfig
    prepare: Callable[[], PreparedData]
    network: Network | None
    own: Dataset | None = None


class Measured(NamedTuple):
    """What is known of a network that is measured: its name, and its test part."""

    name: str
    images: HeldOutImages


class _Ready(NamedTuple):
    """A candidate whose samples are loaded, with the run that trains it first, if one has to."""

    candidate: Candidate
    images: HeldOutImages
    scaler: Scaler
    run: Run | None


def single_layer_config(config: RunConfig) -> RunConfig:
    """Return the usual single-layer perceptron on the same samples, split and scaled alike."""
    data = config.model_dump(include=DATA_SETTINGS)
    return RunConfig(**defaults_for(config.dataset) | data | {"hidden_layers": ()})


class RobustnessTask(BackgroundTask):
    """Measures networks, block by block of their test parts, in turns with all other tasks.

    Parameters
    ----------
    candidates : the networks, which are let go at the end
    first : the name of the damage to begin with; it may be changed on the way
    options : see `BackgroundTask`

    Attributes
    ----------
    candidates : without their networks
    measured : those of which there are samples and parameters by now
    left_out : why others are not measured, a sentence each
    curves : what is known so far, by the name of the damage and the place of the network
    """

    def __init__(self, candidates: Sequence[Candidate], first: str, **options: Any) -> None:
        super().__init__("robustness", **options)
        self.candidates = tuple(each._replace(network=None) for each in candidates)
        self.first = first
        self.measured: list[Measured] = []
        self.left_out: list[str] = []
        self.curves: dict[tuple[str, int], Curve] = {}
        self._waiting = list(candidates)
        self._networks: list[ScaledNetwork] = []  # as in `measured`
        self._training: _Ready | None = None
        self._under_way = "", 0

    def go(self) -> None:
        """Begin."""
        self._begin()

    @property
    def trains(self) -> str:
        """The name of the network that is trained now; empty if none is."""
        training = self._training
        return training.candidate.name if training else ""

    @property
    def fraction(self) -> float:
        """How much of the measurement is done, from 0 to 1."""
        sizes = [len(each.images.rows) for each in tuple(self.measured)]
        if not sizes or self._waiting:
            return 0.0
        n_networks = len(sizes) + (self._training is not None)
        total = len(DAMAGES) * n_networks * sum(sizes) / len(sizes)
        return min(1.0, sum(curve.n_samples for curve in tuple(self.curves.values())) / total)

    def submit(self, executor: SliceExecutor, share: Share) -> Future[Any]:
        """Submit a block of images, or what has to come before.

        A network that is not there yet is trained once the others have been measured under the
        first damage, so that there is something to see soon.
        """
        if self._waiting:
            return executor.locally(_make_ready, self._waiting[0])
        unfinished = self._unfinished()
        if self._training and self._training.run and not self._is_first(unfinished):
            return executor.train(self._training.run, Extent(share.slice_seconds), None)
        name, place = self._under_way = unfinished[0]
        network, images = self._networks[place], self.measured[place].images
        number = self.curves[name, place].n_samples // BLOCK
        block = images.block(number)
        return executor.call(count_right, network, DAMAGES[name], *block, images.kind, number)

    def take(self, outcome: Any) -> None:
        """Put what a slice gave back where it belongs."""
        match outcome:
            case SliceReport():
                self._take_training(outcome)
            case _Ready() | str():
                self._waiting.pop(0)
                self._take_ready(outcome)
            case _:
                self._add(outcome)
        if not (self._waiting or self._training or self._unfinished()):
            self._end(Status.FINISHED)

    def _take_ready(self, outcome: _Ready | str) -> None:
        match outcome:
            case str():
                self.left_out.append(outcome)
            case _Ready(candidate=Candidate(network=Network() as network)):
                self._measure(outcome.candidate, network, outcome.images, outcome.scaler)
            case _:
                self._training = outcome

    def _take_training(self, report: SliceReport) -> None:
        ready = self._training
        if ready is None or ready.run is None:
            return
        ready.run.take(report)
        if report.is_over:
            ready.run.settle()
            self._training = None
            self._measure(ready.candidate, ready.run.network, ready.images, ready.scaler)

    def _measure(
        self, candidate: Candidate, network: Network, images: HeldOutImages, scaler: Scaler
    ) -> None:
        scaled = ScaledNetwork(network, scaler, make_objective(candidate.config).loss)
        place = len(self.measured)
        for name, damage in DAMAGES.items():
            self.curves[name, place] = empty_curve(damage, images.kind)
        self._networks.append(scaled)
        self.measured.append(Measured(candidate.name, images))

    def _add(self, n_right: list[int]) -> None:
        """Add what was counted in a block."""
        curve, images = self.curves[self._under_way], self.measured[self._under_way[1]].images
        n = min(BLOCK, len(images.rows) - curve.n_samples)
        self.curves[self._under_way] = curve.with_block(n_right, n)

    def _is_first(self, unfinished: list[tuple[str, int]]) -> bool:
        """Say whether the damage to begin with is what is measured next."""
        return bool(unfinished) and unfinished[0][0] == self.first

    def _unfinished(self) -> list[tuple[str, int]]:
        """Return what is left to measure: the damage to begin with, all networks in turn."""
        left = [
            (name != self.first, list(DAMAGES).index(name), curve.n_samples, place, name)
            for (name, place), curve in self.curves.items()
            if curve.n_samples < len(self.measured[place].images.rows)
        ]
        return [(name, place) for *_, place, name in sorted(left)]

    def _ending_without_slice(self) -> Status | None:
        return Status.STOPPED if self._is_stopping else super()._ending_without_slice()

    def _end(self, ending: Status) -> None:
        self._networks, self._waiting, self._training = [], [], None  # they take memory
        super()._end(ending)


def _make_ready(candidate: Candidate) -> _Ready | str:
    """Return a candidate with its samples, or why it cannot be measured, in a sentence."""
    try:
        prepared = candidate.prepare()
        images = held_out_images(prepared)
        run = None if candidate.network else Run(candidate.config, candidate.own)
    except (ValueError, OSError) as error:  # such as a file that cannot be downloaded
        return f"{candidate.name}: {error}"
    return _Ready(candidate, images, prepared.scaler, run)
