"""Where slices are made: in worker processes, on a cluster, or in a thread of this process."""

import copy
import logging
import math
import os
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from data.datasets import Dataset
from experiments.background import worker
from experiments.background.limits import IDLE_SECONDS, MAX_WORKERS
from experiments.background.parallel import connect
from experiments.background.stop_flags import StopFlag, StopFlags
from experiments.config import RunConfig
from experiments.training.fine_tuning import FineTuning, samples_to_learn
from experiments.training.run import Run
from experiments.training.shared_files import FineTuningFiles, Parts, SampleFiles, process_folder
from experiments.training.slices import Extent, Result, SliceReport, evaluate_parts

log = logging.getLogger(__name__)
T = TypeVar("T")

SCHEDULER_VARIABLE = "PERCEPTRON_LAB_SCHEDULER"
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "VECLIB")}


class ShutDownError(Exception):
    """The server ends, and no slice is made any more."""


class SliceExecutor:
    """Makes slices in a thread of this process; the others make them elsewhere."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "slices")

    @property
    def capacity(self) -> int:
        """How many slices are made at a time."""
        return 1

    def train(self, run: Run, extent: Extent, flag: StopFlag | None) -> Future[SliceReport]:
        """Train a run for a moment; `Run.take` is for the report."""
        training = copy.deepcopy(run.training())
        return self.locally(worker.make_slice, training, run.samples(), extent, flag)

    def evaluate(self, run: Run) -> Future[Result]:
        """Evaluate a run that has settled; `Run.take_result` is for the result."""
        return self.locally(evaluate_parts, run.network, run.objective, run.samples())

    def call(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        """Call a function; it and its arguments can be pickled."""
        return self.locally(function, *arguments)

    def locally(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        """Call a function in a thread of this process.

        Raises
        ------
        ShutDownError : when the server ends
        """
        try:
            return self._thread.submit(function, *arguments)
        except RuntimeError:
            raise ShutDownError from None

    def new_flag(self) -> StopFlag | None:
        """Return a flag to end a slice early, if that is possible here."""
        return _stop_flags().new()

    def warm_up(self) -> None:
        """Start what takes a while to start, without waiting for it."""

    def replace_workers(self) -> None:
        """Start anew after a worker was lost."""

    def close(self) -> None:
        """End all workers."""
        self._thread.shutdown(wait=False, cancel_futures=True)


@cache
def _stop_flags() -> StopFlags:
    return StopFlags(process_folder())


class WorkerProcesses(SliceExecutor):
    """Makes slices in processes of this machine, so that this one can draw pages meanwhile.

    They start when they are needed, and end after a while without work.

    Parameters
    ----------
    n_workers : at most MAX_WORKERS, and no more than there are cores
    """

    def __init__(self, n_workers: int = MAX_WORKERS) -> None:
        super().__init__()
        from joblib.externals import loky  # takes a tenth of a second to import

        self._loky, self._lock = loky, Lock()
        self._n_workers: int = max(1, min(n_workers, loky.cpu_count()))
        self._workers: Any = None  # loky has no types
        self._used_at = -math.inf

    @property
    def capacity(self) -> int:
        """One slice a process."""
        return self._n_workers

    def train(self, run: Run, extent: Extent, flag: StopFlag | None) -> Future[SliceReport]:
        """Train a run for a moment in a worker that maps its samples."""
        files = self._share(run)
        if files is None:
            return super().train(run, extent, flag)
        return self.call(worker.make_slice, run.training(), files, extent, flag)

    def evaluate(self, run: Run) -> Future[Result]:
        """Evaluate a run in a worker."""
        files = self._share(run)
        if files is None:
            return super().evaluate(run)
        return self.call(evaluate_parts, run.network, run.objective, files)

    def _share(self, run: Run) -> SampleFiles | FineTuningFiles | None:
        """Return where a worker finds the samples; None if the disk is full."""
        try:
            return run.samples().share()
        except OSError as error:
            log.warning("No room for the samples (%s): training in a thread", error)
            return None

    def call(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        """Call a function in a worker."""
        with self._lock:
            self._used_at = time.monotonic()
            if self._workers is None:
                self._workers = self._loky.ProcessPoolExecutor(
                    self._n_workers,
                    timeout=IDLE_SECONDS,
                    env=ONE_THREAD,
                    initializer=worker.begin,
                    initargs=(os.getpid(),),
                )
            return self._submit(function, *arguments)

    def _submit(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        try:
            future: Future[T] = self._workers.submit(function, *arguments)
        except BrokenExecutor:
            raise
        except RuntimeError:
            raise ShutDownError from None
        return future

    def warm_up(self) -> None:
        """Start the workers, unless they were at work lately, and let them load what they need."""
        if time.monotonic() - self._used_at < IDLE_SECONDS / 2:
            return
        for _ in range(self.capacity):
            self.call(worker.warm_up)

    def replace_workers(self) -> None:
        """End all workers; new ones start with the next slice."""
        with self._lock:
            workers, self._workers = self._workers, None
        if workers is not None:
            workers.shutdown(wait=False, kill_workers=True)

    def close(self) -> None:
        """End all workers."""
        super().close()
        self.replace_workers()


class ConfigSource(NamedTuple):
    """Samples that another machine loads by itself, from its own copy of the datasets."""

    config: RunConfig
    own: Dataset | None
    fine_tuning: FineTuning | None

    def parts(self) -> Parts:
        """Return the samples; those of the last configs are still there."""
        return samples_to_learn(*self).parts()


def _source_of(run: Run) -> ConfigSource:
    return ConfigSource(run.config, run.own, run.fine_tuning)


class Cluster(SliceExecutor):
    """Makes slices on the workers of a Dask scheduler.

    Parameters
    ----------
    address : of the scheduler, such as tcp://10.0.0.1:8786

    Raises
    ------
    ValueError : if there is no such scheduler, or Dask is not installed
    """

    def __init__(self, address: str) -> None:
        super().__init__()
        self._client = connect(address)
        self._cluster: Executor = self._client.get_executor(pure=False)

    @property
    def capacity(self) -> int:
        """As many slices at a time as the workers have threads now."""
        n_threads: int = sum(self._client.nthreads().values())
        return max(1, n_threads)

    def train(self, run: Run, extent: Extent, flag: StopFlag | None) -> Future[SliceReport]:
        """Train a run for a moment on a worker that loads the samples by itself."""
        return self.call(worker.make_slice, run.training(), _source_of(run), extent, None)

    def evaluate(self, run: Run) -> Future[Result]:
        """Evaluate a run on a worker."""
        return self.call(
            evaluate_parts,
            run.network,
            run.objective,
            ConfigSource(run.config, run.own, run.fine_tuning),
        )

    def call(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        """Call a function on a worker."""
        return self._cluster.submit(function, *arguments)

    def new_flag(self) -> None:
        """There is no file that other machines share: a slice there ends by itself."""

    def close(self) -> None:
        """Leave the cluster."""
        super().close()
        self._client.close()


def choose_executor() -> SliceExecutor:
    """Return the executor that the environment asks for: by default, worker processes.

    Where there can be none, slices are made in a thread, and the log says so.
    """
    try:
        if address := os.environ.get(SCHEDULER_VARIABLE):
            return Cluster(address)
        process_folder()
        return WorkerProcesses()
    except (ImportError, OSError, ValueError) as error:
        log.warning("Training in a thread, which slows the pages down: %s", error)
        return SliceExecutor()
