"""The grid of a sweep: one config for each combination of settings and seed."""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from data.augmentation import DISTORTIONS
from data.datasets import Dataset
from experiments.config import DATA_SETTINGS, RunConfig, parse_field
from experiments.training.plan import plan

MAX_RUNS = 100_000
SIZES = {"hidden_layers", "full_batch", "batch_size"}
PLAN_SETTINGS = DATA_SETTINGS - {"seed"} | SIZES | set(DISTORTIONS)
"""All that a plan depends on, but the seed."""


def parse_vary(texts: Iterable[str]) -> dict[str, list[Any]]:
    """Parse texts such as 'learning_rate=0.01/0.1' into settings and their values.

    Slashes separate the values, as a list of hidden layers contains commas.

    Raises
    ------
    ValueError : for an unknown setting, or for a value that it cannot have
    """
    grid: dict[str, list[Any]] = {}
    for text in texts:
        name, equals, values = text.partition("=")
        field = name.strip().replace("-", "_")
        if field not in RunConfig.model_fields or not equals:
            raise ValueError(
                f"'{text[:60]}' does not say what to vary. Write a setting and its values, "
                "such as learning_rate=0.01/0.1 or hidden_layers=none/32/64,32."
            )
        if field == "seed":
            raise ValueError("Seeds are not varied: give them with --seeds, such as 0-4.")
        chosen = grid.setdefault(field, [])
        chosen += [parse_field(field, value.strip()) for value in values.split("/")]
    return grid


def parse_seeds(text: str) -> list[int]:
    """Parse a range such as '0-4' or a list such as '1,5,7' into seeds, each once.

    Raises
    ------
    ValueError : if the text is neither, or if a range is too long
    """
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        try:
            low, high = int(first), int(last) if dash else int(first)
        except ValueError:
            low, high = 0, -1
        if not 0 <= low <= high or high - low >= MAX_RUNS:
            raise ValueError(
                f"'{text[:40]}' does not name seeds. Write a range such as 0-9, or a list such "
                "as 1,5,7."
            )
        seeds += range(low, high + 1)
    return list(dict.fromkeys(seeds))


def grid_configs(
    base: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], seeds: Sequence[int]
) -> list[RunConfig]:
    """Return a config for each combination of values and each seed.

    Raises
    ------
    ValueError : for more than MAX_RUNS runs
    pydantic.ValidationError : for an invalid combination of settings
    """
    axes = {**grid, "seed": seeds}
    n_runs = math.prod(map(len, axes.values()))
    if n_runs > MAX_RUNS:
        raise ValueError(
            f"This grid has {n_runs:,} runs; the most is {MAX_RUNS:,}. Vary fewer values."
        )
    combinations = itertools.product(*axes.values())
    configs = [
        RunConfig(**{**base, **dict(zip(axes, values, strict=True))}) for values in combinations
    ]
    return list(dict.fromkeys(configs))


def plan_each(configs: Iterable[RunConfig], own: Dataset | None = None) -> None:
    """Plan one run of each size, so that errors are reported before the first run starts.

    Raises
    ------
    ValueError, DownloadError : as in `plan`
    """
    sizes = {tuple(config.model_dump(include=PLAN_SETTINGS).values()): config for config in configs}
    for config in sizes.values():
        plan(config, own)
