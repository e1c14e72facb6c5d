import numpy as np
import pytest

from data.datasets import Dataset
from experiments.config import RunConfig
from experiments.training.prepared_data import prepare
from tests.datasets import dataset


@pytest.fixture
def few() -> Dataset:
    X = np.array([[0, 1, 5], [2, 1, 5], [4, 3, 5], [8, 7, 5]], np.uint8)
    return dataset(X, [0, 0, 1, 1], n_classes=2)


@pytest.fixture
def digits():
    return prepare(RunConfig())
