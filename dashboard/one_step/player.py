"""The moves of a step as a film: buttons, keys, a row of symbols to click, and play."""

import time
from collections.abc import Callable, Sequence

import streamlit as st

from dashboard import session
from experiments.inspection.step_moves import Move

SECONDS = 3.0  # for which a move is shown while the film plays

ROW_STYLE = """<style>
.st-key-_step_move [data-testid=stButtonGroup] button { flex: none; padding-inline: 0.55rem }
</style>"""


def play_seconds() -> float | None:
    """Return after how many seconds the next move comes by itself; None if the film is still."""
    return SECONDS if session.tab().slow_motion.is_playing else None


def advance(moves: Sequence[Move]) -> None:
    """Go on to the next move if the film plays and this one was shown long enough."""
    motion = session.tab().slow_motion
    if motion.is_playing and time.monotonic() - motion.shown_at >= 0.9 * SECONDS:
        go_to(moves, _position(moves) + 1)
    if _position(moves) == len(moves) - 1:
        motion.is_playing = False


def shown_move(moves: Sequence[Move]) -> Move:
    """Return the move that is shown: the first one, unless the reader has gone on."""
    return moves[_position(moves)]


def go_to(moves: Sequence[Move], position: int) -> None:
    """Show the move at a position, or the one next to it that there is."""
    motion = session.tab().slow_motion
    motion.move = moves[min(max(position, 0), len(moves) - 1)].name
    motion.shown_at = time.monotonic()


def _position(moves: Sequence[Move]) -> int:
    names = [move.name for move in moves]
    name = session.tab().slow_motion.move
    return names.index(name) if name in names else 0


def draw_player(moves: Sequence[Move]) -> None:
    """Draw the buttons and the row of moves."""
    position, last = _position(moves), len(moves) - 1
    motion = session.tab().slow_motion
    st.html(ROW_STYLE)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        is_first, is_last = position == 0, position == last
        _button("First", "first_page", "Home", "the first move", moves, 0, is_off=is_first)
        _button(
            "Back", "arrow_back", "Left", "the move before", moves, position - 1, is_off=is_first
        )
        _play_button(moves, is_playing=motion.is_playing, is_last=is_last)
        _button(
            "Next", "arrow_forward", "Right", "the next move", moves, position + 1, is_off=is_last
        )
        _button("Last", "last_page", "End", "the last move", moves, last, is_off=is_last)
        st.markdown(
            f"**{moves[position].phase}**, move {position + 1} of {last + 1}", width="content"
        )
    _draw_row(moves)


def _button(
    label: str, icon: str, key: str, where: str, moves: Sequence[Move], to: int, *, is_off: bool
) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        key=session.key_of(session.STEP_BUTTON, label),
        shortcut=key,
        help=f"Go to {where} of the step.",
        on_click=_stop_and(lambda: go_to(moves, to)),
        disabled=is_off,
    )


def _play_button(moves: Sequence[Move], *, is_playing: bool, is_last: bool) -> None:
    st.button(
        "Pause" if is_playing else "Play",
        icon=":material/pause:" if is_playing else ":material/play_arrow:",
        key=session.key_of(session.STEP_BUTTON, "play"),
        type="primary",
        help=f"Show one move after another, each for {SECONDS:g} seconds.",
        on_click=_stop_and(lambda: None) if is_playing else lambda: _play(moves, is_last),
    )


def _play(moves: Sequence[Move], is_last: bool) -> None:
    """Play on from this move; at the end, from the beginning."""
    go_to(moves, 0 if is_last else _position(moves))
    session.tab().slow_motion.is_playing = True


def _stop_and(then: Callable[[], None]) -> Callable[[], None]:
    def stop() -> None:
        session.tab().slow_motion.is_playing = False
        then()

    return stop


def _draw_row(moves: Sequence[Move]) -> None:
    names = [move.name for move in moves]
    session.set_value(session.STEP_MOVE, names[_position(moves)])
    st.pills(
        "Move",
        names,
        key=session.STEP_MOVE,
        required=True,
        format_func={move.name: move.symbol for move in moves}.__getitem__,
        label_visibility="collapsed",
        help="What each move of the step finds, from left to right.",
        on_change=_stop_and(lambda: go_to(moves, names.index(session.value(session.STEP_MOVE)))),
    )
