"""What has changed between two figures, in the few steps that make one from the other.

A curve grows at its end, an area in its middle, an axis moves: all else need not travel to
the browser again. The steps are carried out by chart.js.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypeAlias, TypedDict

import numpy as np
import numpy.typing as npt

from dashboard.charts.figure import Figure

Path: TypeAlias = tuple[str | int, ...]
Array: TypeAlias = npt.NDArray[Any]

Change = TypedDict(
    "Change",
    {
        "at": Path,
        "value": NotRequired[Any],
        "from": NotRequired[int],
        "drop": NotRequired[int],
        "items": NotRequired[Any],
    },
)
"""One step, at a path of keys and indices.

With `value`, it is put there. With `items`, they replace `drop` items of what is there, from
index `from` on. With neither, what is there goes.
"""


def changes_between(old: Figure, new: Figure) -> list[Change]:
    """Return the steps that make one figure from another, in the order to carry them out."""
    before, after = _without(old.layout, new.layout), _without(new.layout, old.layout)
    return [*_changes(old.data, new.data, ("data",)), *_changes(before, after, ("layout",))]


def _without(layout: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a layout that another one has not: few, and they hold no arrays."""
    return {key: value for key, value in layout.items() if (key, value) not in other.items()}


def _changes(old: object, new: object, at: Path) -> list[Change]:
    if old is new:
        return []
    match old, new:
        case dict(), dict():
            return _changed_keys(old, new, at)
        case [*_], [{}, *_]:
            return _changed_parts(old, new, at)
        case np.ndarray(), np.ndarray() if _is_spliceable(old, new):
            return _changed_values(old, new, at)
    return [] if _is_same(old, new) else [{"at": at, "value": new}]


def _changed_keys(old: Mapping[str, object], new: Mapping[str, object], at: Path) -> list[Change]:
    """Compare two dictionaries."""
    gone: list[Change] = [{"at": (*at, key)} for key in old if key not in new]
    kept = [
        change
        for key, value in new.items()
        if key in old
        for change in _changes(old[key], value, (*at, key))
    ]
    added: list[Change] = [
        {"at": (*at, key), "value": value} for key, value in new.items() if key not in old
    ]
    return [*gone, *kept, *added]


def _changed_parts(old: Sequence[object], new: Sequence[object], at: Path) -> list[Change]:
    """Compare two lists of dictionaries, such as traces: one by one, then what one has more."""
    common = min(len(old), len(new))
    changed = [change for i in range(common) for change in _changes(old[i], new[i], (*at, i))]
    if len(old) == len(new):
        return changed
    return [*changed, {"at": at, "from": common, "drop": len(old) - common, "items": new[common:]}]


def _is_spliceable(old: Array, new: Array) -> bool:
    """Say whether both are plain rows of numbers of one type."""
    is_row = old.ndim == new.ndim == 1 and old.size and new.size
    return bool(is_row and old.dtype == new.dtype and new.dtype.kind in "fiu")


def _changed_values(old: Array, new: Array, at: Path) -> list[Change]:
    """Compare two rows of numbers, bit by bit: between a common beginning and a common end."""
    old_bits, new_bits = (row.view(f"u{row.itemsize}") for row in (old, new))
    first = _n_common(old_bits, new_bits)
    last = _n_common(old_bits[first:][::-1], new_bits[first:][::-1])
    drop, items = len(old) - first - last, new[first : len(new) - last]
    if not drop and not items.size:
        return []
    if items.size == new.size:
        return [{"at": at, "value": new}]
    return [{"at": at, "from": first, "drop": drop, "items": items}]


def _n_common(one: Array, other: Array) -> int:
    """Return how many values two rows have in common at their beginning."""
    n = min(len(one), len(other))
    differing = np.flatnonzero(one[:n] != other[:n])
    return int(differing[0]) if differing.size else n


def _is_same(old: object, new: object) -> bool:
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        return old.dtype == new.dtype and old.shape == new.shape and old.tobytes() == new.tobytes()
    return type(old) is type(new) and old == new
