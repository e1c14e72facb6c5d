"""The lines of a function that do one thing: the real ones, found by what stands in them."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple


class SourceMark(NamedTuple):
    """A function, and a text from each of the lines that are meant; none for all of them."""

    function: Callable[..., Any]
    texts: tuple[str, ...] = ()


class MarkedSource(NamedTuple):
    """The source of a function, with some of its lines marked.

    file : where it stands
    name : of the function, with that of its class
    lines : all of them, without the common indentation
    marked : which of them, counted from 0
    """

    file: str
    name: str
    lines: tuple[str, ...]
    marked: tuple[int, ...]


@cache
def marked_source(mark: SourceMark) -> MarkedSource:
    """Return the source of a function with the lines that are meant.

    Raises
    ------
    LookupError : if a text stands in none of its lines, or in several
    """
    function, texts = mark
    lines = tuple(inspect.cleandoc("\n" + inspect.getsource(function)).splitlines())
    name = function.__qualname__
    marked = tuple(_line_with(text, lines, name) for text in texts) or tuple(range(len(lines)))
    return MarkedSource(f"{function.__module__.replace('.', '/')}.py", name, lines, marked)


def _line_with(text: str, lines: tuple[str, ...], name: str) -> int:
    found = [i for i, line in enumerate(lines) if text in line]
    if len(found) != 1:
        raise LookupError(
            f"The text {text!r} stands in {len(found)} lines of {name}; it must stand in one. "
            "Take another text from the line that is meant."
        )
    return found[0]
