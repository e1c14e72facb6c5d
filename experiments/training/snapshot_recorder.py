"""What is kept of a run while it learns, for pages that look back."""

from typing import NamedTuple

from experiments.training.layer_diagnostics import StepDiagnostics, measure_step
from mlp.arrays import Array
from mlp.records import BatchRecord, EpochRecord, Record
from mlp.training import TrainingLoop


class EpochSnapshot(NamedTuple):
    """The network after an epoch, and how the epoch's last step changed it.

    parameters : (n_parameters,)
    diagnostics : None for epoch 0, which has no steps
    """

    step: int
    parameters: Array
    diagnostics: StepDiagnostics | None


class SnapshotRecorder:
    """Takes a snapshot of the network after each epoch, and measures the epoch's last step.

    Parameters
    ----------
    loop : trains the network
    """

    def __init__(self, loop: TrainingLoop) -> None:
        self.loop, self._before = loop, loop.network.parameters  # before an epoch's last step
        self._keep_if_last_is_next()

    def take(self, record: Record) -> EpochSnapshot | None:
        """Return the snapshot of an epoch that has just ended; None after other records."""
        snapshot = self._snapshot(record) if isinstance(record, EpochRecord) else None
        if isinstance(record, BatchRecord | EpochRecord):
            self._keep_if_last_is_next()
        return snapshot

    def _snapshot(self, record: EpochRecord) -> EpochSnapshot:
        network, diagnostics = self.loop.network, None
        if record.epoch:
            diagnostics = measure_step(
                record.epoch, record.step, network, self.loop.last_gradient, self._before
            )
        return EpochSnapshot(record.step, network.parameters.copy(), diagnostics)

    def _keep_if_last_is_next(self) -> None:
        """Copy the parameters if the next step is the last of an epoch."""
        loop = self.loop
        n_left = len(loop.training.X) - loop.state.n_seen
        if 0 < n_left <= loop.state.batch_size:
            self._before = loop.network.parameters.copy()
