"""Networks against each other: trained side by side, then again and again with other seeds.

One race says little: another seed, and the other network may win. So there are two ways to
let them compete. A `Contest` is for watching: all of them train at once. A `Relay` is for
counting: one run after another, of which only what it came to is kept.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar
from weakref import WeakSet

import numpy as np
import numpy.typing as npt

from data.datasets import Dataset, Labels
from data.scaling import Scaler
from experiments.answers import Answers, answers_now
from experiments.comparison import (
    McNemarResult,
    PairedResult,
    Rights,
    correct_for_several,
    mcnemar_test,
    median_pair,
    paired_test,
    verdict,
    verdict_on_samples,
)
from experiments.config import LIMITS, RunConfig
from experiments.job import (
    GRACE_SECONDS,
    PROCESS_SLOTS,
    SLICE_SECONDS,
    Onlooker,
    Status,
    TrainingJob,
)
from experiments.run import Run
from experiments.slots import Slots
from mlp.arrays import Array
from mlp.network import Network
from mlp.training import Record, logits_of

log = logging.getLogger(__name__)

T = TypeVar("T")
Layers: TypeAlias = tuple[int, ...]

USUAL_HIDDEN: Layers = (32,)  # where the settings themselves have no hidden layer
MAX_MORE = 4  # networks besides the two: as many as a chart can keep apart
GRID_POINTS = 80  # along each side of the plane
MARGIN = 0.08  # of the plane, around the points

DEPTHS = (0, 1, 2, 4)
WIDTHS = (16, 32, 64)

TELLING = (  # of several, the first of these speaks for all
    Status.RUNNING,
    Status.QUEUED,
    Status.PAUSED,
    Status.FAILED,
    Status.ABANDONED,
    Status.STOPPED,
)

PROCESS_RELAYS: "WeakSet[Relay[Any]]" = WeakSet()
PROCESS_RELAYS_LOCK = threading.Lock()

HARD_SHAPES: dict[str, RunConfig] = {
    config.dataset: config.model_copy(update={"test_fraction": 0.4})  # 240 points: less luck
    for config in (
        RunConfig(dataset="xor", hidden_layers=(16,), learning_rate=0.02, epochs=40),
        RunConfig(dataset="circles", hidden_layers=(16,), learning_rate=0.02, epochs=40),
        RunConfig(dataset="spirals", hidden_layers=(32, 32), learning_rate=0.01, epochs=150),
    )
}
"""Points that no line separates, each with a small network that does, whatever the seed."""


def name_of(config: RunConfig) -> str:
    """Return 'SLP', or 'MLP 64-32' for hidden layers of 64 and 32 units."""
    layers = "-".join(map(str, config.hidden_layers))
    return f"MLP {layers}" if layers else "SLP"


def entrants(base: RunConfig, more: Sequence[Layers] = ()) -> tuple[RunConfig, ...]:
    """Return the networks that compete: none twice, and all alike but for the hidden layers.

    The first is the single layer; the second has the hidden layers of the settings.
    """
    layers = dict.fromkeys(((), base.hidden_layers or USUAL_HIDDEN, *more))
    return tuple(base.model_copy(update={"hidden_layers": each}) for each in layers)


def rungs_of(base: RunConfig) -> tuple[RunConfig, ...]:
    """Return networks of all depths and widths; without a hidden layer there is no width."""
    layers = dict.fromkeys((width,) * depth for depth in DEPTHS for width in WIDTHS)
    return tuple(base.model_copy(update={"hidden_layers": each}) for each in layers)


def over_seeds(networks: Sequence[RunConfig], n_seeds: int) -> list[RunConfig]:
    """Return the networks with the seed that they have, then all with the next, and so on."""
    n_all = int(LIMITS["seed"][1]) + 1
    return [
        config.model_copy(update={"seed": (config.seed + i) % n_all})
        for i in range(n_seeds)
        for config in networks
    ]


class Contest:
    """Networks that train at the same time, each from the same seed on the same samples.

    Parameters
    ----------
    networks : their configs; see `entrants`
    own : the samples where the configs say that they are one's own
    seconds_per_epoch, is_present, slots : see `TrainingJob`

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
        slots: Slots = PROCESS_SLOTS,
    ) -> None:
        self.networks, self.own = tuple(networks), own
        self.jobs = tuple(
            _Entrant(run, seconds_per_epoch=seconds_per_epoch, is_present=is_present, slots=slots)
            for run in [Run(config, own) for config in networks]
        )
        self._answers: dict[int, Answers] = {}
        self._territories: dict[int, Territory] = {}

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
        return "test" if self.runs[0].material.test else "validation"

    def attend(self, is_present: Callable[[], bool]) -> None:
        """Look to another page from now on: the one before was loaded anew."""
        for job in self.jobs:
            job.attend(is_present)

    def go(self) -> None:
        """Train on, all of them."""
        for job in self.jobs:
            job.go()

    def pause(self, patience_seconds: float = 0.2) -> None:
        """Let all stand still, and wait a moment for that."""
        for job in self.jobs:
            job.pause()
        for job in self.jobs:
            job.wait_still(patience_seconds)

    def stop(self, patience_seconds: float = 0.5) -> None:
        """End all runs here, with results for what was reached; wait a moment for that."""
        for job in self.jobs:
            job.stop(patience_seconds=0)
        for job in self.jobs:
            job.join(patience_seconds)

    def dismiss(self) -> None:
        """End all runs without results: nobody will look at them again."""
        for job in self.jobs:
            job.dismiss()

    def join(self, timeout: float) -> bool:
        """Wait until all have ended; say whether they have."""
        return all(job.join(timeout) for job in self.jobs)

    def answers(self, number: int) -> Answers:
        """Return what a network says to the held-out samples, once it has a result."""
        if number not in self._answers:
            self._answers[number] = answers_now(self.runs[number], self.part)
        return self._answers[number]

    def territory(self, number: int) -> "Territory":
        """Return what a network makes of the plane, once its run is over."""
        if number not in self._territories:
            self._territories[number] = territory(self.runs[number])
        return self._territories[number]


