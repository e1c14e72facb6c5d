"""Which networks are compared, and what they are called."""

from collections.abc import Sequence
from typing import TypeAlias

from experiments.config import RunConfig, limits_of

Layers: TypeAlias = tuple[int, ...]

USUAL_HIDDEN: Layers = (32,)  # where the settings themselves have no hidden layer
MAX_MORE = 4  # networks besides the two: as many as a chart can tell apart

NONLINEAR_SETS: dict[str, RunConfig] = {
    config.dataset: config.model_copy(update={"test_fraction": 0.4})  # 240 points: less luck
    for config in (
        RunConfig(dataset="xor", hidden_layers=(16,), learning_rate=0.02, epochs=40),
        RunConfig(dataset="circles", hidden_layers=(16,), learning_rate=0.02, epochs=40),
        RunConfig(dataset="spirals", hidden_layers=(32, 32), learning_rate=0.01, epochs=150),
    )
}
"""Points that no line separates, each with a small network that does, whatever the seed."""


def network_name(config: RunConfig) -> str:
    """Return 'SLP', or 'MLP 64-32' for hidden layers of 64 and 32 units."""
    layers = "-".join(map(str, config.hidden_layers))
    return f"MLP {layers}" if layers else "SLP"


def compared_networks(base: RunConfig, more: Sequence[Layers] = ()) -> tuple[RunConfig, ...]:
    """Return the networks to compare: none twice, and all alike but for the hidden layers.

    The first is the single layer; the second has the hidden layers of the settings.
    """
    layers = dict.fromkeys(((), base.hidden_layers or USUAL_HIDDEN, *more))
    return tuple(base.model_copy(update={"hidden_layers": each}) for each in layers)


def nonlinear_networks() -> list[RunConfig]:
    """Return the networks on points that no line separates: two for each set of points."""
    return [config for base in NONLINEAR_SETS.values() for config in compared_networks(base)]


def configs_over_seeds(networks: Sequence[RunConfig], n_seeds: int) -> list[RunConfig]:
    """Return all networks with the seed that they have, then all with the next, and so on."""
    n_all = int(limits_of("seed")[1]) + 1
    return [
        config.model_copy(update={"seed": (config.seed + i) % n_all})
        for i in range(n_seeds)
        for config in networks
    ]
