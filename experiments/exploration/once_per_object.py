"""Keep what was computed from an object for as long as the object lives."""

import threading
import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Owner = TypeVar("Owner")
Result = TypeVar("Result")


def once_per_object(compute: Callable[[Owner], Result]) -> Callable[[Owner], Result]:
    """Cache a function of one object: a result for each object, dropped with the object.

    Objects are told apart by identity. A result must not refer to its object, which would
    then never be dropped.
    """
    results: dict[int, Result] = {}
    lock = threading.RLock()  # two threads that ask at once compute once

    @wraps(compute)
    def cached(owner: Owner) -> Result:
        key = id(owner)
        with lock:
            if key not in results:
                results[key] = compute(owner)
                weakref.finalize(owner, results.pop, key, None).atexit = False
            return results[key]

    return cached
