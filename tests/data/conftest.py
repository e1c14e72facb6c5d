import os
import tracemalloc
from collections.abc import Callable

import pytest

from data import download
from data.datasets import DATASETS


def skip_unless_at_hand(name: str) -> None:
    """A test never downloads; where the files are promised, their absence is an error."""
    if name in download.ORIGINALS and not download.is_at_hand(name):
        missing = f"the files of {name} are not in {download.folder_of(name)}"
        if "CI" in os.environ and download.FOLDER_VARIABLE in os.environ:
            pytest.fail(missing)
        pytest.skip(missing)


@pytest.fixture(params=DATASETS)
def dataset_name(request: pytest.FixtureRequest) -> str:
    """Each dataset in turn, if it is on this machine."""
    skip_unless_at_hand(request.param)
    return request.param


@pytest.fixture(params=list(download.ORIGINALS))
def idx_dataset_name(request: pytest.FixtureRequest) -> str:
    """Each dataset that comes in four IDX files, if they are on this machine."""
    skip_unless_at_hand(request.param)
    return request.param


@pytest.fixture
def peak_memory() -> Callable[[Callable[[], object]], int]:
    """Return how many bytes an action takes at most."""

    def measure(action: Callable[[], object]) -> int:
        tracemalloc.start()
        try:
            action()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    return measure
