"""Stop when the validation loss no longer falls, and go back to the best epoch.

A small iterator around the records of a training: it watches the validation loss and
stops asking for the next record once that has not fallen for a while.
"""

import math
from collections.abc import Iterator

from mlp.network import Network
from mlp.records import EarlyStopped, EpochRecord, Record


class EarlyStopping:
    """Remember the parameters of the epoch with the lowest validation loss.

    Parameters
    ----------
    network : the one being trained
    patience : epochs without a lower loss after which training ends

    Attributes
    ----------
    best_epoch : the best epoch so far; 0 is the untrained network

    Raises
    ------
    ValueError : for a patience below one epoch

    Source: Prechelt, Early stopping - but when?, in Neural Networks: Tricks of the Trade
    (1998), the criterion that counts successive epochs without improvement.
    """

    def __init__(self, network: Network, patience: int) -> None:
        if patience < 1:
            raise ValueError(f"The patience must be at least 1 epoch, not {patience}.")
        self.network, self.patience = network, patience
        self.best_epoch, self._best_loss = 0, math.inf
        self._epoch = self._step = 0
        self._has_ended = False
        self._best_parameters = network.parameters.copy()

    def watch(self, records: Iterator[Record]) -> Iterator[Record]:
        """Pass the records on until patience runs out; then restore the best epoch.

        Like the state of the training, this object is plain data: watching can go on in
        another process, with the records that follow.

        Raises
        ------
        ValueError : if the records come without validation scores
        """
        while not self.is_at_end and (record := next(records, None)) is not None:
            if isinstance(record, EpochRecord):
                self._check(record)
            yield record
        self.restore()
        if self.is_at_end and not self._has_ended:
            self._has_ended = True
            yield EarlyStopped(self._epoch, self._step, self.best_epoch)

    @property
    def is_at_end(self) -> bool:
        """Whether patience has run out."""
        return self._epoch - self.best_epoch >= self.patience

    def restore(self) -> None:
        """Give the network the parameters of the best epoch."""
        self.network.parameters[...] = self._best_parameters

    def _check(self, record: EpochRecord) -> None:
        if record.validation is None:
            raise ValueError(
                "Early stopping watches the validation loss: hold samples out for validation."
            )
        self._epoch, self._step = record.epoch, record.step
        if record.validation.loss < self._best_loss:
            self.best_epoch, self._best_loss = record.epoch, record.validation.loss
            self._best_parameters[...] = self.network.parameters
