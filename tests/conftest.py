from collections.abc import Iterator

import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

settings.register_profile("untimed", deadline=None)  # a busy machine breaks no test
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Keep products in one thread: two that share a core with another test wait for each other."""
    with threadpool_limits(1, user_api="blas"):
        yield
