"""What the browser tells while the reader plays: nobody has checked it."""

from collections.abc import Callable
from typing import TypeAlias, cast

from dashboard import session
from dashboard.play_paces import PLAY_PACES
from dashboard.playground import trainings
from experiments.training.edits import Edit

Command: TypeAlias = dict[str, object]
"""What the reader wants: its number `n`, what to `do`, and what that needs."""

MOST_COMMANDS = 50  # of one message
MOST_PLACES = 1000  # of one edit


def take_message(message: object) -> None:
    """Do what the reader wants, in command, and note which frames the browser has."""
    playground = session.tab().playground
    match message:
        case {"page": str(page), "commands": list(commands), "seen": dict(seen)} if (
            page == playground.page
        ):
            for command in commands[:MOST_COMMANDS]:
                _take_command(command)
            runs = {training.run.id for training in playground.trainings.values()}
            playground.seen = {run: n for run, n in seen.items() if run in runs and type(n) is int}


def _take_command(command: object) -> None:
    """Do one thing that the reader wants, unless it is done already."""
    playground = session.tab().playground
    match command:
        case {"n": int(n), "do": str(do)} if type(n) is int and n > playground.command:
            playground.command, playground.problem = n, ""
            if do not in COMMANDS:
                return
            try:
                COMMANDS[do](cast(Command, command))
            except ValueError as error:
                playground.problem = str(error)


def _go(command: Command) -> None:
    trainings.go(trainings.GOALS[str(command["do"])])


def _set_pace(command: Command) -> None:
    if (name := str(command.get("pace"))) in PLAY_PACES:
        trainings.set_pace(name)


def _edit(command: Command) -> None:
    if change := parse_edit(command):
        trainings.edit(str(command.get("run")), change)


def parse_edit(command: Command) -> Edit | None:
    """Return what the reader did by hand; None if that cannot be."""
    values, frozen = command.get("values"), command.get("frozen")
    if not (isinstance(values, dict) and isinstance(frozen, list)):
        return None
    if len(values) > MOST_PLACES or len(frozen) > MOST_PLACES:
        return None
    are_places = all(str(place).isdecimal() and len(str(place)) < 6 for place in values)
    are_numbers = all(type(value) in (int, float) for value in values.values())
    if not (are_places and are_numbers and all(type(place) is int for place in frozen)):
        return None
    try:
        numbers = {int(place): float(value) for place, value in values.items()}
    except OverflowError:
        return None
    return Edit(numbers, frozenset(frozen))


COMMANDS: dict[str, Callable[[Command], None]] = {
    **dict.fromkeys(trainings.GOALS, _go),
    "pause": lambda _: session.tab().playground.pause(),
    "reset": lambda _: trainings.reset(),
    "pace": _set_pace,
    "edit": _edit,
}
