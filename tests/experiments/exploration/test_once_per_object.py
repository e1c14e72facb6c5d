import gc
import weakref

import numpy as np
import pytest

from data.datasets import Dataset
from experiments.exploration.once_per_object import once_per_object
from experiments.exploration.statistics import statistics_of


def dataset(X: np.ndarray, labels: list[int], n_classes: int = 3) -> Dataset:
    names = tuple(f"class {i}" for i in range(n_classes))
    return Dataset("own", "T", X, np.array(labels), names, None, 1.0, "value", "here")


@pytest.fixture
def few() -> Dataset:
    X = np.array([[0, 1, 5], [2, 1, 5], [4, 3, 5], [8, 7, 5]], np.uint8)
    return dataset(X, [0, 0, 1, 1], n_classes=2)


def test_a_result_is_computed_once_an_object_and_dropped_with_it(few) -> None:
    computed = []

    @once_per_object
    def compute(owner: Dataset) -> list[int]:
        computed.append(id(owner))
        return [1]

    other = dataset(few.X, [0, 0, 1, 1])
    assert compute(other) is compute(other)
    compute(few)
    assert len(computed) == 2
    gone = weakref.ref(other)
    del other
    gc.collect()
    assert gone() is None


def test_statistics_do_not_keep_a_dataset_alive(few) -> None:
    other = dataset(few.X, [0, 0, 1, 1])
    statistics_of(other)
    gone = weakref.ref(other)
    del other
    gc.collect()
    assert gone() is None
