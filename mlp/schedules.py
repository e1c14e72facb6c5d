"""How the learning rate changes from epoch to epoch: long steps first, short ones later.

A schedule says by which factor the learning rate is multiplied in an epoch. It may
begin with a warm-up; after it, the rate stays constant or decays, in one of a few ways.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from mlp.network import look_up


@dataclass(frozen=True)
class ScheduleKind:
    """How the learning rate falls after the warm-up, if it does.

    Attributes
    ----------
    name : what it is called on the screen, in a link and in a config
    formula : the factor in LaTeX, after t of T epochs, with decay d every k epochs
    factor : (t, T, d, k) -> factor, at most 1
    decays : whether it depends on d and k
    """

    name: str
    formula: str
    factor: Callable[[int, int, float, int], float]
    decays: bool = False


CONSTANT = ScheduleKind("constant", r"1", lambda t, total, decay, every: 1.0)

STEP = ScheduleKind(
    "step",
    r"d^{\lfloor t / k \rfloor}",
    lambda t, total, decay, every: decay ** (t // every),
    decays=True,
)
"""A sudden cut every k epochs."""

EXPONENTIAL = ScheduleKind(
    "exponential",
    r"d^{\,t / k}",
    lambda t, total, decay, every: decay ** (t / every),
    decays=True,
)
"""The same fall as with steps, spread evenly over the epochs."""

COSINE = ScheduleKind(
    "cosine",
    r"\tfrac{1}{2}\left(1 + \cos \frac{\pi t}{T}\right)",
    lambda t, total, decay, every: (1 + math.cos(math.pi * t / total)) / 2,
)
"""Slow, fast, slow, down to nearly 0 in the last epoch.

Source: Loshchilov and Hutter, SGDR, arXiv 1608.03983 (2016), equation 5.
"""

SCHEDULES: dict[str, ScheduleKind] = {
    kind.name: kind for kind in (CONSTANT, STEP, EXPONENTIAL, COSINE)
}


@dataclass(frozen=True)
class Schedule:
    """A warm-up in equal steps, and then one kind of decay over the epochs that are left.

    Parameters
    ----------
    kind : a name in `SCHEDULES`
    decay : d, what the rate is multiplied by every k epochs, with step and exponential
    decay_every : k, in epochs
    warmup_epochs : epochs before the full rate is reached

    Raises
    ------
    ValueError : for an unknown kind, or a number out of range
    """

    kind: str = CONSTANT.name
    decay: float = 0.5
    decay_every: int = 10
    warmup_epochs: int = 0

    def __post_init__(self) -> None:
        look_up("schedule", self.kind, SCHEDULES)
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
        return SCHEDULES[self.kind].factor(done, total, self.decay, self.decay_every)
