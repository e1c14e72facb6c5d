"""What was changed in a run during training."""

from typing import Literal, NamedTuple


class Change(NamedTuple):
    """A setting that got another value during training, between two records.

    step : after the last record of this step, and before the next one
    setting : the learning rate, or how many epochs there are in all
    value : what it was set to
    """

    step: int
    setting: Literal["learning_rate", "epochs"]
    value: float
