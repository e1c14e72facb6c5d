"""Take parts of the source out of their modules, together with all that they need.

A module is read as a row of pieces: functions, classes and constants, each with the
comments above it and the text below it. A piece needs the names that it mentions; those
that its module imports lead on to a piece of another module. What comes out are the real
lines, so that no copy can go stale.
"""

import ast
import inspect
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import NamedTuple, TypeAlias

OURS = ("mlp", "data", "experiments")


class Place(NamedTuple):
    """Where a name is at home."""

    module: str
    name: str


class Import(NamedTuple):
    """`import module as alias`, or `from module import name as alias`.

    name : empty for the module itself
    """

    module: str
    name: str
    alias: str

    @property
    def is_ours(self) -> bool:
        """Whether it comes from this project."""
        return self.module.split(".")[0] in OURS


@dataclass(frozen=True)
class Piece:
    """A statement at the top of a module: a function, a class or a constant.

    Attributes
    ----------
    source : its lines, as they stand
    needs : the names that are read in it; some are its own
    is_definition : whether it is a function or a class
    """

    source: str
    needs: frozenset[str]
    is_definition: bool


@dataclass(frozen=True)
class Chapter:
    """A module in pieces.

    Attributes
    ----------
    story : the docstring
    pieces : by each name that they define, in the order of the file
    imports : by the name that they are used under
    """

    story: str
    pieces: dict[str, Piece]
    imports: dict[str, Import]


Registries: TypeAlias = Mapping[Place, Collection[str]]


class Extract(NamedTuple):
    """What was taken out.

    chapters : the pieces of each module, in the order of the file
    imports : what they use from outside the project
    """

    chapters: dict[str, list[Piece]]
    imports: set[Import]


def extract(wanted: Iterable[Place], kept: Registries) -> Extract:
    """Collect the pieces in which names are defined, and all that these need.

    Parameters
    ----------
    wanted : what to begin with
    kept : the keys to keep of a registry {name: object}; its other objects stay behind,
        where nothing else needs them
    """
    found: dict[Place, Piece] = {}
    imports: set[Import] = set()
    queue = list(wanted)
    while queue:
        place = queue.pop()
        chapter = read_chapter(place.module)
        if place in found:
            continue
        if place.name in chapter.pieces:
            piece = _shortened(place, kept[place]) if place in kept else chapter.pieces[place.name]
            found[place] = piece
            queue += [Place(place.module, name) for name in piece.needs]
        elif (used := chapter.imports.get(place.name)) and used.is_ours:
            queue.append(Place(used.module, used.name))
        elif used:
            imports.add(used)
    return Extract(_in_order(found), imports)


def _in_order(found: Mapping[Place, Piece]) -> dict[str, list[Piece]]:
    """Return the pieces of each module as they follow each other there, each once."""
    modules = {place.module for place in found}
    return {
        module: list(
            dict.fromkeys(
                found[Place(module, name)]
                for name in read_chapter(module).pieces
                if Place(module, name) in found
            )
        )
        for module in modules
    }


def _shortened(place: Place, keys: Collection[str]) -> Piece:
    """Return a registry with only some of its objects, each under its name in the module."""
    values = vars(import_module(place.module))
    names = {key: name_of(place.module, values[place.name][key]) for key in keys}
    entries = ", ".join(f'"{key}": {name}' for key, name in names.items())
    return Piece(f"{place.name} = {{{entries}}}", frozenset(names.values()), is_definition=False)


def name_of(module: str, thing: object) -> str:
    """Return the name under which a module defines an object."""
    values = vars(import_module(module))
    return next(name for name in read_chapter(module).pieces if values[name] is thing)


@cache
def read_chapter(module: str) -> Chapter:
    """Cut the source of a module into pieces."""
    source = inspect.getsource(import_module(module))
    tree = ast.parse(source)
    pieces: dict[str, Piece] = {}
    for statement, following in zip(tree.body, [*tree.body[1:], None], strict=True):
        last = following if following and _is_text(following) else statement
        if names := _defined(statement):
            lines = _lines(source, statement, last)
            is_definition = isinstance(statement, (ast.FunctionDef, ast.ClassDef))
            pieces |= dict.fromkeys(names, Piece(lines, names_read(lines), is_definition))
    imports = {used.alias: used for statement in tree.body for used in _imports(statement)}
    return Chapter(ast.get_docstring(tree) or "", pieces, imports)


def _defined(statement: ast.stmt) -> list[str]:
    """Return the names that a function, a class or an assignment defines."""
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign() | ast.AnnAssign():
            return [
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            ]
    return []


def names_read(source: str) -> frozenset[str]:
    """Return the names that are read in some lines, wherever in them."""
    nodes = ast.walk(ast.parse(source))
    return frozenset(
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


def _imports(statement: ast.stmt) -> Iterator[Import]:
    match statement:
        case ast.Import(names=names):
            for name in names:
                yield Import(name.name, "", name.asname or name.name)
        case ast.ImportFrom(module=str(module), names=names):
            for name in names:
                yield Import(module, name.name, name.asname or name.name)


def _is_text(statement: ast.stmt) -> bool:
    """Say whether a statement is a text alone: what is said of the constant above it."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _lines(source: str, first: ast.stmt, last: ast.stmt) -> str:
    """Return the lines of statements, with the decorators and the comments right above."""
    lines = source.splitlines()
    start = min(node.lineno for node in [first, *getattr(first, "decorator_list", [])]) - 1
    while start and lines[start - 1].startswith("#"):
        start -= 1
    return "\n".join(lines[start : last.end_lineno])
