from types import SimpleNamespace

import pytest

from dashboard import training_speed


def test_a_short_run_is_stretched_and_a_long_one_is_not() -> None:
    assert training_speed.seconds_per_epoch("auto", 30) * 30 == pytest.approx(8)
    assert training_speed.seconds_per_epoch("auto", 10_000) < 0.001
    assert training_speed.seconds_per_epoch("full", 30) == 0
    assert training_speed.seconds_per_epoch("5", 30) == 0.2
    assert all(training_speed.seconds_per_epoch(pace, 10) >= 0 for pace in training_speed.PACES)


@pytest.mark.parametrize(
    ("jobs", "seconds"), [(0, 0.3), (33, 0.3), (34, 0.39), (50, 0.39), (100, 0.78)]
)
def test_pages_poll_less_often_when_many_train(monkeypatch, jobs: int, seconds: float) -> None:
    monkeypatch.setattr(training_speed, "count_active_jobs", lambda: jobs)
    assert training_speed.poll_seconds() == pytest.approx(seconds)


def test_one_more_job_or_one_less_changes_no_interval(monkeypatch) -> None:
    monkeypatch.setattr(training_speed, "count_active_jobs", lambda: 45)
    seconds = training_speed.poll_seconds()
    for jobs, is_good in ((44, True), (45, True), (51, False), (33, True), (100, False)):
        monkeypatch.setattr(training_speed, "count_active_jobs", lambda jobs=jobs: jobs)
        assert training_speed.is_good_interval(seconds) is is_good
    monkeypatch.setattr(training_speed, "count_active_jobs", lambda: 1)
    assert not training_speed.is_good_interval(0.6)


@pytest.mark.parametrize(
    ("place", "is_held_back", "words"),
    [
        (0, False, ""),
        (3, False, "waiting for the processor, place 3"),
        (0, True, "begins when one of the 3 trainings before it in this tab is over"),
    ],
)
def test_what_a_task_waits_for_is_said(place: int, is_held_back: bool, words: str) -> None:
    task = SimpleNamespace(place=place, waits_for_own_works=is_held_back)
    assert training_speed.waiting_in_words(task) == words
