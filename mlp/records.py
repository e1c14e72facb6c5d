"""What training reports: a record of each step, of each epoch, and of how it ended."""

from typing import NamedTuple


class Score(NamedTuple):
    """How well a network does on some samples.

    loss : the objective, penalties included
    accuracy : share of samples with the right label, 0 to 1
    """

    loss: float
    accuracy: float


class BatchRecord(NamedTuple):
    """One step of the optimizer: the loss of the batch, before the step."""

    epoch: int
    step: int
    loss: float


class EpochRecord(NamedTuple):
    """One pass over the training samples. Epoch 0 is the network before any training.

    training : running mean over the epoch's batches, while the network was changing
    validation : measured at the end of the epoch, or None without validation samples
    learning_rate : of the steps of this epoch; in epoch 0, of those to come
    """

    epoch: int
    step: int
    training: Score
    validation: Score | None
    learning_rate: float


class Diverged(NamedTuple):
    """The end of a training whose loss or parameters became too large or NaN."""

    epoch: int
    step: int
    learning_rate: float

    @property
    def gentler_rate(self) -> float:
        """A lower learning rate to try instead."""
        return float(f"{min(self.learning_rate / 10, 0.1):.3g}")

    def __str__(self) -> str:
        return (
            f"Diverged at step {self.step} in epoch {self.epoch}, with learning rate "
            f"{self.learning_rate:g}: the steps are so long that each one makes the network "
            f"worse. Try a learning rate of {self.gentler_rate:g} or less."
        )


class EarlyStopped(NamedTuple):
    """The end of a training whose validation loss no longer fell.

    epoch, step : the last ones made
    best_epoch : the epoch whose parameters the network has now
    """

    epoch: int
    step: int
    best_epoch: int


Record = BatchRecord | EpochRecord | Diverged | EarlyStopped
