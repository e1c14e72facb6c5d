"""A page that is loaded anew gets its runs back; another tab never gets them."""

import time

from dashboard.session import Tab
from dashboard.shell.restore_session import SessionKeeper


def test_a_page_that_has_gone_leaves_its_runs_to_the_one_that_comes() -> None:
    room, tab, is_there = SessionKeeper(), Tab(), [True]
    room.hold("ticket", tab, lambda: is_there[0])
    is_there[0] = False
    assert room.take("ticket") is tab
    assert room.take("ticket") is None


def test_a_second_tab_with_a_copied_ticket_gets_nothing() -> None:
    room = SessionKeeper()
    room.hold("ticket", Tab(), lambda: True)
    assert room.take("ticket") is None
    assert len(room) == 1


def test_an_unknown_ticket_opens_nothing() -> None:
    room = SessionKeeper()
    room.hold("ticket", Tab(), lambda: False)
    assert room.take("another") is None


def test_a_page_that_was_quiet_for_long_still_finds_its_runs() -> None:
    room, tab, is_there = SessionKeeper(kept_seconds=0.05), Tab(), [True]
    room.hold("quiet", tab, lambda: is_there[0])
    time.sleep(0.1)  # longer than it is kept, but it was there all the time
    is_there[0] = False
    room.hold("new", Tab(), lambda: True)
    assert room.knows("quiet")
    assert room.take("quiet") is tab


def test_what_nobody_comes_back_for_is_let_go_of() -> None:
    room = SessionKeeper(kept_seconds=-1.0)
    room.hold("gone", Tab(), lambda: False)
    room.hold("here", Tab(), lambda: True)
    assert len(room) == 1
    assert not room.knows("gone")
    assert room.take("gone") is None
