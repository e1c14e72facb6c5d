"""Many runs at once: on the cores of this machine, or on those of a cluster."""

import asyncio
import logging
import os
import warnings
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from data.datasets import Dataset
from experiments.background.interrupts import children_ignore_interrupt
from experiments.config import RunConfig
from experiments.training.summary import Summary, train_and_summarize

CLUSTER_HINT = "Install it with: pip install -r requirements-cluster.txt"
CONNECT_SECONDS = 10.0  # to wait for a scheduler, and for its first worker


def run_all(
    configs: Sequence[RunConfig],
    *,
    jobs: int = -1,
    scheduler: str | None = None,
    own: Dataset | None = None,
) -> Generator[tuple[int, Summary]]:
    """Yield the place of each config and the summary of its run, as soon as it is done.

    Closing the generator, or an interrupt in it, ends the runs under way as well.

    Parameters
    ----------
    jobs : processes at a time; -1 for as many as there are cores
    scheduler : address of a Dask scheduler, such as tcp://10.0.0.1:8786, whose workers are
        then used instead; they need the datasets, one thread each, as BLAS counts its
        threads by the process, and this project in their import path; so does the scheduler
    own : the user's own samples, if the configs use them

    Raises
    ------
    ValueError : for an impossible number of processes, if the scheduler or its workers do not
        answer, or if Dask is not installed
    ChildProcessError : if a process that was at work has ended, or could not begin
    """
    if jobs < 1 and jobs != -1:
        raise ValueError(
            f"The number of processes must be 1 or more, or -1 for one per core, not {jobs}."
        )
    import joblib  # takes a tenth of a second to import

    # A stop may leave semaphores that joblib's own process clears away, with a warning each.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker:UserWarning")
    run = joblib.delayed(_numbered)
    tasks = [run(number, config, own) for number, config in enumerate(configs)]
    with _backend(scheduler), _plain_failures():
        with children_ignore_interrupt():
            results = joblib.Parallel(jobs, batch_size=1, return_as="generator_unordered")(tasks)
        try:
            for result in results:  # noqa: UP028  `yield from` would close them, with a warning
                yield result
        finally:
            with warnings.catch_warnings():  # that runs are lost: who stops early wants it so
                warnings.simplefilter("ignore", UserWarning)
                results.close()


def _numbered(number: int, config: RunConfig, own: Dataset | None) -> tuple[int, Summary]:
    return number, train_and_summarize(config, own)


@contextmanager
def _plain_failures() -> Iterator[None]:
    """Say in a sentence when a run cannot be made.

    A worker that is lost is no failure: another one makes its run, and where the scheduler is
    lost, joblib makes the runs here.
    """
    try:
        yield
    except BrokenExecutor:
        raise ChildProcessError(
            "A process that was training has ended, perhaps because memory ran out. Try again with "
            "fewer --jobs."
        ) from None
    except Exception as error:
        if type(error).__name__ != "KilledWorker":  # of Dask, which may not be installed
            raise
        raise ChildProcessError(
            "Several workers have ended over one and the same run. Look into what they have logged."
        ) from None


@contextmanager
def _backend(scheduler: str | None) -> Iterator[None]:
    """Let joblib use this machine's cores, or the workers of a scheduler."""
    if scheduler is None:
        yield
        return
    import joblib

    try:
        with connect(scheduler), joblib.parallel_config("dask"):  # the client that is open now
            yield
    except (ImportError, RuntimeError) as error:
        raise ChildProcessError(
            f"The workers cannot make these runs ({str(error)[:60]}). Start them, and the "
            "scheduler, with PYTHONPATH naming the folder of this project, and with its "
            "requirements installed."
        ) from None


def connect(scheduler: str) -> Any:
    """Return a client of a scheduler that has workers."""
    try:
        from distributed import Client
    except ImportError:
        raise ValueError(f"A scheduler needs Dask. {CLUSTER_HINT}") from None
    logging.getLogger("distributed.client").setLevel(
        logging.CRITICAL
    )  # the exception already says so
    try:
        with ThreadPoolExecutor(1) as thread:  # here, an event loop may be running already
            thread.submit(lambda: asyncio.run(_greet(scheduler))).result()
    except (OSError, ValueError) as error:
        raise ValueError(
            f"There is no Dask scheduler at '{scheduler[:80]}' ({error}). Start one with "
            "'dask scheduler', and give its address, such as tcp://10.0.0.1:8786."
        ) from None
    client = Client(scheduler, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        client.close()  # type: ignore[no-untyped-call]
        raise ValueError(
            f"The scheduler at '{scheduler[:80]}' has no workers. Start some with 'dask "
            f"worker {scheduler[:80]} --nthreads 1', and PYTHONPATH naming this project's folder."
        ) from None
    return client


async def _greet(scheduler: str) -> None:
    """Check that a scheduler answers, before a client is made.

    A client that cannot connect is cleared away by Python at some later time, and if another
    one is just being made then, both wait for each other forever.
    """
    from distributed import rpc

    async with rpc(scheduler, timeout=CONNECT_SECONDS) as remote:  # type: ignore[no-untyped-call]
        await remote.identity()
