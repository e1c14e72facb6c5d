"""Collect definitions from the source of this project, together with all that they depend on.

A module is read as a sequence of definitions: functions, classes and constants, each with the
comments above it and the docstring below it. A definition depends on the names that it reads;
a name that its module imports from this project leads to a definition in another module. The
result consists of the original lines, so it cannot drift from the code.
"""

import ast
import inspect
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import NamedTuple, TypeAlias

PROJECT_PACKAGES = ("mlp", "data", "experiments")


class QualifiedName(NamedTuple):
    """A name and the module that defines or imports it."""

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
    def is_from_project(self) -> bool:
        """Whether the module belongs to this project."""
        return self.module.split(".")[0] in PROJECT_PACKAGES


@dataclass(frozen=True)
class Definition:
    """A top-level statement of a module that defines a function, a class or constants.

    Attributes
    ----------
    source : its lines, unchanged
    names_read : the names that it reads; some may be its own
    is_function_or_class : False for a constant
    """

    source: str
    names_read: frozenset[str]
    is_function_or_class: bool


@dataclass(frozen=True)
class ModuleSource:
    """The source of a module, parsed into definitions.

    Attributes
    ----------
    docstring : empty if there is none
    definitions : by each name that they define, in the order of the file
    imports : by the name that the module uses for them
    """

    docstring: str
    definitions: dict[str, Definition]
    imports: dict[str, Import]


RegistryKeys: TypeAlias = Mapping[QualifiedName, Collection[str]]


class SourceSlices(NamedTuple):
    """What some names need: a slice of each module.

    definitions : by module, in the order of the file
    imports : what the definitions use from outside the project
    """

    definitions: dict[str, list[Definition]]
    imports: set[Import]


def collect_definitions(roots: Iterable[QualifiedName], kept_keys: RegistryKeys) -> SourceSlices:
    """Collect the definitions of some names, and all that these depend on.

    Parameters
    ----------
    roots : the names to start from
    kept_keys : for a registry {name: object}, the keys to keep; its other objects are left
        out, unless something else needs them
    """
    found: dict[QualifiedName, Definition] = {}
    imports: set[Import] = set()
    queue = list(roots)
    while queue:
        name = queue.pop()
        module = read_module(name.module)
        if name in found:
            continue
        if name.name in module.definitions:
            found[name] = (
                _shortened_registry(name, kept_keys[name])
                if name in kept_keys
                else module.definitions[name.name]
            )
            queue += [QualifiedName(name.module, other) for other in found[name].names_read]
        elif (used := module.imports.get(name.name)) and used.is_from_project:
            queue.append(QualifiedName(used.module, used.name))
        elif used:
            imports.add(used)
    return SourceSlices(_in_file_order(found), imports)


def _in_file_order(
    found: Mapping[QualifiedName, Definition],
) -> dict[str, list[Definition]]:
    """Return the definitions of each module in the order of the file, each once."""
    return {
        module: list(
            dict.fromkeys(
                found[QualifiedName(module, name)]
                for name in read_module(module).definitions
                if QualifiedName(module, name) in found
            )
        )
        for module in {name.module for name in found}
    }


def _shortened_registry(registry: QualifiedName, keys: Collection[str]) -> Definition:
    """Return a registry with only some of its objects, each under its name in the module."""
    objects = vars(import_module(registry.module))[registry.name]
    names = {key: defined_name(registry.module, objects[key]) for key in keys}
    entries = ", ".join(f'"{key}": {name}' for key, name in names.items())
    source = f"{registry.name} = {{{entries}}}"
    return Definition(source, frozenset(names.values()), is_function_or_class=False)


def defined_name(module: str, value: object) -> str:
    """Return the name under which a module defines an object."""
    values = vars(import_module(module))
    return next(name for name in read_module(module).definitions if values[name] is value)


@cache
def read_module(module: str) -> ModuleSource:
    """Parse the source of a module into its definitions and imports."""
    source = inspect.getsource(import_module(module))
    tree = ast.parse(source)
    definitions: dict[str, Definition] = {}
    for statement, following in zip(tree.body, [*tree.body[1:], None], strict=True):
        last = following if following and _is_docstring(following) else statement
        if names := _names_defined(statement):
            lines = _lines(source, statement, last)
            is_function_or_class = isinstance(statement, (ast.FunctionDef, ast.ClassDef))
            definition = Definition(lines, names_read(lines), is_function_or_class)
            definitions |= dict.fromkeys(names, definition)
    imports = {used.alias: used for statement in tree.body for used in _imports(statement)}
    return ModuleSource(ast.get_docstring(tree) or "", definitions, imports)


def _names_defined(statement: ast.stmt) -> list[str]:
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
    """Return the names that source code reads, at any depth."""
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


def _is_docstring(statement: ast.stmt) -> bool:
    """Say whether a statement is only a string, which documents the constant above it."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _lines(source: str, first: ast.stmt, last: ast.stmt) -> str:
    """Return the lines of statements, with the decorators and comments directly above."""
    lines = source.splitlines()
    start = min(node.lineno for node in [first, *getattr(first, "decorator_list", [])]) - 1
    while start and lines[start - 1].startswith("#"):
        start -= 1
    return "\n".join(lines[start : last.end_lineno])
