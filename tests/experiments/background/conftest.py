"""Tasks are looked after more often than on a server, so that the tests wait less."""

import pytest

from experiments.background import background_task, slice_scheduler

CHECK_SECONDS = 0.1  # between two checks whether the pages are still there


@pytest.fixture(autouse=True)
def look_after_tasks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slice_scheduler, "SLICE_SECONDS", 0.08)
    for module in (slice_scheduler, background_task):
        monkeypatch.setattr(module, "CHECK_SECONDS", CHECK_SECONDS)
