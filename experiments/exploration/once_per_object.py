"""What has been computed about an object is kept for as long as the object lives."""

import threading
import weakref
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

Owner = TypeVar("Owner")


Found = TypeVar("Found")


def once_each(work: Callable[[Owner], Found]) -> Callable[[Owner], Found]:
    """Let a function do its work once for each object, and forget it when the object goes.

    Objects are told apart by identity; what is found must not hold on to them.
    """
    found: dict[int, Found] = {}
    lock = threading.RLock()  # two who ask at once do the work once

    @wraps(work)
    def ask(owner: Owner) -> Found:
        key = id(owner)
        with lock:
            if key not in found:
                found[key] = work(owner)
                weakref.finalize(owner, found.pop, key, None).atexit = False
            return found[key]

    return ask
