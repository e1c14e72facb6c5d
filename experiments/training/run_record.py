"""What was changed in a run during training, and how it came to its end."""

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


class RunRecord(NamedTuple):
    """How a run came to its end, beside its history.

    step : the last one
    first_epochs : how many epochs it set out for
    best_epoch, has_stopped_early, changes, n_results : as in `Run`
    """

    step: int
    first_epochs: int
    best_epoch: int | None
    has_stopped_early: bool
    changes: tuple[Change, ...]
    n_results: int
