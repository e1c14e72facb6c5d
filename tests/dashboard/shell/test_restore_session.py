"""A page that is reloaded gets its session back; another tab never gets it."""

import time

import pytest

from dashboard import session
from dashboard.session import Tab
from dashboard.shell import restore_session
from dashboard.shell.restore_session import MAX_TOKEN, SessionKeeper
from tests.waiting import wait_until


def test_the_session_of_a_page_that_has_gone_is_restored_once() -> None:
    keeper, tab, is_present = SessionKeeper(), Tab(), [True]
    keeper.keep("token", tab, lambda: is_present[0])
    is_present[0] = False
    assert keeper.take("token") is tab
    assert keeper.take("token") is None


def test_a_second_tab_with_a_copied_token_gets_nothing() -> None:
    keeper = SessionKeeper()
    keeper.keep("token", Tab(), lambda: True)
    assert keeper.take("token") is None
    assert len(keeper) == 1


def test_an_unknown_token_restores_nothing() -> None:
    keeper = SessionKeeper()
    keeper.keep("token", Tab(), lambda: False)
    assert keeper.take("another") is None


def test_a_page_without_reruns_for_long_is_still_restored(monkeypatch) -> None:
    keeper, tab, is_present = SessionKeeper(kept_seconds=60.0), Tab(), [True]
    keeper.keep("quiet", tab, lambda: is_present[0])
    now = time.monotonic()
    monkeypatch.setattr("dashboard.shell.restore_session.time.monotonic", lambda: now + 1000)
    keeper.forget_gone()  # longer than it is kept, but it was there all the time
    is_present[0] = False
    keeper.forget_gone()
    assert "quiet" in keeper
    assert keeper.take("quiet") is tab


def test_a_session_that_nobody_comes_back_for_is_dropped_by_itself() -> None:
    keeper = SessionKeeper(kept_seconds=0.01, check_seconds=0.01)
    keeper.keep("last", Tab(), lambda: False)
    wait_until(lambda: len(keeper) == 0)  # though no other page comes


def test_only_the_sessions_of_pages_that_have_gone_are_dropped() -> None:
    keeper = SessionKeeper(kept_seconds=-1.0)
    keeper.keep("gone", Tab(), lambda: False)
    keeper.keep("here", Tab(), lambda: True)
    keeper.forget_gone()
    assert "gone" not in keeper
    assert "here" in keeper
    assert keeper.take("gone") is None


def messages_that_count(monkeypatch, *sent: object) -> list[tuple[str, bool]]:
    """Return the token, and whether there were runs, of those messages that are acted on."""
    asked = []
    monkeypatch.setattr(
        restore_session,
        "restore_session",
        lambda keeper, token, *, had_runs: asked.append((token, had_runs)),
    )
    for message in sent:
        monkeypatch.setattr(session, "sent", lambda key, event, message=message: message)
        restore_session._take_token()
    return asked


@pytest.mark.parametrize(
    "sent",
    [
        {"token": "x" * (MAX_TOKEN + 1), "runs": 1},
        {"token": ["x"], "runs": 1},
        {"token": {"x": 1}, "runs": 1},
        {"token": None, "runs": 1},
        {"token": "x", "runs": "1"},
        {"token": "x", "runs": None},
        {"token": "x", "runs": [1]},
        {"token": "x"},
        {"runs": 1},
        ["x", 1],
        "x",
        None,
    ],
    ids=lambda sent: str(sent)[:40],
)
def test_a_message_of_another_form_is_ignored(monkeypatch, sent: object) -> None:
    assert messages_that_count(monkeypatch, sent) == []


def test_any_number_of_runs_is_some_or_none(monkeypatch) -> None:
    numbers = (0, 3, -1, 10**30, 0.5, float("inf"), float("nan"))
    sent = [{"token": "x", "runs": number} for number in numbers]
    found = [had_runs for _, had_runs in messages_that_count(monkeypatch, *sent)]
    assert found == [False, True, False, True, True, True, False]
