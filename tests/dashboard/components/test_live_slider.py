import pytest

from dashboard.components.live_slider import parse_position


def test_a_position_within_the_limits_is_taken() -> None:
    for position in (-5, 0, 9):
        assert parse_position({"slider": "blur", "position": position}, "blur", (-5, 9)) == position


@pytest.mark.parametrize(
    "message",
    [
        {"slider": "blur", "position": 10},
        {"slider": "blur", "position": -6},
        {"slider": "blur", "position": 10**30},
        {"slider": "blur", "position": 1.0},
        {"slider": "blur", "position": True},
        {"slider": "blur", "position": "1"},
        {"slider": "blur", "position": None},
        {"slider": "shift", "position": 1},
        {"slider": ["blur"], "position": 1},
        {"position": 1},
        ["blur", 1],
        None,
        5,
    ],
    ids=str,
)
def test_any_other_message_is_none(message: object) -> None:
    assert parse_position(message, "blur", (-5, 9)) is None
