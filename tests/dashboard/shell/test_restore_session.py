"""A page that is reloaded gets its session back; another tab never gets it."""

import time

from dashboard.session import Tab
from dashboard.shell.restore_session import SessionKeeper
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
    keeper = SessionKeeper(kept_seconds=0.01)
    keeper.keep("last", Tab(), lambda: False)
    wait_until(lambda: len(keeper) == 0)  # though no other page comes


def test_only_the_sessions_of_pages_that_have_gone_are_dropped() -> None:
    keeper = SessionKeeper(kept_seconds=-1.0)
    keeper.keep("gone", Tab(), lambda: False)
    keeper.keep("here", Tab(), lambda: True)
    wait_until(lambda: len(keeper) == 1)
    assert "gone" not in keeper
    assert keeper.take("gone") is None
