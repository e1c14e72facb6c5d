"""What is kept of a run while it learns, for pages that look back."""

from experiments.training.layer_diagnostics import StepDiagnostics, measure_step
from experiments.training.snapshots import Snapshots
from mlp.arrays import Array
from mlp.network import Network
from mlp.records import BatchRecord, EpochRecord, Record

SNAPSHOT_BYTES = 24_000_000  # of one run: 600 epochs of 784-32-10


class SnapshotRecorder:
    """Keeps a snapshot of the network after each epoch, and measures the epoch's last step.

    Parameters
    ----------
    network : the one that learns
    steps_per_epoch : of its training
    """

    def __init__(self, network: Network, steps_per_epoch: int) -> None:
        self.network, self.steps_per_epoch = network, steps_per_epoch
        self.snapshots, self.step_diagnostics = Snapshots(SNAPSHOT_BYTES), list[StepDiagnostics]()
        self._before = network.parameters  # before the last step of an epoch

    def take(self, record: Record, gradient: Array) -> None:
        """Keep what there is to keep after a record.

        Parameters
        ----------
        gradient : (n_parameters,), that of the last step
        """
        parameters = self.network.parameters
        if isinstance(record, EpochRecord):
            self.snapshots.keep(record.step, parameters)
            if record.epoch:
                self.step_diagnostics.append(
                    measure_step(record.epoch, record.step, self.network, gradient, self._before)
                )
        if self._is_before_last_step(record):
            self._before = parameters.copy()

    def release_memory(self) -> None:
        """Release what is only needed while training goes on."""
        self._before = self.network.parameters

    def _is_before_last_step(self, record: Record) -> bool:
        """Say whether the next step is the last of an epoch, and no record comes before it."""
        epoch_is_pending = isinstance(record, BatchRecord) and self._is_last(record.step)
        return not epoch_is_pending and self._is_last(record.step + 1)

    def _is_last(self, step: int) -> bool:
        return step % self.steps_per_epoch == 0
