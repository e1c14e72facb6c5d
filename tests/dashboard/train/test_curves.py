from types import SimpleNamespace

import pytest

from dashboard.train.curves import epochs_in_view
from experiments.background.background_task import Status
from experiments.config import RunConfig
from experiments.training.run import Run


@pytest.mark.parametrize(
    ("step", "status", "epochs"),
    [(0, Status.PAUSED, 4), (1, Status.PAUSED, 1), (1, Status.RUNNING, 4), (34, Status.PAUSED, 4)],
)
def test_the_axis_is_as_long_as_the_run_except_for_single_batches(step, status, epochs) -> None:
    run = Run(RunConfig(epochs=4))
    run.step = step
    assert epochs_in_view(SimpleNamespace(run=run, status=status)) == epochs
