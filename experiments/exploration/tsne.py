"""t-SNE: a flat map on which samples that are close in many dimensions stay close.

It moves the points of the map, little by little, until their neighborhoods resemble
those of the samples. `tsne` yields the map every few steps, so that one can stop early.

Sources: L. van der Maaten and G. Hinton, Visualizing data using t-SNE, Journal of Machine
Learning Research 9 (2008); P. G. Poličar, M. Stražar and B. Zupan, openTSNE: a modular
Python library for t-SNE dimensionality reduction and embedding, Journal of Statistical
Software 109 (2024).
"""

import threading
import time
from collections.abc import Generator

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from experiments.background.training_job import PROCESS_TURNS
from experiments.exploration.once_per_object import once_per_object
from experiments.exploration.projections import map_positions, principal_components
from experiments.training.prepared_data import PreparedData

STEPS = 500
EXAGGERATED_STEPS = 120  # the first, with stronger attraction, so that clusters can form
EXAGGERATION = 12.0
STRIDE = 10  # steps between two maps; both numbers of steps are multiples of it
PERPLEXITY = 30  # about as many neighbors of each sample count
FEWEST_SAMPLES = 10
MAX_WAIT_SECONDS = 1.0  # for the processor; eight small jobs may be ahead in the queue

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
        Y = method.prepare_initial(X)
    for step in range(0, STEPS, STRIDE):
        exaggeration = EXAGGERATION if step < EXAGGERATED_STEPS else 1.0
        Y.optimize(STRIDE, inplace=True, exaggeration=exaggeration)
        yield np.array(Y, np.float32)  # a copy: Y changes in place


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
        self._maps: Generator[Matrix] | None = tsne(
            X, rng=np.random.default_rng(0), start=self.points
        )
        self._lock = threading.Lock()

    @property
    def is_over(self) -> bool:
        """Whether all steps are made."""
        return self.step == STEPS

    @property
    def fraction(self) -> float:
        """The fraction of the steps that are made, from 0 to 1."""
        return self.step / STEPS

    def advance(self, seconds: float) -> bool:
        """Make steps for some seconds, at least STRIDE; none if another thread is making them.

        Returns False, without a step, if the processor is not free within MAX_WAIT_SECONDS:
        a page that waits does not respond.
        """
        if not self._lock.acquire(blocking=False):
            return True
        give_up_at = time.monotonic() + MAX_WAIT_SECONDS
        try:
            with PROCESS_TURNS.turn(self, 1, lambda: time.monotonic() < give_up_at) as entered:
                if entered:
                    self._advance(time.monotonic() + seconds)
                return entered
        finally:
            self._lock.release()

    def _advance(self, deadline: float) -> None:
        while self._maps is not None:
            self.points = next(self._maps)
            self.step += STRIDE
            if self.is_over:
                self._maps = None  # frees the samples and their similarities
            if time.monotonic() > deadline:
                return


@once_per_object
def embedding_of(prepared: PreparedData) -> Embedding:
    """Return the map of the scaled training samples, as far as it is made.

    Raises
    ------
    ValueError : for fewer than FEWEST_SAMPLES samples
    """
    return Embedding(prepared.training.X[map_positions(prepared)])
