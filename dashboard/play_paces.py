"""How fast a training is played in the playground."""

from collections.abc import Callable
from typing import NamedTuple

from experiments.background.played_training import Pace
from experiments.training.plan import Plan


class NamedPace(NamedTuple):
    """A pace that the reader can choose.

    label : how it is called on the screen
    of : returns it for a run of a size
    """

    label: str
    of: Callable[[Plan], Pace]


PLAY_PACES: dict[str, NamedPace] = {
    "slow": NamedPace("1 batch a picture, slowly", lambda _: Pace(1, 4)),
    "batch": NamedPace("1 batch a picture", lambda _: Pace(1, 30)),
    "epoch": NamedPace("1 epoch a picture", lambda plan: Pace(plan.steps_per_epoch, 30)),
    "fast": NamedPace("10 epochs a picture", lambda plan: Pace(10 * plan.steps_per_epoch, 30)),
}