class _Entrant(TrainingJob):
    """A job whose run lets go of what it takes to go on, once it is over: nobody asks for it."""

    def _end(self, ending: Status) -> None:
        super()._end(ending)
        self.run.let_go()


def count_moving_relays() -> int:
    """Return how many relays of this process are on their way."""
    with PROCESS_RELAYS_LOCK:
        relays = tuple(PROCESS_RELAYS)
    return sum(relay.status.is_moving for relay in relays)


class Relay(Generic[T]):
    """Makes runs one after another in a thread of its own, in turns with all other jobs.

    Parameters
    ----------
    configs : one a run
    sum_up : says what to keep of a run; the network is thrown away
    own : the samples where the configs say that they are one's own
    is_present : says whether the page is connected; asked now and then by the thread
    slots : shared by all jobs of the process
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
        slots: Slots = PROCESS_SLOTS,
        grace_seconds: float = GRACE_SECONDS,
    ) -> None:
        self.configs, self.own, self.outcomes = tuple(configs), own, list[T]()
        self.run: Run | None = None
        self.status = Status.RUNNING
        self._sum_up, self._slots = sum_up, slots
        self._onlooker, self._began_at = Onlooker(is_present, grace_seconds), time.monotonic()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._work, name="relay", daemon=True)
        with PROCESS_RELAYS_LOCK:
            PROCESS_RELAYS.add(self)

    def go(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, patience_seconds: float = 0.5) -> None:
        """End here, with what was reached; wait a moment for that."""
        self._is_stopping = True
        self._slots.hurry()
        self.join(patience_seconds)

    def attend(self, is_present: Callable[[], bool]) -> None:
        """Look to another page from now on: the one before was loaded anew."""
        self._onlooker.is_present = is_present

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
        places = self._slots.capacity if run.plan.is_small else 1
        with closing(run.records()) as records:
            while True:
                with self._slots.turn(self, places, self._is_wanted) as entered:
                    if not entered:
                        return False
                    if _is_exhausted(records):
                        run.conclude()
                        return True

    def _is_wanted(self) -> bool:
        return not (self._is_stopping or self._onlooker.is_gone())


def _is_exhausted(records: Iterator[Record]) -> bool:
    """Take records for one slice of time; say whether there are no more."""
    deadline = time.monotonic() + SLICE_SECONDS
    return all(time.monotonic() < deadline for _ in records)


class Outcome(NamedTuple):
    """What a run came to: enough to compare it with others.

    accuracy : on the test samples; None if it diverged
    right : (n_test,), whether each answer is right; empty if it diverged
    sizes : units of each layer
    """

    config: RunConfig
    accuracy: float | None
    right: Rights
    sizes: tuple[int, ...]
    n_training: int


def outcome_of(run: Run) -> Outcome:
    """Sum up a run that has been concluded."""
    test = run.result.test if run.result else None
    right = answers_now(run, "test").is_right if test else np.empty(0, np.bool_)
    accuracy = test.accuracy if test else None
    return Outcome(run.config, accuracy, right, run.plan.sizes, run.plan.n_training)


def whole_rows(outcomes: Sequence[Outcome], n_networks: int) -> list[tuple[Outcome, ...]]:
    """Return the outcomes seed by seed; a seed that not all networks have met is left out."""
    n_whole = len(outcomes) // n_networks
    return [tuple(outcomes[i * n_networks : (i + 1) * n_networks]) for i in range(n_whole)]


@dataclass(frozen=True)
class Standing:
    """How a network did over the seeds.

    Attributes
    ----------
    accuracies : (n_seeds,), on the test samples; NaN where it diverged
    sizes : units of each layer
    """

    config: RunConfig
    accuracies: npt.NDArray[np.float64]
    sizes: tuple[int, ...]

    @property
    def known(self) -> npt.NDArray[np.float64]:
        """The accuracies of the seeds with which it did not diverge."""
        return self.accuracies[~np.isnan(self.accuracies)]

    @property
    def mean(self) -> float | None:
        """Mean over the seeds; None if it diverged with all of them."""
        return float(self.known.mean()) if len(self.known) else None

    @property
    def std(self) -> float | None:
        """Standard deviation over the seeds, with n - 1; None for fewer than two of them."""
        return float(self.known.std(ddof=1)) if len(self.known) > 1 else None

    @property
    def n_diverged(self) -> int:
        """With how many seeds there is no result."""
        return len(self.accuracies) - len(self.known)


def standings(rows: Sequence[Sequence[Outcome]]) -> list[Standing]:
    """Return how each network did; rows as in `whole_rows`."""
    return [
        Standing(
            column[0].config,
            np.array([outcome.accuracy for outcome in column], np.float64),  # None becomes NaN
            column[0].sizes,
        )
        for column in zip(*rows, strict=True)
    ]


@dataclass(frozen=True)
class Duel:
    """Two networks, seed by seed.

    Attributes
    ----------
    first, other : their names
    paired : over the seeds with which neither diverged
    median_seed : of the run whose difference is the median
    on_samples : McNemar's test on that run alone

    Both p-values allow for all duels.
    """

    first: str
    other: str
    paired: PairedResult
    median_seed: int
    on_samples: McNemarResult

    @property
    def sentences(self) -> tuple[str, str]:
        """What all seeds have shown, and what the samples of one run have."""
        one_run = verdict_on_samples(self.first, self.other, self.on_samples)
        return (
            verdict(self.first, self.other, self.paired),
            f"In one run alone, the median one (seed {self.median_seed}), {one_run}",
        )


def duels(rows: Sequence[Sequence[Outcome]]) -> list[Duel]:
    """Compare each other network with the first, where at least two seeds allow it.

    All p-values are corrected for several comparisons, those over seeds and those of one run.
    """
    columns = list(zip(*rows, strict=True))
    pairs = [
        [(a, b) for a, b in zip(columns[0], other, strict=True) if len(a.right) and len(b.right)]
        for other in columns[1:]
    ]
    pairs = [each for each in pairs if len(each) > 1]
    results = correct_for_several([_paired(each) for each in pairs])
    medians = [
        each[median_pair(result.differences)] for each, result in zip(pairs, results, strict=True)
    ]
    on_samples = correct_for_several([mcnemar_test(a.right, b.right) for a, b in medians])
    return [
        Duel(name_of(a.config), name_of(b.config), result, a.config.seed, one_run)
        for (a, b), result, one_run in zip(medians, results, on_samples, strict=True)
    ]


Pairs: TypeAlias = list[tuple[Outcome, Outcome]]


def _paired(pairs: Pairs) -> PairedResult:
    first, other = ([each.accuracy or 0.0 for each in side] for side in zip(*pairs, strict=True))
    sample = pairs[0][0]
    return paired_test(first, other, n_training=sample.n_training, n_test=len(sample.right))


class Territory(NamedTuple):
    """What a network makes of the plane.

    accuracy : on the test samples; None if there is none
    why_none : why there is no accuracy, in two or three words
    x, y : (n,), where the lines of the grid are
    classes : (n, n), what the network says there; rows follow y
    points, labels : (n_points, 2) and (n_points,), samples that it has not learned from
    class_names : what the classes mean
    """

    config: RunConfig
    accuracy: float | None
    why_none: str
    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    classes: Labels
    points: npt.NDArray[np.float32]
    labels: Labels
    class_names: tuple[str, ...]


def territory(run: Run, step: int | None = None) -> Territory:
    """Ask the network of a run about all the plane around the samples.

    Parameters
    ----------
    step : of a snapshot; None for the network as it is now

    Raises
    ------
    ValueError : if the samples are no points in a plane
    """
    material = run.material
    dataset = material.dataset
    if dataset.n_features != 2:
        raise ValueError(
            f"A boundary is drawn in the plane, but a sample has {dataset.n_features:,} features. "
            "Take points, such as xor."
        )
    x, y = (_grid(dataset.X[:, i].astype(np.float32)) for i in (0, 1))
    test = run.result.test if run.result else None
    rows = material.split.test if test else material.split.validation
    return Territory(
        run.config,
        test.accuracy if test else None,
        "" if test else _why_no_accuracy(run),
        x,
        y,
        _classes_on(x, y, run.network_at(step), material.scaler),
        dataset.X[rows].astype(np.float32),
        dataset.labels[rows],
        dataset.class_names,
    )


def _classes_on(x: Array, y: Array, network: Network, scaler: Scaler) -> Labels:
    """Return what a network says at each crossing of a grid, (len(y), len(x))."""
    plane = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)  # (n_crossings, 2)
    classes: Labels = logits_of(network, scaler.transform(plane)).argmax(axis=1)
    return classes.reshape(len(y), len(x))


def _why_no_accuracy(run: Run) -> str:
    if run.diverged:
        return "diverged"
    return "no result" if run.material.test else "no test samples"


def _grid(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * (high - low or 1.0)
    return np.linspace(low - margin, high + margin, GRID_POINTS, dtype=np.float32)
