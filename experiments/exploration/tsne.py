"""t-SNE: a flat map on which samples that are close in many dimensions stay close.

It moves the points of the map, little by little, until their neighborhoods resemble
those of the samples. `tsne` yields the map every few steps, so that one can stop early.

Sources: L. van der Maaten and G. Hinton, Visualizing data using t-SNE, Journal of Machine
Learning Research 9 (2008); P. G. Poličar, M. Stražar and B. Zupan, openTSNE: a modular
Python library for t-SNE dimensionality reduction and embedding, Journal of Statistical
Software 109 (2024).
"""

import math
import threading
import time
from collections.abc import Generator, Hashable
from concurrent.futures import Future
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from experiments.background.background_task import BackgroundTask, Page, Status
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import PROCESS_SCHEDULER, Share, SliceScheduler
from experiments.exploration.once_per_object import once_per_object
from experiments.exploration.projections import map_positions, principal_components
from experiments.training.prepared_data import PreparedData

STEPS = 500
EXAGGERATED_STEPS = 120  # the first, with stronger attraction, so that clusters can form
EXAGGERATION = 12.0
STRIDE = 10  # steps between two maps; both numbers of steps are multiples of it
PERPLEXITY = 30  # about as many neighbors of each sample count
FEWEST_SAMPLES = 10
WANTED_SECONDS = 1.5  # pages that show the map ask for more steps within this time

Matrix = npt.NDArray[np.float32]


def tsne(X: Matrix, *, rng: np.random.Generator, start: Matrix | None = None) -> Generator[Matrix]:
    """Yield the map, (n_samples, 2), after every STRIDE of STEPS steps.

    Each step follows the gradient of the Kullback-Leibler divergence sum p_ij log(p_ij / q_ij)
    downward: p_ij is the similarity of samples i and j, q_ij that of their points on the map.
    Every interruption changes the rounding; as there is one after each STRIDE, the last map is
    the same however often someone pauses.

    Parameters
    ----------
    X : (n_samples, n_features)
    rng : adds a little noise to the first map, so that no two points coincide
    start : (n_samples, 2), the first map; None for the first two principal components

    Raises
    ------
    ValueError : for fewer than FEWEST_SAMPLES samples
    """
    Y = begin_tsne(X, rng=rng, start=start)
    for step in range(0, STEPS, STRIDE):
        yield make_stride(Y, step)


