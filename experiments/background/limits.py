"""What one reader, and all together, may ask of the server: every cap stands here.

The sizes of files are limited where they are read, in `data.own` and in
`.streamlit/config.toml`; the size of a network in `mlp.network`.
"""

from collections.abc import Sequence

from data.datasets import Dataset
from experiments.config import RunConfig
from experiments.training.plan import Plan, plan

MAX_WORKERS = 2  # processes that compute, and no more than there are cores
IDLE_SECONDS = 60.0  # a worker process without work ends after so long
MAX_LOSSES = 3  # worker processes that one slice may lose before it is given up

GRACE_SECONDS = 20.0  # a page that has lost its network for so long does not come back
MAX_WORKS = 3  # trainings, comparisons and maps of one reader at once; the next one waits
MAX_COST = 1e13  # multiplications of one work, forward: about half an hour of one core
STEP_COST = 400_000  # a step takes no less time than so many
PIXEL_COST = 100  # to distort a pixel takes about as long as so many
MAX_RUN_BYTES = 500_000_000  # of one training, in a worker process

MAX_TEST_IMAGES = 10_000  # that are damaged, of each network that is measured
MAX_MEASURED = 8  # networks of one measurement; more lines could not be told apart

MAX_RUNS = 20  # in the list of one reader
READER_BYTES = 48_000_000  # of the runs and own data of one reader
ALL_READERS_BYTES = 400_000_000  # of all readers together


def check_affordable(
    configs: Sequence[RunConfig], own: Dataset | None = None, n_repetitions: int = 1
) -> None:
    """Check that the server can give what some runs ask for.

    Parameters
    ----------
    configs : all of one work
    own : the user's own samples, if the configs use them
    n_repetitions : how often each run is made

    Raises
    ------
    ValueError : if a run is impossible, takes too much memory, or all take too long
    """
    plans = [plan(config, own) for config in configs]
    for each in plans:
        _check_memory(each)
    runs = zip(configs, plans, strict=True)
    cost = n_repetitions * sum(_cost(each, config.epochs) for config, each in runs)
    if cost > MAX_COST:
        raise ValueError(
            f"This would take {cost / MAX_COST:,.1f} times as long as one reader may train on "
            "this shared server. Take fewer epochs, a smaller network, or larger batches."
        )


def _cost(plan: Plan, epochs: int) -> float:
    """Return how many multiplications the forward passes of a run take, about."""
    learning = max(plan.n_training * plan.n_parameters, plan.steps_per_epoch * STEP_COST)
    n_pixels = plan.n_training * plan.sizes[0] if plan.is_augmented else 0
    return epochs * (learning + n_pixels * PIXEL_COST)


def _check_memory(plan: Plan) -> None:
    if plan.n_bytes > MAX_RUN_BYTES:
        raise ValueError(
            f"A step with a batch of {plan.batch_size:,} samples would take "
            f"{plan.n_bytes / 1e6:,.0f} MB of memory; the most on this shared server is "
            f"{MAX_RUN_BYTES / 1e6:,.0f} MB. Take a smaller batch, or smaller hidden layers."
        )
