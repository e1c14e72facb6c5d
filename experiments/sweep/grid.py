"""A grid of settings times seeds: one config for each combination."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from data.datasets import Dataset
from experiments.config import DATA_SETTINGS, RunConfig, parse_field
from experiments.training.plan import plan

if TYPE_CHECKING:
    pass


MAX_RUNS = 100_000


PLAN_SETTINGS = DATA_SETTINGS - {"seed"} | {"hidden_layers", "full_batch", "batch_size"}


def parse_vary(texts: Iterable[str]) -> dict[str, list[Any]]:
    """Turn 'learning_rate=0.01/0.1' into a setting and the values it takes.

    The values are parted by slashes, as a list of hidden layers has commas in it.

    Raises
    ------
    ValueError : with a plain sentence, for what is not a setting or not one of its values
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
    """Turn '0-4' or '1,5,7' into seeds.

    Raises
    ------
    ValueError : with a plain sentence, for what is neither
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
    ValueError : for more runs than a table should hold
    pydantic.ValidationError : for a combination that makes no sense
    """
    axes = {**grid, "seed": seeds}
    n_runs = 1
    for values in axes.values():
        n_runs *= len(values)
    if n_runs > MAX_RUNS:
        raise ValueError(f"This grid has {n_runs:,} runs; the most is {MAX_RUNS:,}.")
    combinations = itertools.product(*axes.values())
    configs = [
        RunConfig(**{**base, **dict(zip(axes, values, strict=True))}) for values in combinations
    ]
    return list(dict.fromkeys(configs))


def plan_each(configs: Iterable[RunConfig], own: Dataset | None = None) -> None:
    """Plan a run of every size there is: what is wrong is told before the first one starts.

    Raises
    ------
    ValueError, DownloadError : for what `plan` refuses
    """
    sizes = {tuple(config.model_dump(include=PLAN_SETTINGS).values()): config for config in configs}
    for config in sizes.values():
        plan(config, own)
