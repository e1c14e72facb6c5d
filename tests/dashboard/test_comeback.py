"""A page that is loaded anew gets its runs back; another tab never gets them."""

from dashboard.comeback import Cloakroom
from dashboard.session import Tab


def test_a_page_that_has_gone_leaves_its_runs_to_the_one_that_comes() -> None:
    room, tab, is_there = Cloakroom(), Tab(), [True]
    room.hold("ticket", tab, lambda: is_there[0])
    is_there[0] = False
    assert room.hand_over("ticket") is tab
    assert room.hand_over("ticket") is None


def test_a_second_tab_with_a_copied_ticket_gets_nothing() -> None:
    room = Cloakroom()
    room.hold("ticket", Tab(), lambda: True)
    assert room.hand_over("ticket") is None
    assert len(room) == 1


def test_an_unknown_ticket_opens_nothing() -> None:
    room = Cloakroom()
    room.hold("ticket", Tab(), lambda: False)
    assert room.hand_over("another") is None


def test_what_nobody_comes_back_for_is_let_go_of() -> None:
    room = Cloakroom(kept_seconds=0.0)
    room.hold("gone", Tab(), lambda: False)
    room.hold("here", Tab(), lambda: True)
    assert len(room) == 1
    assert room.hand_over("gone") is None
