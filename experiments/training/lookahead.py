"""Have the next item made in another thread while this one is in use."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

T = TypeVar("T")


def one_ahead(items: Iterator[T]) -> Iterator[T]:
    """Yield the same items; while one is in use, the next is made.

    It helps where making and using both spend their time in NumPy, which lets other threads run.

    Parameters
    ----------
    items : none of them is None, and none is changed by making the next
    """
    coming = _threads().submit(next, items, None)
    while (item := coming.result()) is not None:
        coming = _threads().submit(next, items, None)
        yield item


@cache
def _threads() -> ThreadPoolExecutor:
    """Return the threads of this process; they begin with the first item, and wait for more."""
    return ThreadPoolExecutor(os.cpu_count(), "lookahead")