def begin_tsne(X: Matrix, *, rng: np.random.Generator, start: Matrix | None = None) -> Any:
    """Return the first map, with the similarities of the samples; see `tsne`."""
    check_enough(len(X))
    from openTSNE import TSNE  # takes a second to import

    flat = principal_components(X).points[:, :2] if start is None else start
    noisy = flat / (flat.std() or 1) + rng.normal(0, 0.01, flat.shape)
    method = TSNE(
        perplexity=min(PERPLEXITY, (len(X) - 1) // 3),
        initialization=1e-4 * noisy,
        neighbors="exact",
        negative_gradient_method="bh",  # after Barnes and Hut: distant points repel as one
        n_jobs=1,
    )
    with threadpool_limits(1, "openmp"):  # the search for neighbors ignores n_jobs
        return method.prepare_initial(X)


def make_stride(Y: Any, step: int) -> Matrix:
    """Make STRIDE steps from this one on, in place; return the map, (n_samples, 2)."""
    Y.optimize(STRIDE, inplace=True, exaggeration=EXAGGERATION if step < EXAGGERATED_STEPS else 1.0)
    return np.array(Y, np.float32)  # a copy: Y changes in place


def tsne_slice(
    X: Matrix | None, Y: Any, step: int, start: Matrix, seconds: float
) -> tuple[Any, int, Matrix]:
    """Make steps for some seconds, at least STRIDE; any process can.

    Parameters
    ----------
    X : (n_samples, n_features), for the first slice; None for later ones
    Y : for later slices, the map as the one before has left it
    step : number of steps made

    Returns
    -------
    Y, step, points : the map, the number of steps made, and its points, (n_samples, 2)
    """
    deadline, points = time.monotonic() + seconds, start
    if X is not None:
        Y = begin_tsne(X, rng=np.random.default_rng(0), start=start)
    while step < STEPS:
        points = make_stride(Y, step)
        step += STRIDE
        if time.monotonic() > deadline:
            break
    return Y, step, points


def check_enough(n_samples: int) -> None:
    """Check that there are enough samples for neighborhoods.

    Raises
    ------
    ValueError : for fewer than FEWEST_SAMPLES
    """
    if n_samples < FEWEST_SAMPLES:
        raise ValueError(
            f"A map of neighborhoods needs at least {FEWEST_SAMPLES} training samples, and here "
            f"are {n_samples}. Choose smaller fractions for validation and test, or more data."
        )


class Embedding:
    """A map by t-SNE that is made a slice at a time, shared by all sessions that show it.

    Parameters
    ----------
    X : (n_samples, n_features)

    Attributes
    ----------
    step : number of steps made, of STEPS
    points : (n_samples, 2) after that step

    Raises
    ------
    ValueError : for fewer than FEWEST_SAMPLES samples
    """

    def __init__(self, X: Matrix) -> None:
        check_enough(len(X))
        self.step, self.points = 0, principal_components(X).points[:, :2]
        self.X: Matrix | None = X
        self.Y: Any = None
        self._task: _Movement | None = None
        self._wanted_until = 0.0
        self._lock = threading.Lock()

    @property
    def is_over(self) -> bool:
        """Whether all steps are made."""
        return self.step >= STEPS

    @property
    def fraction(self) -> float:
        """The fraction of the steps that are made, from 0 to 1."""
        return self.step / STEPS

    @property
    def is_waiting(self) -> bool:
        """Whether the processor has not been free for a while."""
        return self._task is not None and self._task.status is Status.QUEUED

    @property
    def problem(self) -> str:
        """Why the last attempt to move the points has failed; empty if it has not."""
        return self._task.problem if self._task else ""

    def is_wanted(self) -> bool:
        """Say whether a page has asked for steps lately."""
        return not self.is_over and time.monotonic() < self._wanted_until

    def move(self, page: Page, scheduler: SliceScheduler = PROCESS_SCHEDULER) -> None:
        """Let the points move for a moment; a page that shows them asks again and again."""
        with self._lock:
            self._wanted_until = time.monotonic() + WANTED_SECONDS
            if not self.is_over and (self._task is None or self._task.status.is_over):
                self._task = _Movement(self, page.reader, scheduler)
                self._task.go()

    def keep(self, Y: Any, step: int, points: Matrix) -> None:
        """Keep what a slice has made of the map."""
        self.Y, self.step, self.points = Y, step, points
        if self.is_over:
            self.X = self.Y = None  # frees the samples and their similarities


class _Movement(BackgroundTask):
    """Moves the points of a map for as long as a page asks for it."""

    def __init__(self, embedding: Embedding, reader: Hashable, scheduler: SliceScheduler) -> None:
        page = Page(reader, embedding.is_wanted)
        super().__init__("t-SNE", page=page, grace_seconds=0.0, scheduler=scheduler)
        self.embedding = embedding

    def go(self) -> None:
        """Begin."""
        self._begin()

    def due_at(self) -> float:
        """Return when the next slice is wanted; see `BackgroundTask`."""
        return 0.0 if self.embedding.is_wanted() else math.inf

    def submit(self, executor: SliceExecutor, share: Share) -> Future[Any]:
        """Submit the next steps."""
        it = self.embedding
        X = it.X if it.Y is None else None  # its similarities are in Y
        return executor.call(tsne_slice, X, it.Y, it.step, it.points, share.slice_seconds)

    def take(self, outcome: tuple[Any, int, Matrix]) -> None:
        """Put the map where all pages see it."""
        self.embedding.keep(*outcome)
        if self.embedding.is_over:
            self._end(Status.FINISHED)


@once_per_object
def embedding_of(prepared: PreparedData) -> Embedding:
    """Return the map of the scaled training samples, as far as it is made.

    Raises
    ------
    ValueError : for fewer than FEWEST_SAMPLES samples
    """
    return Embedding(prepared.training.X[map_positions(prepared)])
