"""How the learning rate changes from epoch to epoch: long strides first, then care.

A schedule says by which factor the learning rate is multiplied in an epoch. It may
begin with a warm-up, and then falls, or does not, in one of a few shapes.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from mlp.network import look_up


@dataclass(frozen=True)
class Shape:
    """The way down.

    Attributes
    ----------
    name : how it is called on the screen, in a link and in a config
    formula : the factor in LaTeX, after t of T epochs, with decay d every k epochs
    factor : (t, T, d, k) -> factor, from 1 down
    decays : whether d and k play a part in it
    """

    name: str
    formula: str
    factor: Callable[[int, int, float, int], float]
    decays: bool = False


CONSTANT = Shape("constant", r"1", lambda t, total, decay, every: 1.0)

STEP = Shape(
    "step",
    r"d^{\lfloor t / k \rfloor}",
    lambda t, total, decay, every: decay ** (t // every),
    decays=True,
)
"""A sudden cut every k epochs."""

EXPONENTIAL = Shape(
    "exponential",
    r"d^{\,t / k}",
    lambda t, total, decay, every: decay ** (t / every),
    decays=True,
)
"""The same fall as with steps, spread evenly over the epochs."""

COSINE = Shape(
    "cosine",
    r"\tfrac{1}{2}\left(1 + \cos \frac{\pi t}{T}\right)",
    lambda t, total, decay, every: (1 + math.cos(math.pi * t / total)) / 2,
)
"""Slow, fast, slow, down to nearly 0 in the last epoch.

Source: Loshchilov and Hutter, SGDR, arXiv 1608.03983 (2016), equation 5.
"""

SHAPES: dict[str, Shape] = {shape.name: shape for shape in (CONSTANT, STEP, EXPONENTIAL, COSINE)}


@dataclass(frozen=True)
class Schedule:
    """A warm-up in equal steps, and then a shape over the epochs that are left.

    Parameters
    ----------
    shape : name of the way down
    decay : d, what the rate is multiplied by every k epochs, with step and exponential
    decay_every : k, in epochs
    warmup_epochs : so many epochs it takes to climb to the full rate

    Raises
    ------
    ValueError : for an unknown shape, or a number out of range
    """

    shape: str = CONSTANT.name
    decay: float = 0.5
    decay_every: int = 10
    warmup_epochs: int = 0

    def __post_init__(self) -> None:
        look_up("schedule", self.shape, SHAPES)
        if not (0 < self.decay <= 1 and self.decay_every >= 1 and self.warmup_epochs >= 0):
            raise ValueError(
                "A schedule needs a decay above 0 and up to 1, at least 1 epoch between decays "
                f"and no less than 0 epochs of warm-up, not {self.decay}, {self.decay_every} "
                f"and {self.warmup_epochs}."
            )

    def factor(self, epoch: int, epochs: int) -> float:
        """Return what the learning rate is multiplied by in an epoch, counted from 1."""
        if epoch <= self.warmup_epochs:
            return epoch / (self.warmup_epochs + 1)
        done, total = epoch - 1 - self.warmup_epochs, epochs - self.warmup_epochs
        return SHAPES[self.shape].factor(done, total, self.decay, self.decay_every)
