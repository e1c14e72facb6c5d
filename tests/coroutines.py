"""Coroutines in tests that know of no event loop."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def complete(coroutine: Coroutine[None, None, T]) -> T:
    """Run a coroutine in a thread of its own: tests in a browser keep a loop in this one."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, coroutine).result()
