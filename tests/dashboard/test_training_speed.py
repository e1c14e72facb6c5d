import pytest

from dashboard import training_speed


def test_a_short_run_is_stretched_and_a_long_one_is_not() -> None:
    assert training_speed.seconds_per_epoch("auto", 30) * 30 == pytest.approx(8)
    assert training_speed.seconds_per_epoch("auto", 10_000) < 0.001
    assert training_speed.seconds_per_epoch("full", 30) == 0
    assert training_speed.seconds_per_epoch("5", 30) == 0.2
    assert all(training_speed.seconds_per_epoch(pace, 10) >= 0 for pace in training_speed.PACES)


@pytest.mark.parametrize(("jobs", "factor"), [(0, 1), (5, 1), (6, 2), (50, 10)])
def test_pages_poll_less_often_when_many_train(monkeypatch, jobs: int, factor: int) -> None:
    monkeypatch.setattr(training_speed, "count_active_jobs", lambda: jobs)
    assert training_speed.poll_seconds() == training_speed.POLL_SECONDS * factor
