"""Networks of several depths and widths, all else being equal."""

from experiments.config import RunConfig

DEPTHS = (0, 1, 2, 4)
WIDTHS = (16, 32, 64)


def architecture_grid(base: RunConfig) -> tuple[RunConfig, ...]:
    """Return networks of all depths and widths; without a hidden layer there is no width."""
    layers = dict.fromkeys((width,) * depth for depth in DEPTHS for width in WIDTHS)
    return tuple(base.model_copy(update={"hidden_layers": each}) for each in layers)
