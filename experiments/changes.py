"""What was changed in a run while it was on its way."""

from typing import Literal, NamedTuple


class Change(NamedTuple):
    """A setting that got another value between two records of a training.

    step : after the last record of this step, and before the next one
    setting : the learning rate, or how many epochs there are in all
    value : what it was set to
    """

    step: int
    setting: Literal["learning_rate", "epochs"]
    value: float
