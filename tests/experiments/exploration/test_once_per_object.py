import gc
import weakref

from data.datasets import Dataset
from experiments.exploration.once_per_object import once_per_object
from experiments.exploration.statistics import statistics_of
from tests.datasets import dataset


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
